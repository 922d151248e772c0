import { isDeepStrictEqual } from 'node:util'
import type { AssetType, KnownAsset, Relation } from '../context-graph.ts'
import { NAMINGS } from './relations.ts'

/** One step from an asset to others: along what its own document names, or back to those whose documents name it. */
interface Step<To extends string = string> {
  readonly direction: 'names' | 'named-by'
  readonly relation: Relation
  /** As what the asset there is read. */
  readonly to: To
}

const names = <To extends string>(relation: Relation, to: To): Step<To> => ({ direction: 'names', relation, to })
const namedBy = <To extends string>(relation: Relation, to: To): Step<To> => ({ direction: 'named-by', relation, to })

/** Where something lies, and what guards it there. */
const PLACE = [
  names('vpc', 'vpc'),
  names('subnet', 'subnet'),
  names('subnets', 'subnet'),
  names('groups', 'group'),
] as const
/** What passes requests on to it. */
const FRONTS = [namedBy('targets', 'target group'), namedBy('instances', 'classic load balancer')] as const

/** Of an asset that is read only for what is missing in it; most changes are none there. */
type Seen = (document: Document, account: string) => unknown
type Document = Readonly<Record<string, unknown>>
const NOTHING = 'nothing'

const EVERY_TYPE = Object.keys(NAMINGS) as readonly AssetType[]
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer'
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener'
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup'
const CLASSIC = 'AWS::ElasticLoadBalancing::LoadBalancer'

/**
 * As what assets are read while an exposure is found out, and where one goes on from there. An evaluator may read less;
 * where it reads something else, a change of that goes unnoticed.
 */
const STEPS = {
  instance: {
    types: ['AWS::EC2::Instance'],
    steps: [names('interfaces', 'interface'), namedBy('instance', 'interface'), ...PLACE, ...FRONTS],
  },
  interface: {
    types: ['AWS::EC2::NetworkInterface'],
    steps: [...PLACE, names('instance', 'attached instance'), ...FRONTS],
  },
  'attached instance': { types: ['AWS::EC2::Instance'], steps: [...FRONTS] },
  subnet: {
    types: ['AWS::EC2::Subnet'],
    steps: [names('vpc', 'vpc'), namedBy('subnets', 'route table'), namedBy('subnets', 'network acl')],
  },
  vpc: {
    types: ['AWS::EC2::VPC'],
    steps: [
      namedBy('vpc', 'route table there'),
      namedBy('vpcs', 'gateway'),
      namedBy('vpc', 'target group there'),
      namedBy('vpc', 'load balancer there'),
    ],
  },
  // Of a whole VPC counts the main one, and one of which the subnets are not known.
  'route table there': {
    types: ['AWS::EC2::RouteTable'],
    steps: [names('routes', 'gateway'), names('prefix-lists', 'prefix list')],
    seen: ({ main, subnets, ...rest }) => (main === true || subnets === undefined ? [main, subnets, rest] : NOTHING),
  },
  // Of a whole VPC count those by address, and those of which the targets are not known.
  'target group there': {
    types: [TARGET_GROUP],
    steps: [namedBy('target-groups', 'listener')],
    seen: ({ kind, targets, ...rest }) =>
      kind === 'ip' || kind === undefined || targets === undefined ? [kind, targets, rest] : NOTHING,
  },
  'load balancer there': {
    types: [LOAD_BALANCER],
    steps: [namedBy('load-balancer', 'listener there')],
    seen: ({ vpc }) => vpc,
  },
  'listener there': {
    types: [LISTENER],
    steps: [],
    seen: ({ actions, loadBalancer }) => (actions === undefined ? [loadBalancer] : NOTHING),
  },
  'route table': {
    types: ['AWS::EC2::RouteTable'],
    steps: [names('routes', 'gateway'), names('prefix-lists', 'prefix list')],
  },
  'network acl': { types: ['AWS::EC2::NetworkAcl'], steps: [] },
  gateway: {
    types: ['AWS::EC2::InternetGateway', 'AWS::EC2::VPCPeeringConnection'],
    steps: [names('peers', 'peer')],
  },
  // Of the VPC at the other end of a peering count the routes back.
  peer: { types: ['AWS::EC2::VPC'], steps: [namedBy('vpc', 'route table of a peer')] },
  'route table of a peer': { types: ['AWS::EC2::RouteTable'], steps: [], seen: ({ routes }) => [routes] },
  group: {
    types: ['AWS::EC2::SecurityGroup'],
    steps: [names('prefix-lists', 'prefix list')],
  },
  'prefix list': { types: ['AWS::EC2::PrefixList'], steps: [] },
  'load balancer': {
    types: [LOAD_BALANCER],
    steps: [...PLACE, namedBy('load-balancer', 'own listener'), namedBy('targets', 'target group')],
  },
  'classic load balancer': { types: [CLASSIC], steps: [...PLACE] },
  'own listener': { types: [LISTENER], steps: [names('target-groups', 'own target group')] },
  'own target group': { types: [TARGET_GROUP], steps: [] },
  'target group': { types: [TARGET_GROUP], steps: [namedBy('target-groups', 'listener')] },
  listener: { types: [LISTENER], steps: [names('load-balancer', 'load balancer')] },
  database: {
    types: ['AWS::RDS::DBInstance'],
    steps: [...PLACE, names('cluster', 'own cluster')],
  },
  'own cluster': { types: ['AWS::RDS::DBCluster'], steps: [names('groups', 'group')] },
  cluster: {
    types: ['AWS::RDS::DBCluster'],
    steps: [names('groups', 'group'), names('members', 'database'), namedBy('cluster', 'database')],
  },
  'kubernetes cluster': { types: ['AWS::EKS::Cluster'], steps: [...PLACE] },
  function: { types: ['AWS::Lambda::Function'], steps: [...FRONTS, names('policy', 'named by policy')] },
  'guarding group': {
    types: ['AWS::EC2::SecurityGroup'],
    steps: [namedBy('groups', 'interface')],
  },
  'on its own': {
    types: [
      'AWS::S3::Bucket',
      'AWS::SQS::Queue',
      'AWS::SNS::Topic',
      'AWS::KMS::Key',
      'AWS::SecretsManager::Secret',
      'AWS::EC2::Image',
    ],
    steps: [names('policy', 'named by policy')],
  },
  // Whether it is known, and whose it is.
  'named by policy': { types: EVERY_TYPE, steps: [], seen: (_, account) => [account] },
  snapshot: {
    types: ['AWS::EC2::Snapshot', 'AWS::RDS::DBSnapshot', 'AWS::RDS::DBClusterSnapshot'],
    steps: [names('source', 'copied')],
  },
  copied: { types: ['AWS::EC2::Volume', 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'], steps: [] },
} as const satisfies Readonly<Record<string, RoleSteps>>

interface RoleSteps<To extends string = string> {
  readonly types: readonly AssetType[]
  readonly steps: readonly Step<To>[]
  /** What counts of its document in this role; all of it where absent. One that is not known counts as one with `NOTHING`. */
  readonly seen?: Seen
}

export type Role = keyof typeof STEPS
export const ROLES: Readonly<Record<Role, RoleSteps<Role>>> = STEPS

/** As what an asset is read whose own exposure is asked for. */
export const SUBJECTS: readonly Role[] = [
  'instance',
  'interface',
  'load balancer',
  'classic load balancer',
  'database',
  'cluster',
  'kubernetes cluster',
  'function',
  'guarding group',
  'on its own',
  'snapshot',
]

const SUBJECT_TYPES: ReadonlySet<AssetType> = new Set(SUBJECTS.flatMap((role) => ROLES[role].types))

/** Whether assets of a type have an exposure of their own. */
export function isSubject(type: AssetType | undefined): boolean {
  return type !== undefined && SUBJECT_TYPES.has(type)
}

/** Whether a change of an asset is one in this role; either may be missing. */
export function isSeen(role: Role, before: KnownAsset | undefined, after: KnownAsset | undefined): boolean {
  const { seen } = ROLES[role]
  if (seen === undefined) return true
  const [one, other] = [before, after].map((asset) =>
    asset === undefined ? NOTHING : seen({ ...asset.document }, asset.account),
  )
  return !isDeepStrictEqual(one, other)
}

/** Assets that are read by their uid, whatever they name: all of their account and region may depend on them. */
export const ACCOUNT_WIDE: ReadonlySet<AssetType> = new Set([
  'AWS::Account::Settings',
  'AWS::Account::RegionSettings',
  'AWS::Organizations::Account',
])
