/* Generated from asset-document.schema.json by `npm run generate`. Do not edit. */
import type { Tag } from './posture-event.ts'
/**
 * What is known of one resource, trimmed. A property that is there is a fact, also when it is null or empty; one that is absent is not known.
 */
export type AssetDocument =
  | Ec2Instance
  | NetworkInterface
  | Subnet
  | Vpc
  | RouteTable
  | InternetGateway
  | NetworkAcl
  | SecurityGroup
  | PrefixList
  | VpcPeering
  | EbsSnapshot
  | MachineImage
  | EbsVolume
  | LoadBalancer
  | Listener
  | TargetGroup
  | ClassicLoadBalancer
  | Bucket
  | DbInstance
  | DbCluster
  | DbSnapshot
  | DbClusterSnapshot
  | LambdaFunction
  | EksCluster
  | SqsQueue
  | SnsTopic
  | KmsKey
  | Secret
  | IamUser
  | IamRole
  | IamGroup
  | IamPolicy
  | OrganizationAccount
  | AccountSettings
  | RegionSettings
/**
 * First and last; absent where the protocol has none, or all of them.
 *
 * @minItems 2
 * @maxItems 2
 */
export type PortRange = [number, number]
/**
 * The policy document as the cloud gives it, unparsed.
 */
export type ResourcePolicy = string

export interface Ec2Instance {
  type: 'AWS::EC2::Instance'
  tags?: Tag[]
  refused?: Refused
  state?: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  interfaces?: string[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  /**
   * The uid of another asset: an ARN.
   */
  subnet?: string
  zone?: string
  /**
   * The uid of another asset: an ARN.
   */
  image?: string
  /**
   * null: it has none.
   */
  instanceProfile?: string | null
  metadata?: InstanceMetadata
}
/**
 * By property: why the cloud did not let it be read. What is neither here nor present was not asked for.
 */
export interface Refused {
  [k: string]: string
}
export interface InstanceMetadata {
  endpoint: 'enabled' | 'disabled'
  tokens: 'required' | 'optional'
  hopLimit?: number
}
export interface NetworkInterface {
  type: 'AWS::EC2::NetworkInterface'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  /**
   * The uid of another asset: an ARN.
   */
  subnet?: string
  zone?: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
  /**
   * IPv4.
   */
  addresses?: InterfaceAddress[]
  ipv6?: string[]
  /**
   * What it is attached to; null: no instance.
   */
  instance?: string | null
  interfaceType?: string
  status?: string
  description?: string
}
export interface InterfaceAddress {
  private: string
  public?: string
}
export interface Subnet {
  type: 'AWS::EC2::Subnet'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  cidr?: string
  cidrs6?: string[]
  zone?: string
  mapsPublicIp?: boolean
}
export interface Vpc {
  type: 'AWS::EC2::VPC'
  tags?: Tag[]
  refused?: Refused
  cidrs?: string[]
  cidrs6?: string[]
  default?: boolean
}
export interface RouteTable {
  type: 'AWS::EC2::RouteTable'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  main?: boolean
  /**
   * Items: The uid of another asset: an ARN.
   */
  subnets?: string[]
  routes?: Route[]
}
export interface Route {
  /**
   * A CIDR, or the uid of a prefix list.
   */
  to: string
  via:
    | 'local'
    | 'internet-gateway'
    | 'nat-gateway'
    | 'egress-only-internet-gateway'
    | 'peering'
    | 'transit-gateway'
    | 'vpc-endpoint'
    | 'network-interface'
    | 'instance'
    | 'vpn-gateway'
    | 'carrier-gateway'
    | 'other'
  /**
   * The uid of another asset: an ARN.
   */
  target?: string
  state: 'active' | 'blackhole'
}
export interface InternetGateway {
  type: 'AWS::EC2::InternetGateway'
  tags?: Tag[]
  refused?: Refused
  /**
   * Those it is attached to.
   *
   * Items: The uid of another asset: an ARN.
   */
  vpcs?: string[]
}
export interface NetworkAcl {
  type: 'AWS::EC2::NetworkAcl'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  default?: boolean
  /**
   * Items: The uid of another asset: an ARN.
   */
  subnets?: string[]
  entries?: AclEntry[]
}
export interface AclEntry {
  number: number
  direction: 'in' | 'out'
  action: 'allow' | 'deny'
  /**
   * The number as text; -1 for all.
   */
  protocol: string
  ports?: PortRange
  cidr: string
}
export interface SecurityGroup {
  type: 'AWS::EC2::SecurityGroup'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  name?: string
  ingress?: GroupRule[]
  egress?: GroupRule[]
}
export interface GroupRule {
  /**
   * As EC2 writes it: tcp, udp, icmp, icmpv6, a number, or -1 for all.
   */
  protocol: string
  ports?: PortRange
  /**
   * IPv4 and IPv6.
   */
  cidrs: string[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups: string[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  prefixLists: string[]
}
export interface PrefixList {
  type: 'AWS::EC2::PrefixList'
  tags?: Tag[]
  refused?: Refused
  name?: string
  managedBy?: 'aws' | 'customer'
  cidrs?: string[]
}
export interface VpcPeering {
  type: 'AWS::EC2::VPCPeeringConnection'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  requester?: string
  /**
   * The uid of another asset: an ARN.
   */
  accepter?: string
  status?: string
}
export interface EbsSnapshot {
  type: 'AWS::EC2::Snapshot'
  tags?: Tag[]
  refused?: Refused
  public?: boolean
  /**
   * Account ids.
   */
  sharedWith?: string[]
  /**
   * The uid of another asset: an ARN.
   */
  volume?: string
  encrypted?: boolean
}
export interface MachineImage {
  type: 'AWS::EC2::Image'
  tags?: Tag[]
  refused?: Refused
  public?: boolean
  /**
   * Account ids.
   */
  sharedWith?: string[]
}
export interface EbsVolume {
  type: 'AWS::EC2::Volume'
  tags?: Tag[]
  refused?: Refused
  encrypted?: boolean
  /**
   * Items: The uid of another asset: an ARN.
   */
  instances?: string[]
}
export interface LoadBalancer {
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'
  tags?: Tag[]
  refused?: Refused
  kind?: 'application' | 'network' | 'gateway'
  scheme?: 'internet-facing' | 'internal'
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  subnets?: string[]
  /**
   * Empty for a network load balancer that was made without any.
   *
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
  state?: string
}
export interface Listener {
  type: 'AWS::ElasticLoadBalancingV2::Listener'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  loadBalancer?: string
  protocol?: string
  port?: number
  /**
   * Those of its rules included; of one rule, an authentication stands before what it protects.
   */
  actions?: ListenerAction[]
}
export interface ListenerAction {
  /**
   * As ELB writes it: forward, redirect, fixed-response, authenticate-oidc, authenticate-cognito, jwt-validation.
   */
  kind: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  targetGroups: string[]
}
export interface TargetGroup {
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup'
  tags?: Tag[]
  refused?: Refused
  kind?: 'instance' | 'ip' | 'lambda' | 'alb'
  protocol?: string
  port?: number
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  preservesClientIp?: boolean
  targets?: Target[]
}
export interface Target {
  /**
   * A uid for instances, functions and load balancers; an address for targets by IP.
   */
  id: string
  port?: number
  /**
   * As ELB writes it: healthy, unhealthy, unused, initial, draining, unavailable.
   */
  health?: string
}
export interface ClassicLoadBalancer {
  type: 'AWS::ElasticLoadBalancing::LoadBalancer'
  tags?: Tag[]
  refused?: Refused
  scheme?: 'internet-facing' | 'internal'
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  subnets?: string[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
  listeners?: ClassicListener[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  instances?: string[]
}
export interface ClassicListener {
  protocol?: string
  port: number
  instancePort: number
}
export interface Bucket {
  type: 'AWS::S3::Bucket'
  tags?: Tag[]
  refused?: Refused
  /**
   * null: the bucket has none, which is four times false.
   */
  publicAccessBlock?: PublicAccessBlock | null
  /**
   * null: it has none.
   */
  policy?: ResourcePolicy | null
  acl?: AclGrant[]
  /**
   * null: no controls are set, so ACLs count.
   */
  ownership?: ('BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter') | null
}
/**
 * S3's four settings.
 */
export interface PublicAccessBlock {
  blockPublicAcls: boolean
  ignorePublicAcls: boolean
  blockPublicPolicy: boolean
  restrictPublicBuckets: boolean
}
export interface AclGrant {
  grantee: 'all-users' | 'authenticated-users' | 'log-delivery' | 'owner' | 'other'
  permission: 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP' | 'FULL_CONTROL'
}
export interface DbInstance {
  type: 'AWS::RDS::DBInstance'
  tags?: Tag[]
  refused?: Refused
  public?: boolean
  port?: number
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  zone?: string
  /**
   * Of its subnet group.
   *
   * Items: The uid of another asset: an ARN.
   */
  subnets?: string[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
  engine?: string
  encrypted?: boolean
  /**
   * The uid of another asset: an ARN.
   */
  cluster?: string
}
export interface DbCluster {
  type: 'AWS::RDS::DBCluster'
  tags?: Tag[]
  refused?: Refused
  port?: number
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
  engine?: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  members?: string[]
  encrypted?: boolean
}
export interface DbSnapshot {
  type: 'AWS::RDS::DBSnapshot'
  tags?: Tag[]
  refused?: Refused
  public?: boolean
  /**
   * Account ids.
   */
  sharedWith?: string[]
  /**
   * The uid of another asset: an ARN.
   */
  instance?: string
  encrypted?: boolean
}
export interface DbClusterSnapshot {
  type: 'AWS::RDS::DBClusterSnapshot'
  tags?: Tag[]
  refused?: Refused
  public?: boolean
  /**
   * Account ids.
   */
  sharedWith?: string[]
  /**
   * The uid of another asset: an ARN.
   */
  cluster?: string
  encrypted?: boolean
}
export interface LambdaFunction {
  type: 'AWS::Lambda::Function'
  tags?: Tag[]
  refused?: Refused
  /**
   * The uid of another asset: an ARN.
   */
  role?: string
  /**
   * null: it has none.
   */
  url?: FunctionUrl | null
  /**
   * null: it has none.
   */
  policy?: ResourcePolicy | null
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  subnets?: string[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
}
export interface FunctionUrl {
  authType: 'NONE' | 'AWS_IAM'
  /**
   * Milliseconds since the epoch.
   */
  createdAt?: number
}
export interface EksCluster {
  type: 'AWS::EKS::Cluster'
  tags?: Tag[]
  refused?: Refused
  endpointPublic?: boolean
  endpointPrivate?: boolean
  publicCidrs?: string[]
  /**
   * The uid of another asset: an ARN.
   */
  vpc?: string
  /**
   * Items: The uid of another asset: an ARN.
   */
  subnets?: string[]
  /**
   * Items: The uid of another asset: an ARN.
   */
  groups?: string[]
  /**
   * The uid of another asset: an ARN.
   */
  role?: string
}
export interface SqsQueue {
  type: 'AWS::SQS::Queue'
  tags?: Tag[]
  refused?: Refused
  /**
   * null: it has none.
   */
  policy?: ResourcePolicy | null
}
export interface SnsTopic {
  type: 'AWS::SNS::Topic'
  tags?: Tag[]
  refused?: Refused
  /**
   * null: it has none.
   */
  policy?: ResourcePolicy | null
}
export interface KmsKey {
  type: 'AWS::KMS::Key'
  tags?: Tag[]
  refused?: Refused
  /**
   * null: it has none.
   */
  policy?: ResourcePolicy | null
}
export interface Secret {
  type: 'AWS::SecretsManager::Secret'
  tags?: Tag[]
  refused?: Refused
  /**
   * null: it has none.
   */
  policy?: ResourcePolicy | null
}
export interface IamUser {
  type: 'AWS::IAM::User'
  tags?: Tag[]
  refused?: Refused
  detail?: {
    [k: string]: unknown
  }
}
export interface IamRole {
  type: 'AWS::IAM::Role'
  tags?: Tag[]
  refused?: Refused
  detail?: {
    [k: string]: unknown
  }
}
export interface IamGroup {
  type: 'AWS::IAM::Group'
  tags?: Tag[]
  refused?: Refused
  detail?: {
    [k: string]: unknown
  }
}
export interface IamPolicy {
  type: 'AWS::IAM::Policy'
  tags?: Tag[]
  refused?: Refused
  detail?: {
    [k: string]: unknown
  }
}
export interface OrganizationAccount {
  type: 'AWS::Organizations::Account'
  tags?: Tag[]
  refused?: Refused
  name?: string
  status?: string
  organization?: string
  /**
   * From the account's own unit up to the root.
   */
  parents?: string[]
  management?: boolean
}
export interface AccountSettings {
  type: 'AWS::Account::Settings'
  tags?: Tag[]
  refused?: Refused
  /**
   * null: the account has none.
   */
  s3PublicAccessBlock?: PublicAccessBlock | null
}
export interface RegionSettings {
  type: 'AWS::Account::RegionSettings'
  tags?: Tag[]
  refused?: Refused
  vpcBlockPublicAccess?: VpcBlockPublicAccess
  snapshotBlock?: 'unblocked' | 'block-new-sharing' | 'block-all-sharing'
  imageBlock?: 'unblocked' | 'block-new-sharing'
}
export interface VpcBlockPublicAccess {
  mode: 'off' | 'block-ingress' | 'block-bidirectional'
  exclusions: VpcBlockExclusion[]
}
export interface VpcBlockExclusion {
  /**
   * The uid of another asset: an ARN.
   */
  resource: string
  mode: 'allow-bidirectional' | 'allow-egress'
}
