/** Where a resource lies, as its ARN says it. */
export interface ArnPlace {
  readonly partition: string
  readonly region: string
  readonly account: string
}

/** The partition that a region belongs to. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** The region in which a partition's global services are asked. */
export function globalRegionOf(partition: string): string {
  if (partition === 'aws-cn') return 'cn-north-1'
  return partition === 'aws-us-gov' ? 'us-gov-west-1' : 'us-east-1'
}

/** `arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1`; of services that leave out region or account, by an empty one. */
export function arnOf({ partition, region, account }: ArnPlace, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`
}

/** What stands for the settings of an account. */
export function accountUid({ partition, account }: Omit<ArnPlace, 'region'>): string {
  return `arn:${partition}:account::${account}:account`
}

/** What stands for the settings that an account has in one region. */
export function regionUid({ partition, account, region }: ArnPlace): string {
  return `arn:${partition}:account::${account}:region/${region}`
}
