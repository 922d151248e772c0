import type { KnownAsset } from '../context-graph.ts'
import { isPort } from './flow-set-services.ts'
import { deliver } from './load-balancer-delivery.ts'
import { frontOf, frontWays, listenedServices } from './load-balancer-front.ts'
import { unknownWay, waysOfHit } from './load-balancer-listeners.ts'
import type { Hit } from './load-balancer-listeners.ts'
import type { Way } from './network-path.ts'
import type { Place } from './network-place.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'

type TargetGroup = KnownAsset<'AWS::ElasticLoadBalancingV2::TargetGroup'>

/** What a load balancer may send to. */
export interface Subject {
  readonly place: Place
  /** Its addresses, for targets by address; undefined: not known. */
  readonly addresses: readonly string[] | undefined
  /** Its uids, for targets by uid. */
  readonly targets: readonly string[]
}

export interface Balanced {
  readonly ways: readonly Way[]
  /** What keeps further ways from being known, by name. */
  readonly gaps: readonly string[]
}

/** The ways to something that lead through load balancers. */
export function balancedWays(reading: Reading, subject: Subject): Balanced {
  const { place, targets, addresses } = subject
  const hits = [
    ...targets.flatMap((uid) =>
      hitsIn(reading.referring(uid, 'targets', 'AWS::ElasticLoadBalancingV2::TargetGroup'), [uid]),
    ),
    ...hitsIn(groupsByAddress(reading, subject), addresses ?? []),
  ]
  const ways = hits.flatMap((hit) => waysOfHit(reading, hit, [place]))
  const classic = targets.flatMap((uid) =>
    reading
      .referring(uid, 'instances', 'AWS::ElasticLoadBalancing::LoadBalancer')
      .flatMap((balancer) => classicWays(reading, balancer, place)),
  )
  return { ways: [...ways, ...classic], gaps: gapsOf(reading, subject, hits) }
}

function hitsIn(groups: readonly TargetGroup[], ids: readonly string[]): readonly Hit[] {
  const wanted = new Set(ids)
  return groups.flatMap((group) =>
    (group.document.targets ?? []).filter(({ id }) => wanted.has(id)).map((target) => ({ group, target })),
  )
}

/** Target groups of the VPC whose targets are addresses. */
function groupsByAddress(reading: Reading, { place, addresses }: Subject): readonly TargetGroup[] {
  if (place.vpc === undefined || addresses?.length === 0) return []
  return reading
    .referring(place.vpc, 'vpc', 'AWS::ElasticLoadBalancingV2::TargetGroup', false)
    .filter(({ document }) => document.kind === 'ip' || document.kind === undefined)
}

function gapsOf(reading: Reading, subject: Subject, hits: readonly Hit[]): readonly string[] {
  const { place, targets, addresses } = subject
  const where = `${place.account} in ${place.region}`
  const gap = (what: string, isGap: boolean): readonly string[] => (isGap ? [what] : [])
  const lacks = (type: Parameters<Reading['covers']>[0]): boolean => !reading.covers(type, place)
  const unread =
    place.vpc === undefined
      ? []
      : reading.referring(place.vpc, 'vpc', 'AWS::ElasticLoadBalancingV2::TargetGroup', false)
  return [
    ...gap(`target groups of ${where}`, lacks('AWS::ElasticLoadBalancingV2::TargetGroup')),
    ...gap(
      `classic load balancers of ${where}`,
      targets.length > 0 && lacks('AWS::ElasticLoadBalancing::LoadBalancer'),
    ),
    ...gap(`listeners of ${where}`, hits.length > 0 && lacks('AWS::ElasticLoadBalancingV2::Listener')),
    ...gap(
      `addresses of ${nameOf(place.uid)}`,
      addresses === undefined && groupsByAddress(reading, subject).length > 0,
    ),
    ...gap(`VPC of ${nameOf(place.uid)}`, place.vpc === undefined),
    ...unread.flatMap(({ uid, document }) =>
      gap(`targets of target group ${nameOf(uid)}`, document.targets === undefined),
    ),
    ...(hits.length > 0 ? unreadListeners(reading, place) : []),
  ]
}

/** Listeners of the VPC's load balancers of which it is not known where they send. */
function unreadListeners(reading: Reading, { vpc }: Place): readonly string[] {
  if (vpc === undefined) return []
  return reading
    .referring(vpc, 'vpc', 'AWS::ElasticLoadBalancingV2::LoadBalancer', false)
    .flatMap(({ uid }) => reading.referring(uid, 'load-balancer', 'AWS::ElasticLoadBalancingV2::Listener', false))
    .flatMap(({ uid, document }) => (document.actions === undefined ? [`actions of listener ${uid}`] : []))
}

/** Through a classic load balancer, which has its own addresses towards the instances. */
function classicWays(
  reading: Reading,
  balancer: KnownAsset<'AWS::ElasticLoadBalancing::LoadBalancer'>,
  place: Place,
): readonly Way[] {
  const front = frontOf(reading, balancer)
  const name = nameOf(balancer.uid)
  const { listeners } = balancer.document
  if (listeners === undefined) return [unknownWay(`listeners of load balancer ${name}`)]
  return listeners.flatMap(({ protocol = 'TCP', port, instancePort }) => {
    if (!isPort(port)) return [unknownWay(`a port of load balancer ${name}`)]
    return frontWays(reading, front, listenedServices(protocol, port), port).map((client) =>
      deliver(reading, {
        front,
        client,
        by: { uid: balancer.uid, text: `load balancer ${name} sends to port ${instancePort} of ${nameOf(place.uid)}` },
        protocol: 'TCP',
        port: instancePort,
        keepsClient: false,
        health: 'certain',
        place,
        family: 'v4',
      }),
    )
  })
}
