import type { AssetDocument, GroupRule } from '../../../schemas/generated/asset-document.ts'
import * as base from './base-world.ts'
import { ANYWHERE, type Case, caseOf, type Changes, EVERYWHERE, route, rule } from './base-world.ts'
import * as uid from './uids.ts'

const OFFICE = ['203.0.113.0/24']

interface Shape {
  readonly kind: 'application' | 'network'
  readonly scheme: 'internet-facing' | 'internal'
  readonly groups: string[]
  readonly action: string
  readonly keepsCaller: boolean | undefined
  readonly targetKind: 'instance' | 'ip'
}

function balanced({ kind, scheme, groups, action, keepsCaller, targetKind }: Shape): Changes {
  return {
    [uid.loadBalancer(1)]: {
      type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      kind,
      scheme,
      vpc: uid.vpc(1),
      subnets: [uid.subnet(1)],
      groups,
      state: 'active',
    },
    [uid.listener(1)]: {
      type: 'AWS::ElasticLoadBalancingV2::Listener',
      loadBalancer: uid.loadBalancer(1),
      protocol: kind === 'network' ? 'TCP' : 'HTTPS',
      port: 443,
      actions: actionsOf(action),
    },
    [uid.targetGroup(1)]: {
      type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      kind: targetKind,
      protocol: kind === 'network' ? 'TCP' : 'HTTP',
      port: 8443,
      vpc: uid.vpc(1),
      ...(keepsCaller === undefined ? {} : { preservesClientIp: keepsCaller }),
      targets: [{ id: targetKind === 'ip' ? '10.0.2.1' : uid.instance(1), health: 'healthy' }],
    },
  }
}

function actionsOf(action: string): { kind: string; targetGroups: string[] }[] {
  const forward = { kind: 'forward', targetGroups: [uid.targetGroup(1)] }
  if (action === 'forward') return [forward]
  return action.startsWith('authenticate')
    ? [{ kind: action, targetGroups: [] }, forward]
    : [{ kind: action, targetGroups: [] }]
}

/** The target stands in a subnet of its own, without a way out and without public addresses. */
const behind = (ingress: GroupRule[]): Changes => ({
  [uid.table(2)]: base.routeTable(false, [uid.subnet(2)], [route('0.0.0.0/0', 'nat-gateway')]),
  [uid.networkInterface(1)]: base.networkInterface(1, [uid.group(1)], { open: false, ipv6: false, subnet: 2 }),
  [uid.instance(1)]: base.instance(1, [uid.group(1)], 2),
  [uid.group(1)]: base.group(ingress),
})

const GROUPS: Readonly<Record<string, readonly [string[], AssetDocument | null]>> = {
  open: [[uid.group(2)], base.group([rule('tcp', [443, 443], ANYWHERE)])],
  'open to the office': [[uid.group(2)], base.group([rule('tcp', [443, 443], OFFICE)])],
  'open at another port': [[uid.group(2)], base.group([rule('tcp', [80, 80], ANYWHERE)])],
  closed: [[uid.group(2)], base.group([])],
  'of no group': [[], null],
  'of an unknown group': [[uid.group(99)], null],
}
const TARGETS: Readonly<Record<string, GroupRule[]>> = {
  'its group': [rule('tcp', [8443, 8443], [], { groups: [uid.group(2)] })],
  'its subnet': [rule('tcp', [8443, 8443], ['10.0.1.0/24'])],
  'a part of its subnet': [rule('tcp', [8443, 8443], ['10.0.1.0/28'])],
  'another subnet': [rule('tcp', [8443, 8443], ['10.0.2.0/24'])],
  'another port': [rule('tcp', [80, 80], ANYWHERE)],
  all: [rule('tcp', [8443, 8443], ANYWHERE)],
  'the office': [rule('tcp', [8443, 8443], OFFICE)],
  none: [],
}

/** Every kind of load balancer, its own groups, its listener's actions, what the target admits, and whom the target sees. */
export function* balancerCases(): Generator<Case> {
  for (const kind of ['application', 'network'] as const)
    for (const scheme of ['internet-facing', 'internal'] as const)
      for (const [own, [groups, document]] of Object.entries(GROUPS))
        for (const [admits, ingress] of Object.entries(TARGETS))
          for (const [action, keepsCaller, targetKind] of variants(kind)) {
            if (kind === 'application' && groups.length === 0) continue
            const shape: Shape = { kind, scheme, groups, action, keepsCaller, targetKind }
            const changes = {
              ...balanced(shape),
              ...behind(ingress),
              ...(document ? { [uid.group(2)]: document } : {}),
            }
            const name = `${kind} ${scheme}, ${own}, ${action}, target ${targetKind} admits ${admits}, keeps ${keepsCaller}`
            yield caseOf(`balanced: ${name}`, changes)
            if (admits === 'all' && targetKind === 'instance')
              yield caseOf(`balancer: ${name}`, changes, uid.loadBalancer(1))
          }
}

function variants(kind: Shape['kind']): (readonly [string, boolean | undefined, 'instance' | 'ip'])[] {
  if (kind === 'network')
    return [true, false, undefined].flatMap((keeps) =>
      (['instance', 'ip'] as const).map((target) => ['forward', keeps, target] as const),
    )
  return [
    ...['forward', 'authenticate-oidc', 'redirect'].map((action) => [action, undefined, 'instance'] as const),
    ['forward', undefined, 'ip'],
  ]
}

/** The older generation: listeners stand in its own document. */
export function* classicCases(): Generator<Case> {
  for (const scheme of ['internet-facing', 'internal'] as const)
    for (const [own, [groups, document]] of Object.entries(GROUPS))
      for (const [admits, ingress] of Object.entries(TARGETS))
        for (const asked of [uid.instance(1), uid.classicLoadBalancer(1)]) {
          if (groups.length === 0) continue
          yield caseOf(
            `classic ${scheme}, ${own}, target admits ${admits}: ${asked}`,
            {
              ...behind(ingress),
              ...(document ? { [uid.group(2)]: document } : {}),
              [uid.classicLoadBalancer(1)]: {
                type: 'AWS::ElasticLoadBalancing::LoadBalancer',
                scheme,
                vpc: uid.vpc(1),
                subnets: [uid.subnet(1)],
                groups,
                listeners: [{ protocol: 'HTTP', port: 443, instancePort: 8443 }],
                instances: [uid.instance(1)],
              },
            },
            asked,
          )
        }
}

/** Databases: the flag, the group, the subnets and the zone. */
export function* databaseCases(): Generator<Case> {
  const ingresses = { all: ANYWHERE, office: OFFICE, VPC: ['10.0.0.0/16'], none: [] }
  for (const open of [true, false, undefined])
    for (const [admits, cidrs] of Object.entries(ingresses))
      for (const subnets of [[1], [2], [1, 2]])
        for (const zone of [...subnets.map((number) => (number === 1 ? 'eu-west-1a' : 'eu-west-1b')), undefined])
          for (const port of [5432, 3306])
            yield caseOf(
              `database public ${open}, admits ${admits}, subnets ${subnets.join(' ')}, zone ${zone}, port ${port}`,
              {
                [uid.table(2)]: base.routeTable(false, [uid.subnet(2)], [route('0.0.0.0/0', 'nat-gateway')]),
                [uid.group(1)]: base.group([rule('tcp', [5432, 5432], cidrs)]),
                [uid.database(1)]: {
                  type: 'AWS::RDS::DBInstance',
                  ...(open === undefined ? {} : { public: open }),
                  port,
                  vpc: uid.vpc(1),
                  ...(zone === undefined ? {} : { zone }),
                  subnets: subnets.map((number) => uid.subnet(number)),
                  groups: [uid.group(1)],
                  engine: 'postgres',
                },
              },
              uid.database(1),
            )
}

/** Endpoints of clusters. */
export function* clusterCases(): Generator<Case> {
  for (const endpointPublic of [true, false, undefined])
    for (const publicCidrs of [
      EVERYWHERE,
      ANYWHERE,
      ['0.0.0.0/1', '128.0.0.0/1'],
      ['54.0.0.0/8'],
      ['54.0.0.0/7'],
      OFFICE,
    ])
      yield caseOf(
        `cluster public ${endpointPublic} to ${publicCidrs.join(' ')}`,
        {
          [uid.cluster(1)]: {
            type: 'AWS::EKS::Cluster',
            ...(endpointPublic === undefined ? {} : { endpointPublic }),
            endpointPrivate: true,
            publicCidrs,
            vpc: uid.vpc(1),
            subnets: [uid.subnet(1)],
            groups: [uid.group(1)],
          },
        },
        uid.cluster(1),
      )
}
