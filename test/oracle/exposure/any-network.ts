import * as fc from 'fast-check'
import type { AssetType, DocumentOf } from '../../../enrichment/context-graph.ts'
import type { AclEntry, AssetDocument, GroupRule, PortRange, Route } from '../../../schemas/generated/asset-document.ts'
import * as uid from './uids.ts'

const chance = (percent: number): fc.Arbitrary<boolean> =>
  fc.integer({ min: 0, max: 99 }).map((drawn) => drawn < percent)
/** One of the first `count` of a kind, or one that nobody ever tells of. */
export const named = (uidOf: (number: number) => string, count: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: 24 }).map((drawn) => uidOf(drawn === 24 ? 99 : (drawn % count) + 1))
export const some = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> => fc.array(item, { maxLength })

const CIDRS = [
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '203.0.113.0/24',
  '198.51.100.7/32',
  '10.0.0.0/8',
  '10.0.1.0/24',
]
const CIDRS6 = ['::/0', '2001:db8:1::/48', '2600:1f18::/32', '::ffff:203.0.113.0/120']
const cidr = fc.oneof(
  { arbitrary: fc.constant('0.0.0.0/0'), weight: 6 },
  { arbitrary: fc.constantFrom(...CIDRS), weight: 4 },
  { arbitrary: fc.constantFrom(...CIDRS6), weight: 3 },
)
const ports = fc.constantFrom<PortRange>([22, 22], [80, 80], [443, 443], [0, 65_535], [8000, 8100], [5432, 5432])
const aclPorts = fc.constantFrom<PortRange>([22, 22], [0, 65_535], [80, 443], [1024, 65_535], [32_768, 60_999])

const groupRule: fc.Arbitrary<GroupRule> = fc
  .record({
    protocol: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp', 'icmp', '-1'),
    ports,
    cidrs: some(cidr, 2),
    groups: fc.oneof(fc.constant<string[]>([]), some(named(uid.group, 4), 1)),
    prefixLists: fc.oneof(fc.constant<string[]>([]), fc.constant<string[]>([]), some(named(uid.prefixList, 2), 1)),
  })
  .map(({ ports: range, ...rule }) => (/^(tcp|udp)$/.test(rule.protocol) ? { ...rule, ports: range } : rule))

const openAcl: AclEntry[] = (['in', 'out'] as const).flatMap((direction) =>
  ['0.0.0.0/0', '::/0'].map((each, index) => entry(100 + index, direction, 'allow', '-1', each)),
)

function entry(
  number: number,
  direction: 'in' | 'out',
  action: 'allow' | 'deny',
  protocol: string,
  range: string,
): AclEntry {
  return { number, direction, action, protocol, cidr: range }
}

const aclEntry: fc.Arbitrary<AclEntry> = fc
  .record({
    number: fc.integer({ min: 80, max: 120 }),
    direction: fc.constantFrom('in' as const, 'out' as const),
    action: fc.constantFrom('allow' as const, 'deny' as const),
    protocol: fc.constantFrom('6', '17', '-1'),
    ports: aclPorts,
    cidr,
  })
  .map(({ ports: range, ...rest }) => (rest.protocol === '-1' ? rest : { ...rest, ports: range }))

const route: fc.Arbitrary<Route> = fc
  .tuple(
    fc.oneof(cidr, fc.constantFrom('0.0.0.0/0', '::/0'), named(uid.prefixList, 2)),
    fc.constantFrom<Route['via']>(
      'internet-gateway',
      'internet-gateway',
      'internet-gateway',
      'nat-gateway',
      'egress-only-internet-gateway',
      'peering',
      'transit-gateway',
      'vpc-endpoint',
    ),
    chance(92),
    named(uid.gateway, 2),
  )
  .map(([to, via, active, gateway]) => ({
    to,
    via,
    state: active ? 'active' : 'blackhole',
    ...(via === 'internet-gateway' ? { target: gateway } : {}),
    ...(via === 'peering' ? { target: uid.peering(1) } : {}),
  }))

const local: Route[] = [{ to: '10.0.0.0/16', via: 'local', state: 'active' }]

type Arbitraries = { [Type in AssetType]?: (number: number) => fc.Arbitrary<DocumentOf<Type>> }

const DOCUMENTS: Arbitraries = {
  'AWS::EC2::VPC': (number) =>
    fc.record({
      type: fc.constant('AWS::EC2::VPC'),
      cidrs: fc.constant([number === 1 ? '10.0.0.0/16' : '10.1.0.0/16']),
      cidrs6: fc.constantFrom([], [`2600:1f18:${number}::/56`]),
    }),
  'AWS::EC2::Subnet': (number) =>
    fc.record({
      type: fc.constant('AWS::EC2::Subnet'),
      vpc: fc.constant(uid.vpc(1)),
      cidr: fc.constant(`10.0.${number}.0/24`),
      zone: fc.constant(`eu-west-1${'abc'[number - 1] ?? 'a'}`),
    }),
  'AWS::EC2::InternetGateway': (number) =>
    fc.record({
      type: fc.constant('AWS::EC2::InternetGateway'),
      vpcs: chance(90).map((attached) => (attached && number === 1 ? [uid.vpc(1)] : number === 1 ? [] : [uid.vpc(2)])),
    }),
  'AWS::EC2::RouteTable': (number) =>
    fc.record({
      type: fc.constant('AWS::EC2::RouteTable'),
      vpc: fc.constant(uid.vpc(1)),
      main: fc.constant(number === 1),
      subnets: fc.constantFrom([], [uid.subnet(number)]),
      routes: fc.tuple(chance(65), some(route, 3)).map(([open, routes]) => [
        ...local,
        ...routes,
        ...(open
          ? ['0.0.0.0/0', '::/0'].map((to) => ({
              to,
              via: 'internet-gateway' as const,
              target: uid.gateway(1),
              state: 'active' as const,
            }))
          : []),
      ]),
    }),
  'AWS::EC2::NetworkAcl': (number) =>
    fc.record({
      type: fc.constant('AWS::EC2::NetworkAcl'),
      vpc: fc.constant(uid.vpc(1)),
      subnets: fc.constant(number === 1 ? [uid.subnet(1), uid.subnet(2)] : [uid.subnet(3)]),
      entries: fc
        .tuple(chance(75), some(aclEntry, 4))
        .map(([open, entries]) => [
          ...new Map(
            [...(open ? openAcl : []), ...entries].map((each) => [`${each.number}${each.direction}`, each]),
          ).values(),
        ]),
    }),
  'AWS::EC2::SecurityGroup': () =>
    fc.record({
      type: fc.constant('AWS::EC2::SecurityGroup'),
      vpc: fc.constant(uid.vpc(1)),
      name: fc.constantFrom('web', 'batch'),
      ingress: some(groupRule, 2),
      egress: fc.constant([{ protocol: '-1', cidrs: ['0.0.0.0/0'], groups: [], prefixLists: [] }]),
    }),
  'AWS::EC2::PrefixList': () =>
    fc.record({
      type: fc.constant('AWS::EC2::PrefixList'),
      name: fc.constant('offices'),
      managedBy: fc.constantFrom('customer' as const, 'aws' as const),
      cidrs: some(cidr, 2),
    }),
  'AWS::EC2::VPCPeeringConnection': () =>
    fc.record({
      type: fc.constant('AWS::EC2::VPCPeeringConnection'),
      requester: named(uid.vpc, 2),
      accepter: named(uid.vpc, 2),
      status: fc.constantFrom('active', 'active', 'deleted'),
    }),
  'AWS::EC2::NetworkInterface': (number) =>
    fc.record({
      type: fc.constant('AWS::EC2::NetworkInterface'),
      vpc: fc.constant(uid.vpc(1)),
      subnet: named(uid.subnet, 3),
      groups: some(named(uid.group, 4), 2),
      addresses: chance(60).map((open) => [
        { private: `10.0.1.${10 + number}`, ...(open ? { public: `54.0.0.${10 + number}` } : {}) },
      ]),
      ipv6: fc.constantFrom([], [], [`2600:1f18:1::${number}`]),
      instance: fc.constantFrom(uid.instance(number), null),
    }),
  'AWS::EC2::Instance': (number) =>
    fc.record({
      type: fc.constant('AWS::EC2::Instance'),
      state: fc.constantFrom('running', 'running', 'stopped'),
      vpc: fc.constant(uid.vpc(1)),
      subnet: named(uid.subnet, 3),
      interfaces: fc.constant([uid.networkInterface(number)]),
      groups: some(named(uid.group, 4), 2),
      tags: some(fc.record({ name: fc.constant('Name'), value: fc.constantFrom('web', 'batch') }), 1),
    }),
}

/** What may be told of the nth network asset of a type; undefined where it is none. */
export function anyNetworkDocument(type: AssetType, number: number): fc.Arbitrary<AssetDocument> | undefined {
  return DOCUMENTS[type]?.(number)
}
