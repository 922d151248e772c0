import type { AssetType, Relation } from '../context-graph.ts'
import { eachNamedByPolicy, type Place } from './policy-names.ts'

/** One property of a document that names other assets. */
interface Naming {
  /** Names of properties from the document inwards; lists on the way are gone through. */
  readonly path: readonly string[]
  readonly relation: Relation
  /** What the property holds: a uid; one or something else, an address or a CIDR, which names nobody; or a policy. */
  readonly holds: 'uid' | 'uid or other' | 'policy'
}

const naming = (path: string, relation: Relation): Naming => ({ path: path.split('.'), relation, holds: 'uid' })
const mixed = (path: string, relation: Relation): Naming => ({ ...naming(path, relation), holds: 'uid or other' })

const POLICY: Naming = { ...naming('policy', 'policy'), holds: 'policy' }
const VPC = naming('vpc', 'vpc')
const SUBNET = naming('subnet', 'subnet')
const SUBNETS = naming('subnets', 'subnets')
const GROUPS = naming('groups', 'groups')
const ROLE = naming('role', 'role')

/** Which properties of which documents are edges, and of which relation; the only place that knows. */
export const NAMINGS: Readonly<Record<AssetType, readonly Naming[]>> = {
  'AWS::EC2::Instance': [
    naming('interfaces', 'interfaces'),
    GROUPS,
    VPC,
    SUBNET,
    naming('image', 'image'),
    naming('instanceProfile', 'instance-profile'),
  ],
  'AWS::EC2::NetworkInterface': [VPC, SUBNET, GROUPS, naming('instance', 'instance')],
  'AWS::EC2::Subnet': [VPC],
  'AWS::EC2::VPC': [],
  'AWS::EC2::RouteTable': [VPC, SUBNETS, mixed('routes.to', 'prefix-lists'), naming('routes.target', 'routes')],
  'AWS::EC2::InternetGateway': [naming('vpcs', 'vpcs')],
  'AWS::EC2::NetworkAcl': [VPC, SUBNETS],
  'AWS::EC2::SecurityGroup': [
    VPC,
    naming('ingress.groups', 'group-rules'),
    naming('ingress.prefixLists', 'prefix-lists'),
    naming('egress.groups', 'group-rules'),
    naming('egress.prefixLists', 'prefix-lists'),
  ],
  'AWS::EC2::PrefixList': [],
  'AWS::EC2::VPCPeeringConnection': [naming('requester', 'peers'), naming('accepter', 'peers')],
  'AWS::EC2::Snapshot': [naming('volume', 'source')],
  'AWS::EC2::Image': [],
  'AWS::EC2::Volume': [naming('instances', 'instance')],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [VPC, SUBNETS, GROUPS],
  'AWS::ElasticLoadBalancingV2::Listener': [
    naming('loadBalancer', 'load-balancer'),
    naming('actions.targetGroups', 'target-groups'),
  ],
  'AWS::ElasticLoadBalancingV2::TargetGroup': [VPC, mixed('targets.id', 'targets')],
  'AWS::ElasticLoadBalancing::LoadBalancer': [VPC, SUBNETS, GROUPS, naming('instances', 'instances')],
  'AWS::S3::Bucket': [POLICY],
  'AWS::RDS::DBInstance': [VPC, SUBNETS, GROUPS, naming('cluster', 'cluster')],
  'AWS::RDS::DBCluster': [GROUPS, naming('members', 'members')],
  'AWS::RDS::DBSnapshot': [naming('instance', 'source')],
  'AWS::RDS::DBClusterSnapshot': [naming('cluster', 'source')],
  'AWS::Lambda::Function': [ROLE, VPC, SUBNETS, GROUPS, POLICY],
  'AWS::EKS::Cluster': [VPC, SUBNETS, GROUPS, ROLE],
  'AWS::SQS::Queue': [POLICY],
  'AWS::SNS::Topic': [POLICY],
  'AWS::KMS::Key': [POLICY],
  'AWS::SecretsManager::Secret': [POLICY],
  'AWS::IAM::User': [],
  'AWS::IAM::Role': [],
  'AWS::IAM::Group': [],
  'AWS::IAM::Policy': [],
  'AWS::Organizations::Account': [],
  'AWS::Account::Settings': [],
  'AWS::Account::RegionSettings': [naming('vpcBlockPublicAccess.exclusions.resource', 'exclusions')],
}

/** Whether the type is one of the schema's. */
export function isAssetType(type: unknown): type is AssetType {
  return typeof type === 'string' && Object.hasOwn(NAMINGS, type)
}

/**
 * Calls `edge` for every asset that the document names, once for each time that it does; odd documents name nobody. Where
 * the asset is says which VPC of its own is meant.
 */
export function eachNamed(
  document: { readonly type?: unknown },
  edge: (relation: Relation, uid: string) => void,
  place?: Place,
): void {
  if (!isAssetType(document.type)) return
  for (const { path, relation, holds } of NAMINGS[document.type]) {
    visit(document, path, 0, (text) => {
      if (holds === 'policy') eachNamedByPolicy(text, place, (uid) => edge(relation, uid))
      else if (text !== '' && (holds === 'uid' || text.startsWith('arn:'))) edge(relation, text)
    })
  }
}

function visit(value: unknown, path: readonly string[], depth: number, found: (uid: string) => void): void {
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) visit(item, path, depth, found)
  else if (depth === path.length) {
    if (typeof value === 'string') found(value)
  } else if (typeof value === 'object' && value !== null)
    visit((value as Readonly<Record<string, unknown>>)[path[depth]!], path, depth + 1, found)
}
