/**
 * Who reaches a listener. From the internet: the scheme is internet-facing, and in one of its subnets the VPC block public
 * access, the route, the ACL and the groups let the listener's port pass. A network load balancer that was made without
 * groups is open; every other kind has some. An application load balancer may also be reached through a network one whose
 * target it is: that keeps the client's address.
 */
import type { KnownAsset } from '../context-graph.ts'
import type { Hop } from '../exposure.ts'
import { FAMILIES } from './flow-set-addresses.ts'
import type { Family } from './flow-set-addresses.ts'
import { either, limit, surest } from './flow-set-bounds.ts'
import { portsOf, TCP, UDP } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'
import { groupsOf, noGroups, unknownGroups } from './network-groups.ts'
import type { GroupsAnswer } from './network-groups.ts'
import { directWay, fromInternet } from './network-path.ts'
import type { Way } from './network-path.ts'
import { lacksIpv6, placesIn } from './network-place.ts'
import type { Place } from './network-place.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'
import { closedStep, openStep, unknownStep } from './network-step.ts'
import type { Step } from './network-step.ts'

export type Balancer =
  | KnownAsset<'AWS::ElasticLoadBalancingV2::LoadBalancer'>
  | KnownAsset<'AWS::ElasticLoadBalancing::LoadBalancer'>

/** A load balancer that listens on a port. */
export interface Front {
  readonly balancer: Balancer
  readonly kind: 'application' | 'network' | 'gateway' | 'classic' | undefined
  /** One place for each subnet, or one of which the subnet is not known. */
  readonly places: readonly Place[]
}

export function frontOf(reading: Reading, balancer: Balancer): Front {
  const { document } = balancer
  const kind = document.type === 'AWS::ElasticLoadBalancing::LoadBalancer' ? 'classic' : document.kind
  return { balancer, kind, places: placesIn(reading, balancer, document, document.subnets ?? []) }
}

/** A port of both protocols: what is asked for where the protocol is not known. */
export function onTcpAndUdp(port: number): readonly [tcp: ServiceRange, udp: ServiceRange] {
  return [portsOf(TCP, port, port), portsOf(UDP, port, port)]
}

/** What a listener or a target group takes, by ELB's name of the protocol; undefined: not known. */
export function listenedServices(protocol: string | undefined, port: number): readonly ServiceRange[] | undefined {
  const [tcp, udp] = onTcpAndUdp(port)
  switch (protocol?.toUpperCase()) {
    case 'HTTP':
    case 'HTTPS':
    case 'TCP':
    case 'TLS':
    case 'SSL':
      return [tcp]
    case 'UDP':
    case 'QUIC':
    case 'GENEVE':
      return [udp]
    case 'TCP_UDP':
    case 'TCP_QUIC':
      return [tcp, udp]
    default:
      return undefined
  }
}

/** The groups of the load balancer as they stand before its listeners. */
export function frontGroups(reading: Reading, { kind, balancer }: Front): (family: Family) => GroupsAnswer {
  const { uid, document } = balancer
  return (family) => {
    if (document.groups?.length !== 0 || kind === 'application' || kind === 'classic')
      return groupsOf(reading, family, document.groups, uid)
    if (kind === 'network')
      return noGroups(family, uid, `load balancer ${nameOf(uid)} has no security groups, so all may connect`)
    return unknownGroups(family, uid)
  }
}

/** Who reaches a listener directly from the internet, one way per address family. */
export function frontWays(
  reading: Reading,
  front: Front,
  services: readonly ServiceRange[] | undefined,
  port: number,
): readonly Way[] {
  const asked = services ?? onTcpAndUdp(port)
  const listener: Hop = {
    uid: front.balancer.uid,
    text: `load balancer ${nameOf(front.balancer.uid)} listens on port ${port}`,
  }
  return FAMILIES.map((family) => {
    const start = asked.map((range) => fromInternet(family, range)).reduce(either)
    const before = schemeSteps(reading, family, front)
    const groups = frontGroups(reading, front)
    const ways = front.places.map((place) =>
      directWay(reading, family, place, { before, groups, start: limit(start, services ? 'certain' : 'unknown') }),
    )
    const way = anyOf(ways)
    return way.closed === undefined ? { ...way, hops: [...way.hops, listener] } : way
  })
}

function schemeSteps(reading: Reading, family: Family, { balancer, kind, places }: Front): readonly Step[] {
  const { uid, document } = balancer
  const name = `load balancer ${nameOf(uid)}`
  if (kind === 'gateway') return [closedStep(family, uid, `${name} is a gateway, which nobody connects to`)]
  if (document.scheme === 'internal') return [closedStep(family, uid, `${name} is internal`)]
  const scheme =
    document.scheme === 'internet-facing'
      ? openStep(family, uid, `${name} is internet-facing`)
      : unknownStep(family, uid, `scheme of ${name}`)
  if (family === 'v4') return [scheme]
  if (lacksIpv6(reading, places)) return [closedStep(family, uid, `the subnets of ${name} have no IPv6 addresses`)]
  return [scheme, unknownStep(family, uid, `address type of ${name}`)]
}

/** Several places of which any will do: what passes at some of them, told by the surest. */
export function anyOf(ways: readonly Way[]): Way {
  const [first, ...others] = ways.toSorted((one, other) => sureness(other) - sureness(one))
  if (first === undefined) throw new RangeError('No way was given to choose from.')
  return {
    ...first,
    left: others.reduce((left, way) => either(left, way.left), first.left),
    missing: [...new Set(ways.flatMap(({ missing }) => missing))],
  }
}

function sureness({ left }: Way): number {
  return ['no', 'unknown', 'possible', 'certain'].indexOf(surest(left))
}
