import type { AclEntry, AssetDocument, PortRange, Route } from '../../../schemas/generated/asset-document.ts'
import * as base from './base-world.ts'
import { type Case, caseOf, type Changes, entry, EVERYWHERE, ANYWHERE, route, rule } from './base-world.ts'
import * as uid from './uids.ts'

const igw = (to: string, state: Route['state'] = 'active'): Route =>
  route(to, 'internet-gateway', uid.gateway(1), state)
const nat = (to: string): Route => route(to, 'nat-gateway')

const ROUTES: Readonly<Record<string, readonly Route[]>> = {
  out: base.OUT,
  none: [],
  'out v4': [igw('0.0.0.0/0')],
  'out v6': [igw('::/0')],
  NAT: [nat('0.0.0.0/0'), route('::/0', 'egress-only-internet-gateway')],
  blackhole: [igw('0.0.0.0/0', 'blackhole'), igw('::/0', 'blackhole')],
  'out but a half': [igw('0.0.0.0/0'), route('128.0.0.0/1', 'nat-gateway')],
  'out but all narrower': [igw('0.0.0.0/0'), nat('0.0.0.0/1'), nat('128.0.0.0/1')],
  'out but a blackhole': [igw('0.0.0.0/0'), igw('0.0.0.0/1', 'blackhole')],
  'NAT but one office': [nat('0.0.0.0/0'), igw('203.0.113.0/24')],
  'narrowest last': [igw('0.0.0.0/0'), nat('203.0.0.0/8'), igw('203.0.113.0/24')],
  'a list': [nat('0.0.0.0/0'), route(uid.prefixList(1), 'internet-gateway', uid.gateway(1))],
  'an unknown list': [nat('0.0.0.0/0'), route(uid.prefixList(99), 'internet-gateway', uid.gateway(1))],
  'a detached gateway': [route('0.0.0.0/0', 'internet-gateway', uid.gateway(2))],
  'an unknown gateway': [route('0.0.0.0/0', 'internet-gateway', uid.gateway(99))],
  'an inspecting endpoint': [
    route('0.0.0.0/0', 'vpc-endpoint', `arn:aws:ec2:eu-west-1:${uid.ACCOUNT}:vpc-endpoint/vpce-1`),
  ],
}
export const LISTS: Changes = {
  [uid.prefixList(1)]: {
    type: 'AWS::EC2::PrefixList',
    name: 'offices',
    managedBy: 'customer',
    cidrs: ['203.0.113.0/24'],
  },
  [uid.prefixList(2)]: { type: 'AWS::EC2::PrefixList', name: 'nothing', managedBy: 'customer', cidrs: [] },
  [uid.prefixList(3)]: { type: 'AWS::EC2::PrefixList', name: 'all', managedBy: 'customer', cidrs: EVERYWHERE },
  [uid.prefixList(4)]: { type: 'AWS::EC2::PrefixList', name: 'unread', managedBy: 'customer' },
  [uid.gateway(2)]: { type: 'AWS::EC2::InternetGateway', vpcs: [] },
}

/** The main table and one of the subnet's own, every set of routes in each, every kind of address. */
export function* routeCases(): Generator<Case> {
  for (const [main, its] of Object.entries(ROUTES))
    for (const [own, others] of [['no table', undefined] as const, ...Object.entries(ROUTES)])
      for (const [address, open, ipv6] of [
        ['v4', true, false],
        ['v6', false, true],
        ['both', true, true],
        ['private', false, false],
      ] as const)
        yield caseOf(`routes: main ${main}, own ${own}, ${address}`, {
          ...LISTS,
          [uid.table(1)]: base.routeTable(true, [], its),
          ...(others ? { [uid.table(2)]: base.routeTable(false, [uid.subnet(1)], others) } : {}),
          [uid.networkInterface(1)]: base.networkInterface(1, [uid.group(1)], { open, ipv6 }),
        })
}

/** Every mode of the region's block with every exclusion. */
export function* blockCases(): Generator<Case> {
  const resources = { subnet: uid.subnet(1), VPC: uid.vpc(1), 'other subnet': uid.subnet(2) }
  const exclusions = Object.entries(resources).flatMap(([name, resource]) =>
    (['allow-bidirectional', 'allow-egress'] as const).map((mode) => ({
      name: `${name} ${mode}`,
      list: [{ resource, mode }],
    })),
  )
  for (const mode of ['off', 'block-ingress', 'block-bidirectional'] as const)
    for (const { name, list } of [{ name: 'none', list: [] }, ...exclusions])
      yield caseOf(`block: ${mode}, exclusion ${name}`, {
        [uid.regionSettings()]: {
          type: 'AWS::Account::RegionSettings',
          vpcBlockPublicAccess: { mode, exclusions: list },
        },
      })
  yield caseOf('block: not read', { [uid.regionSettings()]: { type: 'AWS::Account::RegionSettings' } })
}

type Bare = readonly ['allow' | 'deny', string, string, PortRange?]
const IN: readonly Bare[] = [
  ['allow', '-1', '0.0.0.0/0'],
  ['deny', '-1', '0.0.0.0/0'],
  ['allow', '6', '0.0.0.0/0', [443, 443]],
  ['deny', '6', '0.0.0.0/0', [22, 443]],
  ['deny', '6', '128.0.0.0/1', [0, 65_535]],
  ['allow', '6', '203.0.113.0/24', [0, 65_535]],
  ['deny', '17', '0.0.0.0/0', [0, 65_535]],
  ['allow', '-1', '::/0'],
]
const OUT: Readonly<Record<string, readonly Bare[]>> = {
  all: [
    ['allow', '-1', '0.0.0.0/0'],
    ['allow', '-1', '::/0'],
  ],
  nothing: [],
  'low ports only': [['allow', '6', '0.0.0.0/0', [0, 1023]]],
  'the first high port': [['allow', '6', '0.0.0.0/0', [80, 1024]]],
  'the last high port': [['allow', '6', '0.0.0.0/0', [65_535, 65_535]]],
  'UDP only': [['allow', '17', '0.0.0.0/0', [1024, 65_535]]],
  'denied first': [
    ['deny', '6', '0.0.0.0/0', [1024, 65_535]],
    ['allow', '-1', '0.0.0.0/0'],
  ],
  'half of them denied': [
    ['deny', '6', '0.0.0.0/1', [0, 65_535]],
    ['allow', '-1', '0.0.0.0/0'],
  ],
  'the office only': [['allow', '6', '203.0.113.0/24', [1024, 65_535]]],
}
const numbered = (direction: 'in' | 'out', bare: readonly Bare[]): AclEntry[] =>
  bare.map(([action, protocol, cidr, ports], index) =>
    entry((index + 1) * 10, direction, action, protocol, cidr, ports),
  )

/** Every ordered choice of up to three of the entries inwards, with every way back; in the list they stand backwards. */
export function* aclCases(): Generator<Case> {
  for (const bare of choices(IN, 3))
    for (const [name, out] of Object.entries(OUT)) {
      const entries = [...numbered('in', bare), ...numbered('out', out)].toReversed()
      yield caseOf(`ACL: in ${bare.map((each) => each.join(' ')).join(', ')}; out ${name}`, {
        [uid.acl(1)]: base.acl(entries),
        [uid.group(1)]: base.group([
          rule('tcp', [22, 22], ANYWHERE),
          rule('tcp', [443, 443], EVERYWHERE),
          rule('udp', [53, 53], ANYWHERE),
        ]),
      })
    }
}

function* choices<T>(items: readonly T[], count: number): Generator<readonly T[]> {
  yield []
  if (count === 0) return
  for (const item of items)
    for (const rest of choices(
      items.filter((each) => each !== item),
      count - 1,
    ))
      yield [item, ...rest]
}

/** One document after the other is not known, and one property after the other; also where the rest is closed. */
export function* missingCases(): Generator<Case> {
  const settings: Readonly<Record<string, Changes>> = {
    open: {},
    'no group open': { [uid.group(1)]: base.group([]) },
    private: { [uid.networkInterface(1)]: base.networkInterface(1, [uid.group(1)], { open: false, ipv6: false }) },
    'no route': { [uid.table(1)]: base.routeTable(true, [], []) },
    'ACL closed': { [uid.acl(1)]: base.acl([]) },
  }
  for (const [name, changes] of Object.entries(settings))
    for (const { uid: gone, document } of base.world(changes)) {
      if (gone !== uid.instance(1)) {
        const assets = base.world({ ...changes, [gone]: null })
        const covered = [...new Set(assets.map((each) => each.document.type))].filter((type) => type !== document.type)
        yield {
          name: `missing: ${name}, no ${gone}`,
          uid: uid.instance(1),
          assets,
          covered: [...covered, ...BALANCERS],
        }
      }
      for (const property of Object.keys(document))
        if (property !== 'type')
          yield caseOf(`missing: ${name}, no ${property} of ${gone}`, {
            ...changes,
            [gone]: without(document, property),
          })
    }
}

const BALANCERS = [
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::ElasticLoadBalancing::LoadBalancer',
] as const

function without(document: AssetDocument, property: string): AssetDocument {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== property)) as unknown as AssetDocument
}
