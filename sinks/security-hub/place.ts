/** One Security Hub: an account in a region. */
export interface Place {
  /** Twelve digits. */
  readonly account: string
  readonly region: string
}

/** The partition of AWS that a region lies in, as it stands in ARNs. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  const [, isolated] = /^(?:us|eu)-(iso[a-z]?)-/.exec(region) ?? []
  return isolated === undefined ? 'aws' : `aws-${isolated}`
}

/** The product under which every account may import findings of its own. */
export function defaultProductArn({ account, region }: Place): string {
  return `arn:${partitionOf(region)}:securityhub:${region}:${account}:product/${account}/default`
}

export function nameOf({ account, region }: Place): string {
  return `Security Hub of ${account} in ${region}`
}
