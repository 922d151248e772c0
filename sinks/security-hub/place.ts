import { partitionOf } from '../../schemas/aws-arns.ts'

/** One Security Hub: an account in a region. */
export interface Place {
  /** Twelve digits. */
  readonly account: string
  readonly region: string
}

/** The product under which every account may import findings of its own. */
export function defaultProductArn({ account, region }: Place): string {
  return `arn:${partitionOf(region)}:securityhub:${region}:${account}:product/${account}/default`
}

export function nameOf({ account, region }: Place): string {
  return `Security Hub of ${account} in ${region}`
}
