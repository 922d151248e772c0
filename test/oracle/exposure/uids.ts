import type { AssetType } from '../../../enrichment/context-graph.ts'

export const ACCOUNT = '111122223333'
/** Another account, of another owner. */
export const PARTNER = '444455556666'
export const REGION = 'eu-west-1'

const ec2 = (kind: string) => (number: number) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${kind}-${number}`
const elb = (kind: string) => (number: number) =>
  `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:${kind}/app/sample/${number}`
const of = (service: string, resource: string) => (number: number) =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}-${number}`

const UIDS: Partial<Record<AssetType, (number: number) => string>> = {
  'AWS::EC2::VPC': (number) => `arn:aws:ec2:${REGION}:${number === 1 ? ACCOUNT : PARTNER}:vpc/vpc-${number}`,
  'AWS::EC2::Subnet': ec2('subnet/subnet'),
  'AWS::EC2::InternetGateway': ec2('internet-gateway/igw'),
  'AWS::EC2::RouteTable': ec2('route-table/rtb'),
  'AWS::EC2::NetworkAcl': ec2('network-acl/acl'),
  'AWS::EC2::SecurityGroup': ec2('security-group/sg'),
  'AWS::EC2::PrefixList': ec2('prefix-list/pl'),
  'AWS::EC2::VPCPeeringConnection': ec2('vpc-peering-connection/pcx'),
  'AWS::EC2::NetworkInterface': ec2('network-interface/eni'),
  'AWS::EC2::Instance': ec2('instance/i'),
  'AWS::EC2::Snapshot': ec2('snapshot/snap'),
  'AWS::EC2::Image': ec2('image/ami'),
  'AWS::EC2::Volume': ec2('volume/vol'),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': elb('loadbalancer'),
  'AWS::ElasticLoadBalancingV2::Listener': elb('listener'),
  'AWS::ElasticLoadBalancingV2::TargetGroup': elb('targetgroup'),
  'AWS::ElasticLoadBalancing::LoadBalancer': of('elasticloadbalancing', 'loadbalancer/classic'),
  'AWS::S3::Bucket': (number) => `arn:aws:s3:::sample-${number}`,
  'AWS::RDS::DBInstance': of('rds', 'db:db'),
  'AWS::RDS::DBCluster': of('rds', 'cluster:cluster'),
  'AWS::RDS::DBSnapshot': of('rds', 'snapshot:snap'),
  'AWS::RDS::DBClusterSnapshot': of('rds', 'cluster-snapshot:snap'),
  'AWS::Lambda::Function': of('lambda', 'function:function'),
  'AWS::EKS::Cluster': of('eks', 'cluster/cluster'),
  'AWS::SQS::Queue': of('sqs', 'queue'),
  'AWS::SNS::Topic': of('sns', 'topic'),
  'AWS::KMS::Key': of('kms', 'key/key'),
  'AWS::SecretsManager::Secret': of('secretsmanager', 'secret:secret'),
  'AWS::Account::Settings': () => `arn:aws:account::${ACCOUNT}:account`,
  'AWS::Account::RegionSettings': () => `arn:aws:account::${ACCOUNT}:region/${REGION}`,
}

/** The uid of the nth asset of a type. */
export function uidOf(type: AssetType, number: number): string {
  const uid = UIDS[type]
  if (!uid) throw new Error(`No uid was thought out for ${type}: add one to uids.ts.`)
  return uid(number)
}

export const vpc = (number: number): string => uidOf('AWS::EC2::VPC', number)
export const subnet = (number: number): string => uidOf('AWS::EC2::Subnet', number)
export const gateway = (number: number): string => uidOf('AWS::EC2::InternetGateway', number)
export const table = (number: number): string => uidOf('AWS::EC2::RouteTable', number)
export const acl = (number: number): string => uidOf('AWS::EC2::NetworkAcl', number)
export const group = (number: number): string => uidOf('AWS::EC2::SecurityGroup', number)
export const prefixList = (number: number): string => uidOf('AWS::EC2::PrefixList', number)
export const peering = (number: number): string => uidOf('AWS::EC2::VPCPeeringConnection', number)
export const networkInterface = (number: number): string => uidOf('AWS::EC2::NetworkInterface', number)
export const instance = (number: number): string => uidOf('AWS::EC2::Instance', number)
export const loadBalancer = (number: number): string => uidOf('AWS::ElasticLoadBalancingV2::LoadBalancer', number)
export const listener = (number: number): string => uidOf('AWS::ElasticLoadBalancingV2::Listener', number)
export const targetGroup = (number: number): string => uidOf('AWS::ElasticLoadBalancingV2::TargetGroup', number)
export const classicLoadBalancer = (number: number): string => uidOf('AWS::ElasticLoadBalancing::LoadBalancer', number)
export const bucket = (number: number): string => uidOf('AWS::S3::Bucket', number)
export const database = (number: number): string => uidOf('AWS::RDS::DBInstance', number)
export const lambda = (number: number): string => uidOf('AWS::Lambda::Function', number)
export const cluster = (number: number): string => uidOf('AWS::EKS::Cluster', number)
export const queue = (number: number): string => uidOf('AWS::SQS::Queue', number)
export const accountSettings = (): string => uidOf('AWS::Account::Settings', 1)
export const regionSettings = (): string => uidOf('AWS::Account::RegionSettings', 1)
