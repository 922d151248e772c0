/**
 * From a load balancer to a target: what reached the listener arrives on the target's port if the target's groups and its
 * subnet's ACL let it in. Where the client's address is kept they see the client, and a rule that names a group of a network
 * load balancer lets in whatever came through it; else they see an address of the load balancer's subnets, or its groups.
 * A target that is not healthy is reached possibly.
 */
import type { KnownAsset } from '../context-graph.ts'
import type { Hop } from '../exposure.ts'
import type { Target } from '../../schemas/generated/asset-document.ts'
import { flows, intersect, size, sourcesOf, union } from './flow-set.ts'
import type { FlowSet } from './flow-set.ts'
import { EVERYWHERE } from './flow-set-addresses.ts'
import type { Family } from './flow-set-addresses.ts'
import { both, either, exactly, limit, map, surest, surestOf } from './flow-set-bounds.ts'
import type { Bounds, Passing } from './flow-set-bounds.ts'
import { isPort, portsOf, TCP, UDP } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'
import { listenedServices, onTcpAndUdp } from './load-balancer-front.ts'
import type { Front } from './load-balancer-front.ts'
import { aclBounds } from './network-acl.ts'
import { groupsOf } from './network-groups.ts'
import type { GroupsAnswer } from './network-groups.ts'
import type { Way } from './network-path.ts'
import { subnetAddresses } from './network-place.ts'
import type { Place } from './network-place.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'

export interface Delivery {
  readonly front: Front
  /** Who reaches the listener. */
  readonly client: Way
  /** What hands over: the target group, or a classic load balancer. */
  readonly by: { readonly uid: string; readonly text: string }
  readonly protocol: string | undefined
  readonly port: number | undefined
  /** Undefined: not known. */
  readonly keepsClient: boolean | undefined
  readonly health: Passing
  readonly place: Place
  /** The family in which the load balancer speaks with the target. */
  readonly family: Family
}

export function deliver(reading: Reading, delivery: Delivery): Way {
  const { client, by, port, place, front } = delivery
  if (client.closed !== undefined) return client
  const services = servicesAt(delivery)
  const moved = limit(
    map(client.left, (set) => movedTo(services, set)),
    isPort(port) ? 'certain' : 'unknown',
  )
  const groups = groupsOf(reading, client.family, place.groups, place.uid)
  const near = groupsOf(reading, delivery.family, place.groups, place.uid)
  const left = limit(admitted(reading, delivery, { moved, services, groups, near }), delivery.health)
  if (surest(left) === 'no') {
    const closed = {
      uid: place.groups?.[0] ?? place.uid,
      text: closingText(reading, delivery, { moved, services, groups, near }),
    }
    return { ...client, left, hops: [], closed, missing: [] }
  }
  const name = nameOf(front.balancer.uid)
  const admits: Hop = {
    uid: place.groups?.[0] ?? place.uid,
    text: `${nameOf(place.uid)} lets in what load balancer ${name} sends`,
  }
  const missing = [
    ...client.missing,
    ...groups.missing,
    ...(isPort(port) ? [] : [`port of ${nameOf(by.uid)}`]),
    ...(delivery.keepsClient === undefined ? [`whether ${nameOf(by.uid)} keeps the client's address`] : []),
    ...(surest(left) === 'unknown' ? [`network ACLs and addresses between ${name} and ${nameOf(place.uid)}`] : []),
  ]
  return { ...client, left, hops: [...client.hops, by, admits], missing: [...new Set(missing)] }
}

function servicesAt({ protocol, port }: Delivery): readonly ServiceRange[] {
  if (!isPort(port)) return [portsOf(TCP, 0, 65_535), portsOf(UDP, 0, 65_535)]
  return listenedServices(protocol, port) ?? onTcpAndUdp(port)
}

/** The same clients on the target's port, by the protocol they came with. */
function movedTo(services: readonly ServiceRange[], set: FlowSet): FlowSet {
  return services
    .map((range) => {
      const protocol = Math.floor(range[0] / 65_536)
      return flows(range, sourcesOf(set, portsOf(protocol, 0, 65_535)))
    })
    .reduce(union)
}

interface Arrival {
  readonly moved: Bounds
  readonly services: readonly ServiceRange[]
  /** The target's groups, as the client's family and the load balancer's sees them. */
  readonly groups: GroupsAnswer
  readonly near: GroupsAnswer
}

function admitted(reading: Reading, delivery: Delivery, arrival: Arrival): Bounds {
  const { keepsClient, client, place } = delivery
  const kept = (): Bounds =>
    both(fromClient(delivery, arrival), aclBounds(reading, client.family, place.subnet, place.uid))
  const replaced = (): Bounds => limit(arrival.moved, fromBalancer(reading, delivery, arrival, true))
  if (keepsClient !== undefined) return keepsClient ? kept() : replaced()
  const [one, other] = [kept(), replaced()]
  return {
    certain: intersect(one.certain, other.certain),
    possible: intersect(one.possible, other.possible),
    unknown: union(one.unknown, other.unknown),
  }
}

/** The target's groups see the client, or know it by the load balancer's group. */
function fromClient({ front, client }: Delivery, { moved, groups }: Arrival): Bounds {
  const sources = EVERYWHERE[client.family]
  return both(
    moved,
    [groups.bounds, ...namedOf(front, groups).map((range) => exactly(flows(range, sources)))].reduce(either),
  )
}

/**
 * The target's groups see the load balancer: how sure it is that they, and the ACL, let it in from one of its subnets. Which
 * address of the subnet it has is not known, so that less than all of them is possible only.
 */
function fromBalancer(
  reading: Reading,
  { front, place, family }: Delivery,
  { services, near }: Arrival,
  withAcl: boolean,
): Passing {
  const everywhere = EVERYWHERE[family]
  const byName = namedOf(front, near).map((range) => exactly(flows(range, everywhere)))
  const admits = byName.reduce(either, near.bounds)
  return surestOf(
    front.places.map(({ subnet }) => {
      const addresses = subnetAddresses(reading, family, subnet)
      const target = services.map((range) => flows(range, addresses ?? everywhere)).reduce(union)
      const isSameSubnet = subnet !== undefined && subnet === place.subnet
      const acl = withAcl && !isSameSubnet ? [aclBounds(reading, family, place.subnet, place.uid)] : []
      return sureness(target, acl.reduce(both, both(exactly(target), admits)), addresses !== undefined)
    }),
  )
}

function sureness(target: FlowSet, passed: Bounds, isKnown: boolean): Passing {
  if (size(passed.certain) === size(target)) return 'certain'
  const how = surest(passed)
  if (how === 'no') return 'no'
  return isKnown && how !== 'unknown' ? 'possible' : 'unknown'
}

/** The services that the target's rules allow to groups of the load balancer. */
function namedOf({ balancer }: Front, { named }: GroupsAnswer): readonly ServiceRange[] {
  const own = balancer.document.groups ?? []
  return named.filter(({ group }) => own.includes(group)).map(({ services }) => services)
}

function closingText(reading: Reading, delivery: Delivery, arrival: Arrival): string {
  const { keepsClient, front, place } = delivery
  const groups = keepsClient ? surest(fromClient(delivery, arrival)) : fromBalancer(reading, delivery, arrival, false)
  const what = groups === 'no' ? 'its security groups allow' : 'the network ACL of its subnet allows'
  const whom = keepsClient
    ? `no client of load balancer ${nameOf(front.balancer.uid)}`
    : `nothing from load balancer ${nameOf(front.balancer.uid)}`
  return `${nameOf(place.uid)} is a target, but ${what} ${whom}`
}

/** Whether a target group keeps the client's address: ELB v2's rules where the attribute does not say it. */
export function keepsClientAddress(
  kind: Front['kind'],
  { document }: KnownAsset<'AWS::ElasticLoadBalancingV2::TargetGroup'>,
): boolean | undefined {
  if (kind === 'application' || kind === 'classic') return false
  if (kind !== 'network') return undefined
  const { protocol, preservesClientIp } = document
  if (document.kind === 'alb' || /^(UDP|TCP_UDP|QUIC|TCP_QUIC)$/.test(protocol ?? '')) return true
  return preservesClientIp
}

export function healthOf({ health }: Target): Passing {
  return health === 'healthy' ? 'certain' : 'possible'
}
