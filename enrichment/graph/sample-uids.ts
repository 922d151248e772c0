import { SAMPLE_ACCOUNT, SAMPLE_REGION } from './sample-graph.ts'

/** For tests: small worlds of assets that name each other at random, in one account or two. */
export const OTHER_ACCOUNT = '444455556666'
const ACCOUNTS = [SAMPLE_ACCOUNT, OTHER_ACCOUNT]
const arn = (service: string, account: string, name: string): string =>
  `arn:aws:${service}:${SAMPLE_REGION}:${account}:${name}`

const uids = (service: string, name: string, count: number): readonly string[] =>
  ACCOUNTS.flatMap((account, index) =>
    Array.from({ length: index === 0 ? count : 1 }, (_, each) => arn(service, account, `${name}${each}`)),
  )

export const VPCS = uids('ec2', 'vpc/vpc-', 2)
export const SUBNETS = uids('ec2', 'subnet/subnet-', 3)
export const GROUPS = uids('ec2', 'security-group/sg-', 3)
export const LISTS = uids('ec2', 'prefix-list/pl-', 1)
export const INSTANCES = uids('ec2', 'instance/i-', 3)
export const INTERFACES = uids('ec2', 'network-interface/eni-', 3)
export const GATEWAYS = uids('ec2', 'internet-gateway/igw-', 1)
export const PEERINGS = uids('ec2', 'vpc-peering-connection/pcx-', 2)
export const TABLES = uids('ec2', 'route-table/rtb-', 2)
export const ACLS = uids('ec2', 'network-acl/acl-', 2)
export const BALANCERS = uids('elasticloadbalancing', 'loadbalancer/app/lb', 2)
export const LISTENERS = uids('elasticloadbalancing', 'listener/app/l', 2)
export const TARGETS = uids('elasticloadbalancing', 'targetgroup/t', 2)
export const CLASSICS = uids('elasticloadbalancing', 'loadbalancer/c', 1)
export const DATABASES = uids('rds', 'db:d', 2)
export const CLUSTERS = uids('rds', 'cluster:c', 1)
export const KUBERNETES = uids('eks', 'cluster/k', 1)
export const SNAPSHOTS = uids('rds', 'snapshot:s', 2)
export const BUCKETS = ['arn:aws:s3:::bucket-0', 'arn:aws:s3:::bucket-1']
export const QUEUES = uids('sqs', 'queue-', 1)
export const FUNCTIONS = uids('lambda', 'function:f', 1)
export const SETTINGS = ACCOUNTS.map((account) => `arn:aws:account::${account}:region/${SAMPLE_REGION}`)
