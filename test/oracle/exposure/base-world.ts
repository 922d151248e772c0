import type { AssetType } from '../../../enrichment/context-graph.ts'
import type { SampleAsset } from '../../../enrichment/graph/sample-graph.ts'
import type { AclEntry, AssetDocument, GroupRule, PortRange, Route } from '../../../schemas/generated/asset-document.ts'
import { ACCOUNT, PARTNER } from './uids.ts'
import * as uid from './uids.ts'

/** One world, and the asset whose exposure is asked for. */
export interface Case {
  readonly name: string
  readonly uid: string
  readonly assets: readonly SampleAsset[]
  /** The types that were told whole; all where it is absent. */
  readonly covered?: readonly AssetType[]
}

/** Documents by uid; null takes one away. */
export type Changes = Readonly<Record<string, AssetDocument | null>>

export const ANYWHERE = ['0.0.0.0/0']
export const EVERYWHERE = ['0.0.0.0/0', '::/0']

export const rule = (
  protocol: string,
  ports: PortRange | undefined,
  cidrs: string[],
  more: Partial<GroupRule> = {},
): GroupRule => ({ protocol, ...(ports ? { ports } : {}), cidrs, groups: [], prefixLists: [], ...more })

export const group = (ingress: GroupRule[]): AssetDocument => ({
  type: 'AWS::EC2::SecurityGroup',
  vpc: uid.vpc(1),
  name: 'sample',
  ingress,
  egress: [rule('-1', undefined, EVERYWHERE)],
})

export const entry = (
  number: number,
  direction: 'in' | 'out',
  action: 'allow' | 'deny',
  protocol: string,
  cidr: string,
  ports?: PortRange,
): AclEntry => ({ number, direction, action, protocol, cidr, ...(ports ? { ports } : {}) })

const OPEN_ENTRIES: readonly AclEntry[] = (['in', 'out'] as const).flatMap((direction) =>
  EVERYWHERE.map((cidr, index) => entry(100 + index, direction, 'allow', '-1', cidr)),
)

export const acl = (entries: readonly AclEntry[]): AssetDocument => ({
  type: 'AWS::EC2::NetworkAcl',
  vpc: uid.vpc(1),
  subnets: [uid.subnet(1), uid.subnet(2)],
  entries: [...entries],
})

export const route = (to: string, via: Route['via'], target?: string, state: Route['state'] = 'active'): Route => ({
  to,
  via,
  state,
  ...(target === undefined ? {} : { target }),
})

const LOCAL: readonly Route[] = [route('10.0.0.0/16', 'local'), route('2600:1f18:1::/56', 'local')]
export const OUT: readonly Route[] = EVERYWHERE.map((to) => route(to, 'internet-gateway', uid.gateway(1)))

export const routeTable = (
  main: boolean,
  subnets: string[],
  routes: readonly Route[],
  vpc = uid.vpc(1),
): AssetDocument => ({
  type: 'AWS::EC2::RouteTable',
  vpc,
  main,
  subnets,
  routes: [...LOCAL, ...routes],
})

export const networkInterface = (
  number: number,
  groups: string[],
  { open = true, ipv6 = true, subnet = 1 } = {},
): AssetDocument => ({
  type: 'AWS::EC2::NetworkInterface',
  vpc: uid.vpc(1),
  subnet: uid.subnet(subnet),
  groups,
  addresses: [{ private: `10.0.${subnet}.${number}`, ...(open ? { public: `54.0.0.${number}` } : {}) }],
  ipv6: ipv6 ? [`2600:1f18:1:0:${subnet}::${number}`] : [],
  instance: uid.instance(number),
})

export const instance = (number: number, groups: string[], subnet = 1): AssetDocument => ({
  type: 'AWS::EC2::Instance',
  state: 'running',
  vpc: uid.vpc(1),
  subnet: uid.subnet(subnet),
  interfaces: [uid.networkInterface(number)],
  groups,
})

/** A web server with everything open before it: one instance in a public subnet. */
const BASE: Changes = {
  [uid.vpc(1)]: { type: 'AWS::EC2::VPC', cidrs: ['10.0.0.0/16'], cidrs6: ['2600:1f18:1::/56'] },
  ...Object.fromEntries(
    [1, 2].map((number) => [
      uid.subnet(number),
      {
        type: 'AWS::EC2::Subnet',
        vpc: uid.vpc(1),
        cidr: `10.0.${number}.0/24`,
        cidrs6: [`2600:1f18:1:0:${number}::/80`],
        zone: `eu-west-1${'ab'[number - 1]}`,
      } satisfies AssetDocument,
    ]),
  ),
  [uid.gateway(1)]: { type: 'AWS::EC2::InternetGateway', vpcs: [uid.vpc(1)] },
  [uid.table(1)]: routeTable(true, [], OUT),
  [uid.acl(1)]: acl(OPEN_ENTRIES),
  [uid.group(1)]: group([rule('tcp', [443, 443], EVERYWHERE)]),
  [uid.networkInterface(1)]: networkInterface(1, [uid.group(1)]),
  [uid.instance(1)]: instance(1, [uid.group(1)]),
  [uid.regionSettings()]: {
    type: 'AWS::Account::RegionSettings',
    vpcBlockPublicAccess: { mode: 'off', exclusions: [] },
    snapshotBlock: 'unblocked',
    imageBlock: 'unblocked',
  },
}

/** The base with changes. */
export function world(changes: Changes = {}): SampleAsset[] {
  return Object.entries({ ...BASE, ...changes }).flatMap(([each, document]) =>
    document ? [{ uid: each, document, account: each.includes(PARTNER) ? PARTNER : ACCOUNT }] : [],
  )
}

export const caseOf = (name: string, changes: Changes = {}, asked = uid.instance(1)): Case => ({
  name,
  uid: asked,
  assets: world(changes),
})
