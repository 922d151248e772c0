import type { AclEntry, AssetDocument, GroupRule, Route } from '../../schemas/generated/asset-document.ts'
import type { AssetType, ContextGraph, DocumentOf, KnownAsset } from '../context-graph.ts'
import { SAMPLE_ACCOUNT, SAMPLE_REGION, SAMPLE_TENANT, sampleGraph } from '../graph/sample-graph.ts'
import type { Exposure } from '../exposure.ts'

/** The uid of something of EC2: `ec2('subnet/public')`. */
export const ec2 = (name: string): string => `arn:aws:ec2:${SAMPLE_REGION}:${SAMPLE_ACCOUNT}:${name}`
export const elb = (name: string): string => `arn:aws:elasticloadbalancing:${SAMPLE_REGION}:${SAMPLE_ACCOUNT}:${name}`
export const SETTINGS = `arn:aws:account::${SAMPLE_ACCOUNT}:region/${SAMPLE_REGION}`

export type Documents = Readonly<Record<string, AssetDocument | undefined>>

export const rule = (protocol: string, port: number | undefined, ...cidrs: string[]): GroupRule => ({
  protocol,
  ...(port === undefined ? {} : { ports: [port, port] }),
  cidrs,
  groups: [],
  prefixLists: [],
})

export const group = (...ingress: GroupRule[]): DocumentOf<'AWS::EC2::SecurityGroup'> => ({
  type: 'AWS::EC2::SecurityGroup',
  vpc: ec2('vpc/main'),
  ingress,
})

export const route = (to: string, via: Route['via'], target?: string): Route => ({
  to,
  via,
  state: 'active',
  ...(target === undefined ? {} : { target: ec2(target) }),
})

export const table = (subnets: string[], ...routes: Route[]): DocumentOf<'AWS::EC2::RouteTable'> => ({
  type: 'AWS::EC2::RouteTable',
  vpc: ec2('vpc/main'),
  main: subnets.length === 0,
  subnets: subnets.map((subnet) => ec2(`subnet/${subnet}`)),
  routes: [route('10.0.0.0/16', 'local'), route('2600:1f18:1::/56', 'local'), ...routes],
})

export const entry = (
  number: number,
  direction: 'in' | 'out',
  action: 'allow' | 'deny',
  cidr: string,
  ports?: [number, number],
): AclEntry => ({ number, direction, action, protocol: ports ? '6' : '-1', cidr, ...(ports ? { ports } : {}) })

export const OPEN: readonly AclEntry[] = (['in', 'out'] as const).flatMap((direction) =>
  ['0.0.0.0/0', '::/0'].map((cidr, at) => entry(100 + at, direction, 'allow', cidr)),
)

export const acl = (...entries: AclEntry[]): DocumentOf<'AWS::EC2::NetworkAcl'> => ({
  type: 'AWS::EC2::NetworkAcl',
  vpc: ec2('vpc/main'),
  subnets: ['public', 'private'].map((subnet) => ec2(`subnet/${subnet}`)),
  entries,
})

const subnet = (third: number, zone: string): AssetDocument => ({
  type: 'AWS::EC2::Subnet',
  vpc: ec2('vpc/main'),
  cidr: `10.0.${third}.0/24`,
  cidrs6: [`2600:1f18:1:${third}::/64`],
  zone,
})

interface Nic {
  readonly subnet?: string
  readonly address?: string
  readonly open?: string
  readonly ipv6?: string[]
  readonly groups?: string[]
  readonly instance?: string | null
}

export const nic = (of: Nic): DocumentOf<'AWS::EC2::NetworkInterface'> => ({
  type: 'AWS::EC2::NetworkInterface',
  vpc: ec2('vpc/main'),
  subnet: ec2(`subnet/${of.subnet ?? 'public'}`),
  groups: (of.groups ?? ['web']).map((name) => ec2(`security-group/${name}`)),
  addresses: [{ private: of.address ?? '10.0.1.10', ...(of.open === undefined ? {} : { public: of.open }) }],
  ipv6: of.ipv6 ?? [],
  instance: of.instance === undefined ? ec2('instance/web-1') : of.instance,
})

export const host = (name: string, subnetName = 'public', groups = ['web']): DocumentOf<'AWS::EC2::Instance'> => ({
  type: 'AWS::EC2::Instance',
  state: 'running',
  vpc: ec2('vpc/main'),
  subnet: ec2(`subnet/${subnetName}`),
  interfaces: [ec2(`network-interface/${name}`)],
  groups: groups.map((each) => ec2(`security-group/${each}`)),
})

/** web-1 in a public subnet, its port 22 open to the world; batch-1 with the same group in a private subnet. */
export const BASE: Documents = {
  [SETTINGS]: { type: 'AWS::Account::RegionSettings', vpcBlockPublicAccess: { mode: 'off', exclusions: [] } },
  [ec2('vpc/main')]: { type: 'AWS::EC2::VPC', cidrs: ['10.0.0.0/16'], cidrs6: ['2600:1f18:1::/56'] },
  [ec2('subnet/public')]: subnet(1, 'a'),
  [ec2('subnet/private')]: subnet(2, 'b'),
  [ec2('internet-gateway/igw')]: { type: 'AWS::EC2::InternetGateway', vpcs: [ec2('vpc/main')] },
  [ec2('route-table/out')]: table(
    ['public'],
    route('0.0.0.0/0', 'internet-gateway', 'internet-gateway/igw'),
    route('::/0', 'internet-gateway', 'internet-gateway/igw'),
  ),
  [ec2('route-table/nat')]: table(
    [],
    route('0.0.0.0/0', 'nat-gateway', 'natgateway/nat'),
    route('::/0', 'egress-only-internet-gateway', 'egress-only-internet-gateway/eigw'),
  ),
  [ec2('network-acl/acl')]: acl(...OPEN),
  [ec2('security-group/web')]: group(rule('tcp', 22, '0.0.0.0/0')),
  [ec2('network-interface/web-1')]: nic({ open: '54.0.0.1' }),
  [ec2('instance/web-1')]: host('web-1'),
  [ec2('network-interface/batch-1')]: nic({
    subnet: 'private',
    address: '10.0.2.10',
    open: '54.0.0.2',
    instance: ec2('instance/batch-1'),
  }),
  [ec2('instance/batch-1')]: host('batch-1', 'private'),
}

type Evaluator<Type extends AssetType> = (graph: ContextGraph, tenant: string, asset: KnownAsset<Type>) => Exposure

/** What an evaluator says of an asset, in the base with changes; undefined takes a document away. */
export function evaluate<Type extends AssetType>(
  evaluator: Evaluator<Type>,
  type: Type,
  uid: string,
  changes: Documents = {},
  uncovered: readonly AssetType[] = [],
): Exposure {
  const documents = Object.entries({ ...BASE, ...changes }).flatMap(([key, document]) =>
    document === undefined ? [] : [{ uid: key, document }],
  )
  const whole = sampleGraph(documents)
  const graph: ContextGraph = { ...whole, covers: (_tenant, asked) => !uncovered.includes(asked) }
  const asset = graph.asset(SAMPLE_TENANT, uid, type)
  if (asset === undefined) throw new Error(`The sample has no ${type} ${uid}.`)
  return evaluator(graph, SAMPLE_TENANT, asset)
}
