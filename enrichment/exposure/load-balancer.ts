import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { isPort } from './flow-set-services.ts'
import { frontGroups, frontOf, frontWays, listenedServices, onTcpAndUdp } from './load-balancer-front.ts'
import type { Front } from './load-balancer-front.ts'
import { isAuthenticated, listenerWays, unknownWay } from './load-balancer-listeners.ts'
import { balancedWays } from './load-balancer-targets.ts'
import { answerOf } from './network-answer.ts'
import { privateWays } from './network-path.ts'
import type { Way } from './network-path.ts'
import { homeOf, nameOf, Reading } from './reading.ts'

/**
 * Who reaches a load balancer on one of its listeners: on one that forwards only behind an authentication, whoever signs in.
 * What is behind it is judged there.
 */
export function loadBalancerExposure(
  graph: ContextGraph,
  tenant: string,
  asset: KnownAsset<'AWS::ElasticLoadBalancingV2::LoadBalancer'>,
): Exposure {
  const reading = new Reading(graph, tenant, asset)
  const front = frontOf(reading, asset)
  const listeners = reading.referring(asset.uid, 'load-balancer', 'AWS::ElasticLoadBalancingV2::Listener')
  const ways = listeners.flatMap((listener): readonly Way[] => {
    const { protocol, port } = listener.document
    const signsIn = isAuthenticated(listener)
    const outer = listenerWays(reading, listener, front)
    return [
      ...(signsIn ? outer.map((way) => ({ ...way, isAuthenticated: true })) : outer),
      ...insideWays(reading, front, protocol, port),
    ]
  })
  const { account, region } = homeOf(asset)
  const lacks = (type: Parameters<Reading['covers']>[0]): boolean => !reading.covers(type, asset)
  const gaps = [
    ...(lacks('AWS::ElasticLoadBalancingV2::Listener') ? [`listeners of ${account} in ${region}`] : []),
    ...(front.kind === 'application' && lacks('AWS::ElasticLoadBalancingV2::TargetGroup')
      ? [`target groups of ${account} in ${region}`]
      : []),
  ]
  const exposure = answerOf(reading, { ways, gaps })
  const unused = { uid: asset.uid, text: `load balancer ${nameOf(asset.uid)} has no listener` }
  return listeners.length > 0 || gaps.length > 0 ? exposure : { ...exposure, closedBy: [unused] }
}

/** Who reaches a classic load balancer on one of its listeners. */
export function classicLoadBalancerExposure(
  graph: ContextGraph,
  tenant: string,
  asset: KnownAsset<'AWS::ElasticLoadBalancing::LoadBalancer'>,
): Exposure {
  const reading = new Reading(graph, tenant, asset)
  const front = frontOf(reading, asset)
  const { listeners } = asset.document
  const name = nameOf(asset.uid)
  const ways = (listeners ?? []).flatMap(({ protocol = 'TCP', port }) =>
    isPort(port)
      ? [
          ...frontWays(reading, front, listenedServices(protocol, port), port),
          ...insideWays(reading, front, protocol, port),
        ]
      : [unknownWay(`a port of load balancer ${name}`)],
  )
  return answerOf(reading, { ways, gaps: listeners === undefined ? [`listeners of load balancer ${name}`] : [] })
}

/** Who invokes a function through load balancers that have it as a target. */
export function balancedFunctionExposure(
  graph: ContextGraph,
  tenant: string,
  asset: KnownAsset<'AWS::Lambda::Function'>,
): Exposure {
  const reading = new Reading(graph, tenant, asset)
  const { uid, account, region } = asset
  // It is invoked by its name, so that it does not matter where in the network it is.
  const place = { uid, account, region, vpc: 'none', subnet: undefined, groups: undefined }
  const { ways, gaps } = balancedWays(reading, { place, addresses: [], targets: [uid] })
  return answerOf(reading, { ways, gaps })
}

function insideWays(
  reading: Reading,
  front: Front,
  protocol: string | undefined,
  port: number | undefined,
): readonly Way[] {
  if (!isPort(port) || front.kind === 'gateway') return []
  const services = listenedServices(protocol, port) ?? onTcpAndUdp(port)
  const groups = frontGroups(reading, front)
  return front.places.flatMap((place) =>
    services.flatMap((range) => privateWays(reading, ['v4'], place, range, groups)),
  )
}
