import type { KnownAsset } from '../context-graph.ts'
import { limit } from './flow-set-bounds.ts'
import { isPort } from './flow-set-services.ts'
import type { Target } from '../../schemas/generated/asset-document.ts'
import { deliver, healthOf, keepsClientAddress } from './load-balancer-delivery.ts'
import { anyOf, frontOf, frontWays, listenedServices } from './load-balancer-front.ts'
import type { Front } from './load-balancer-front.ts'
import { fromInternet } from './network-path.ts'
import type { Way } from './network-path.ts'
import type { Place } from './network-place.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'

type TargetGroup = KnownAsset<'AWS::ElasticLoadBalancingV2::TargetGroup'>
type Listener = KnownAsset<'AWS::ElasticLoadBalancingV2::Listener'>

/** A target group of which it is a target. */
export interface Hit {
  readonly group: TargetGroup
  readonly target: Target
}

/** Who reaches a listener: directly, and where it is an application load balancer's, through network load balancers. */
export function listenerWays(reading: Reading, listener: Listener, front: Front | undefined): readonly Way[] {
  const { port, protocol } = listener.document
  if (front === undefined || !isPort(port)) {
    const what =
      front === undefined
        ? `load balancer ${listener.document.loadBalancer ?? listener.uid}`
        : `port of listener ${listener.uid}`
    return [unknownWay(what)]
  }
  const direct = frontWays(reading, front, listenedServices(protocol, port), port)
  return front.kind === 'application' ? [...direct, ...chainedWays(reading, front, port)] : direct
}

/** Through network load balancers that have this one as a target; those are nobody's target, so that this ends. */
function chainedWays(reading: Reading, front: Front, port: number): readonly Way[] {
  const { uid } = front.balancer
  return reading
    .referring(uid, 'targets', 'AWS::ElasticLoadBalancingV2::TargetGroup')
    .filter(({ document }) => document.kind === 'alb')
    .flatMap((group) =>
      (group.document.targets ?? [])
        .filter((target) => target.id === uid && (target.port ?? group.document.port) === port)
        .flatMap((target) => waysOfHit(reading, { group, target }, front.places)),
    )
}

/** A way of which nothing is known. */
export function unknownWay(missing: string): Way {
  return { kind: 'internet', family: 'v4', left: limit(fromInternet('v4'), 'unknown'), hops: [], missing: [missing] }
}

/**
 * Whether a listener forwards, to a target group or to any where none is given, only behind an authentication: that of one
 * rule stands before the action that ends the rule. One that forwards nowhere asks nobody to sign in.
 */
export function isAuthenticated({ document }: Listener, group?: string): boolean {
  let isSignedIn = false
  const forwards: boolean[] = []
  for (const { kind, targetGroups } of document.actions ?? []) {
    if (/^(authenticate-|jwt-validation$)/.test(kind)) {
      isSignedIn = true
      continue
    }
    if (group === undefined ? kind === 'forward' : targetGroups.includes(group)) forwards.push(isSignedIn)
    isSignedIn = false
  }
  return forwards.length > 0 && forwards.every(Boolean)
}

/** Through every listener that forwards to the group; `places` are those of the target, of which any will do. */
export function waysOfHit(reading: Reading, hit: Hit, places: readonly Place[]): readonly Way[] {
  return reading
    .referring(hit.group.uid, 'target-groups', 'AWS::ElasticLoadBalancingV2::Listener')
    .flatMap((listener) => waysOfListener(reading, listener, hit, places))
}

function waysOfListener(reading: Reading, listener: Listener, hit: Hit, places: readonly Place[]): readonly Way[] {
  const { loadBalancer } = listener.document
  const balancer =
    loadBalancer === undefined ? undefined : reading.asset(loadBalancer, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
  const front = balancer && frontOf(reading, balancer)
  // Only network load balancers take others as targets; anything else could go round in circles.
  if (hit.group.document.kind === 'alb' && front?.kind !== 'network') return []
  const clients = listenerWays(reading, listener, front)
  const signsIn = isAuthenticated(listener, hit.group.uid)
  return clients.map((client) => {
    const way =
      front === undefined ? client : anyOf(places.map((place) => handOver(reading, front, client, hit, place)))
    return signsIn || client.isAuthenticated ? { ...way, isAuthenticated: true } : way
  })
}

function handOver(reading: Reading, front: Front, client: Way, { group, target }: Hit, place: Place): Way {
  const { uid, document } = group
  const port = target.port ?? document.port
  const health = healthOf(target)
  const isSick = health === 'certain' ? '' : `, where it is ${target.health ?? 'of unknown health'}`
  if (document.kind === 'lambda') {
    const hop = { uid, text: `target group ${nameOf(uid)} invokes ${nameOf(target.id)}` }
    return client.closed === undefined ? { ...client, hops: [...client.hops, hop] } : client
  }
  return deliver(reading, {
    front,
    client,
    by: { uid, text: `target group ${nameOf(uid)} sends to port ${port ?? '?'} of ${nameOf(target.id)}${isSick}` },
    protocol: document.protocol,
    port,
    keepsClient: keepsClientAddress(front.kind, group),
    health,
    place,
    family: document.kind === 'ip' && target.id.includes(':') ? 'v6' : 'v4',
  })
}
