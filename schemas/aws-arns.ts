/** Where a resource lies, as its ARN says it. */
export interface ArnPlace {
  readonly partition: string
  readonly region: string
  readonly account: string
}

/** The partition of AWS that a region lies in, as it stands in ARNs. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  const [, isolated] = /^(?:us|eu)-(iso[a-z]?)-/.exec(region) ?? []
  return isolated === undefined ? 'aws' : `aws-${isolated}`
}

/** `arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1`; of services that leave out region or account, by an empty one. */
export function arnOf({ partition, region, account }: ArnPlace, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`
}

/** The uid of what stands for the settings of an account. */
export function accountUid({ partition, account }: Omit<ArnPlace, 'region'>): string {
  return arnOf({ partition, region: '', account }, 'account', 'account')
}

/** The uid of what stands for the settings that an account has in one region. */
export function regionUid({ partition, account, region }: ArnPlace): string {
  return arnOf({ partition, region: '', account }, 'account', `region/${region}`)
}
