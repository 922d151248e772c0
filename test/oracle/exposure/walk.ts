import type { AclEntry, NetworkInterface, Route } from '../../../schemas/generated/asset-document.ts'
import type { Address } from './addresses.ts'
import { all, any, type Answer, when } from './three.ts'
import type { World } from './world.ts'

/** One packet on its way to something: who sends it, and what it asks for. */
export interface Packet {
  readonly from: Address
  /** By number: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6. */
  readonly protocol: number
  /** Of the destination; of ICMP it means nothing. */
  readonly port: number
}

const NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 }

function speaks(protocol: string, packet: Packet): boolean {
  return protocol === '-1' || (NUMBERS[protocol] ?? Number(protocol)) === packet.protocol
}

const hasPorts = ({ protocol }: Packet): boolean => protocol === 6 || protocol === 17

/** Whether a CIDR, or one of a prefix list's, holds the address. */
function listHolds(world: World, to: string, address: Address): Answer {
  if (!to.startsWith('arn:')) return when(world.holds(to, address))
  const cidrs = world.find('AWS::EC2::PrefixList', to)?.cidrs
  return cidrs ? when(cidrs.some((cidr) => world.holds(cidr, address))) : 'unknown'
}

/** The routes by which a subnet answers an address, or undefined where they are not known. */
function routesOf(world: World, subnet: string, vpc: string): readonly Route[] | undefined {
  const tables = world.all('AWS::EC2::RouteTable').map(({ document }) => document)
  const own = tables.find((table) => table.subnets?.includes(subnet))
  if (own) return own.routes
  if (!world.hasAll('AWS::EC2::RouteTable') || tables.some((table) => table.subnets === undefined)) return undefined
  return tables.find((table) => table.main === true && table.vpc === vpc)?.routes
}

/** The width of the narrowest CIDR of the route that holds the address; undefined: none does. */
function width(world: World, route: Route, address: Address): bigint | undefined {
  const cidrs = route.to.startsWith('arn:') ? (world.find('AWS::EC2::PrefixList', route.to)?.cidrs ?? []) : [route.to]
  const sizes = cidrs.flatMap((cidr) => {
    const span = world.span(cidr)
    return span && world.holds(cidr, address) ? [span.last - span.first] : []
  })
  return sizes.length === 0 ? undefined : sizes.reduce((one, other) => (other < one ? other : one))
}

export type Lead = Route | 'none' | 'unknown'

/** Where the answer to an address may go: the narrowest route wins, unless one whose list is not known is narrower. */
export function leadsOf(world: World, subnet: string, vpc: string, address: Address): readonly Lead[] {
  const routes = routesOf(world, subnet, vpc)
  if (!routes) return ['unknown']
  let best: { route: Route; size: bigint } | undefined
  for (const route of routes) {
    const size = width(world, route, address)
    if (size !== undefined && (!best || size < best.size)) best = { route, size }
  }
  return [best?.route ?? 'none', ...routes.filter((route) => listHolds(world, route.to, address) === 'unknown')]
}

/** Whether what lies in the subnet answers an address over the internet. */
export function answersInternet(world: World, subnet: string, vpc: string, address: Address): Answer {
  return agreed(leadsOf(world, subnet, vpc, address).map((lead) => leadsOut(world, vpc, lead)))
}

/** Of ways of which it is not known which is taken. */
export function agreed(answers: readonly Answer[]): Answer {
  const [first = 'unknown', ...others] = answers
  return others.every((answer) => answer === first) ? first : 'unknown'
}

function leadsOut(world: World, vpc: string, lead: Lead): Answer {
  if (lead === 'unknown') return 'unknown'
  if (lead === 'none' || lead.state === 'blackhole') return 'no'
  if (lead.via === 'vpc-endpoint') return 'unknown'
  if (lead.via !== 'internet-gateway') return 'no'
  const attached = lead.target === undefined ? undefined : world.find('AWS::EC2::InternetGateway', lead.target)?.vpcs
  if (attached) return when(attached.includes(vpc))
  const exists = lead.target === undefined || world.find('AWS::EC2::InternetGateway', lead.target) !== undefined
  return exists || !world.hasAll('AWS::EC2::InternetGateway') ? 'unknown' : 'no'
}

/** Whether the region lets traffic of the internet into the subnet at all. */
export function regionAdmits(world: World, subnet: string, vpc: string): Answer {
  const settings = world.all('AWS::Account::RegionSettings')[0]?.document.vpcBlockPublicAccess
  if (!settings) return 'unknown'
  if (settings.mode === 'off') return 'yes'
  return when(
    settings.exclusions.some(
      ({ resource, mode }) => mode === 'allow-bidirectional' && (resource === subnet || resource === vpc),
    ),
  )
}

function entriesOf(world: World, subnet: string, direction: 'in' | 'out'): readonly AclEntry[] | undefined {
  const acl = world.all('AWS::EC2::NetworkAcl').find(({ document }) => document.subnets?.includes(subnet))?.document
  return acl?.entries?.filter((entry) => entry.direction === direction).toSorted((a, b) => a.number - b.number)
}

/** The first entry by number that fits the packet decides; without one it is denied. */
function aclAllows(world: World, subnet: string, direction: 'in' | 'out', packet: Packet): Answer {
  const ordered = world.once(`ACL ${subnet} ${direction}`, () => entriesOf(world, subnet, direction))
  if (!ordered) return 'unknown'
  for (const entry of ordered) {
    if (!speaks(entry.protocol, packet) || !world.holds(entry.cidr, packet.from)) continue
    const { ports } = entry
    if (entry.protocol !== '-1' && ports && hasPorts(packet) && !(ports[0] <= packet.port && packet.port <= ports[1]))
      continue
    return when(entry.action === 'allow')
  }
  return 'no'
}

/** In by the port it asks for, and back out to one of the ports from which a caller may call. */
export function aclsAdmit(world: World, subnet: string, packet: Packet, callerPorts: readonly number[]): Answer {
  const inwards = aclAllows(world, subnet, 'in', packet)
  if (inwards === 'no') return 'no'
  const back = hasPorts(packet) ? callerPorts.filter((port) => port >= 1024) : [packet.port]
  return all(inwards, any(back.map((port) => aclAllows(world, subnet, 'out', { ...packet, port }))))
}

/** Whether one of the groups admits the packet; `senderGroups` are those of the sender, where it is one of ours. */
export function groupsAdmit(
  world: World,
  groups: readonly string[] | undefined,
  packet: Packet,
  senderGroups: readonly string[] = [],
): Answer {
  if (!groups) return 'unknown'
  return any(groups.map((uid) => groupAdmits(world, uid, packet, senderGroups)))
}

/** Stands for the groups of a network load balancer that was made without any: it lets everything in. */
export const OPEN_GROUP = 'open'

function groupAdmits(world: World, uid: string, packet: Packet, senderGroups: readonly string[]): Answer {
  if (uid === OPEN_GROUP) return 'yes'
  const ingress = world.find('AWS::EC2::SecurityGroup', uid)?.ingress
  if (!ingress) return 'unknown'
  return any(
    ingress
      .filter(({ protocol, ports }) => {
        if (!speaks(protocol, packet)) return false
        if (protocol === '-1' || !ports || !hasPorts(packet)) return true
        return ports[0] <= packet.port && packet.port <= ports[1]
      })
      .flatMap(({ cidrs, groups, prefixLists }) => [
        when(cidrs.some((cidr) => world.holds(cidr, packet.from))),
        when(groups.some((group) => senderGroups.includes(group))),
        ...prefixLists.map((list) => listHolds(world, list, packet.from)),
      ]),
  )
}

/** Whether the interface has an address of the family that the internet can name. */
export function isNamedOutside(document: NetworkInterface, family: 4 | 6): Answer {
  if (family === 4) {
    if (!document.addresses) return 'unknown'
    return when(document.addresses.some((address) => address.public !== undefined))
  }
  return document.ipv6 ? when(document.ipv6.length > 0) : 'unknown'
}
