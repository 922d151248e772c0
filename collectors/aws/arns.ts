const ROLE_ACCOUNT = /^arn:[^:]+:iam::(\d{12}):/

/** The account that a role belongs to. */
export function accountOfRole(roleArn: string | undefined): string | undefined {
  return ROLE_ACCOUNT.exec(roleArn ?? '')?.[1]
}

/** The region in which a partition's global services are asked. */
export function globalRegionOf(partition: string): string {
  if (partition === 'aws-cn') return 'cn-north-1'
  return partition === 'aws-us-gov' ? 'us-gov-west-1' : 'us-east-1'
}
