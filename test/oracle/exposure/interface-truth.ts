import type { NetworkInterface } from '../../../schemas/generated/asset-document.ts'
import type { Address, Stretch } from './addresses.ts'
import { readAddress } from './addresses.ts'
import { type Ask, asksOf, inland, isSensitive, outside, portsOf, within } from './packets.ts'
import type { Kind, Tally } from './tally.ts'
import { all, any, type Answer, when } from './three.ts'
import {
  aclsAdmit,
  agreed,
  answersInternet,
  groupsAdmit,
  isNamedOutside,
  type Lead,
  leadsOf,
  regionAdmits,
} from './walk.ts'
import type { Known, World } from './world.ts'

/** What has an address in a subnet and groups before it: an interface, or what AWS puts one in for. */
export interface Place {
  readonly uid: string
  readonly vpc: string | undefined
  readonly subnet: string | undefined
  readonly groups: readonly string[] | undefined
  /** Whether the internet can name it by an address of the family. */
  readonly named: (family: 4 | 6) => Answer
  /** Where it answers to some asks only. */
  readonly listens?: (ask: Ask) => boolean
  /** What of it is sensitive; by the port where it is absent. */
  readonly sensitive?: boolean
  /** A login stands before it. */
  readonly screened?: boolean
}

export function placeOf(world: World, uid: string, document: NetworkInterface): Place {
  const { subnet, groups } = document
  const vpc = document.vpc ?? (subnet === undefined ? undefined : world.find('AWS::EC2::Subnet', subnet)?.vpc)
  return { uid, vpc, subnet, groups, named: (family) => isNamedOutside(document, family) }
}

/** Packets of the internet, one after the other. */
export function tallyOutside(world: World, place: Place, tally: Tally): void {
  const asks = asksOf(world).filter((ask) => place.listens?.(ask) ?? true)
  for (const stretch of outside(world)) {
    const ends = new Set([stretch.first, stretch.last])
    for (const number of ends) {
      const from: Address = { family: stretch.family, number }
      const way = wayIn(world, place, from)
      if (way === 'no') continue
      for (const ask of asks) {
        tally.outside(all(way, admitted(world, place, from, ask)), kindOf(place, ask), stretch)
      }
    }
  }
}

function kindOf({ screened, sensitive }: Place, { protocol, port }: Ask): Kind {
  if (screened) return 'screened'
  return (sensitive ?? isSensitive(protocol, port)) ? 'sensitive' : 'plain'
}

/** Whether packets from there are led to the place and answered, whatever they ask for. */
export function wayIn(world: World, { vpc, subnet, named }: Place, from: Address): Answer {
  if (vpc === undefined || subnet === undefined) return 'unknown'
  return all(named(from.family), answersInternet(world, subnet, vpc, from), regionAdmits(world, subnet, vpc))
}

export function admitted(world: World, { subnet, groups }: Place, from: Address, ask: Ask): Answer {
  const packet = { from, ...ask }
  const admits = groupsAdmit(world, groups, packet)
  if (subnet === undefined) return all(admits, 'unknown')
  return admits === 'no' ? 'no' : all(admits, aclsAdmit(world, subnet, packet, portsOf(world)))
}

const SERVICES = [
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancing::LoadBalancer',
  'AWS::RDS::DBInstance',
  'AWS::Lambda::Function',
  'AWS::EKS::Cluster',
] as const

/** Whoever may send from inside: neighbours of whom nothing is known but the address, and those with groups. */
interface Sender {
  readonly from: Address
  readonly groups: readonly string[]
  readonly rung: 'internal' | 'cross_boundary'
  readonly known: Answer
}

export function tallyInside(world: World, place: Place, tally: Tally): void {
  const { subnet = '' } = place
  const asks = asksOf(world).filter((ask) => place.listens?.(ask) ?? true)
  const cidr = world.find('AWS::EC2::Subnet', subnet)?.cidr
  for (const { from, groups, rung, known } of [
    ...neighbours(world, place),
    ...members(world, place),
    ...peers(world, place),
    ...beyond(world, place),
    ...installed(world, place),
  ])
    for (const ask of asks) {
      const packet = { from, ...ask }
      const beside = cidr === undefined ? 'unknown' : when(world.holds(cidr, from))
      const admits = groupsAdmit(world, place.groups, packet, groups)
      if (admits === 'no' || known === 'no') continue
      tally.inside(all(known, admits, any([beside, aclsAdmit(world, subnet, packet, portsOf(world))])), rung)
    }
}

const ends = ({ family, first, last }: Stretch): Address[] => [
  { family, number: first },
  { family, number: last },
]

/** All of the VPC; of one whose ranges are not known, at least the subnet's, and perhaps any that is not routed. */
function neighbours(world: World, { vpc = '', subnet = '' }: Place): Sender[] {
  const document = world.find('AWS::EC2::VPC', vpc)
  const near = world.find('AWS::EC2::Subnet', subnet)
  const cidrs = [...(document?.cidrs ?? []), ...(document?.cidrs6 ?? []), ...(near?.cidr ? [near.cidr] : [])]
  const sure = within(world, [...cidrs, ...(near?.cidrs6 ?? [])])
  const perhaps = document?.cidrs ? [] : inland(world)
  // Whoever is in the VPC may be given a group at any time: that nobody has it today shuts nobody out.
  const groups = world.texts().filter((text) => text.includes(':security-group/'))
  const sender = (known: Answer) => (stretch: Stretch) =>
    ends(stretch).map((from): Sender => ({ from, groups, rung: 'internal', known }))
  return [...sure.flatMap(sender('yes')), ...perhaps.flatMap(sender('unknown'))]
}

/** What AWS puts in for a service has the groups of the service, and an address in one of its subnets. */
function installed(world: World, { uid, vpc }: Place): Sender[] {
  const services = SERVICES.flatMap((type) => world.all(type))
  return services
    .filter((service) => service.uid !== uid && service.document.vpc === vpc)
    .flatMap(({ document: { subnets = [], groups = [] } }) =>
      subnets.flatMap((subnet) => {
        const cidr = world.find('AWS::EC2::Subnet', subnet)?.cidr
        const stretch = cidr === undefined ? undefined : within(world, [cidr])[0]
        return stretch ? [{ from: ends(stretch)[0]!, groups, rung: 'internal' as const, known: 'yes' as const }] : []
      }),
    )
}

/** What may stand behind a gateway to other networks, or behind routes that are not known. */
function beyond(world: World, { vpc = '', subnet = '' }: Place): Sender[] {
  const own = world.find('AWS::EC2::VPC', vpc)?.cidrs ?? []
  return inland(world).flatMap((stretch) => {
    const from = { family: stretch.family, number: stretch.first }
    if (own.some((cidr) => world.holds(cidr, from))) return []
    return leadsOf(world, subnet, vpc, from).some((lead) => isBeyond(lead))
      ? [{ from, groups: [], rung: 'cross_boundary' as const, known: 'unknown' as const }]
      : []
  })
}

function isBeyond(lead: Lead): boolean {
  if (lead === 'none' || lead === 'unknown') return lead === 'unknown'
  return lead.state === 'active' && (lead.via === 'transit-gateway' || lead.via === 'vpn-gateway')
}

/** Other interfaces, by their own addresses and groups. */
function members(world: World, { uid, vpc }: Place): Sender[] {
  const others = world
    .all('AWS::EC2::NetworkInterface')
    .filter((other) => other.uid !== uid && other.document.vpc === vpc)
  return others.flatMap(({ document: { addresses = [], ipv6 = [], groups = [] } }) =>
    [...addresses.map((address) => address.private), ...ipv6].flatMap((text) => {
      const from = readAddress(text)
      return from ? [{ from, groups, rung: 'internal' as const, known: 'yes' as const }] : []
    }),
  )
}

/** Addresses of the other VPC, where both sides have a route to one another. */
function peers(world: World, { vpc = '', subnet = '' }: Place): Sender[] {
  return world.all('AWS::EC2::VPCPeeringConnection').flatMap((peering) => {
    const { requester, accepter, status } = peering.document
    if (status !== 'active' || (requester !== vpc && accepter !== vpc)) return []
    const other = (requester === vpc ? accepter : requester) ?? ''
    const cidrs = world.find('AWS::EC2::VPC', other)?.cidrs ?? []
    return within(world, cidrs)
      .flatMap((stretch) => ends(stretch))
      .map((from) => ({
        from,
        groups: [],
        rung: 'cross_boundary' as const,
        known: all(leadsTo(world, subnet, vpc, from, peering), leadsBack(world, other, vpc, peering)),
      }))
  })
}

type Peering = Known<'AWS::EC2::VPCPeeringConnection'>

function leadsTo(world: World, subnet: string, vpc: string, to: Address, { uid }: Peering): Answer {
  return agreed(
    leadsOf(world, subnet, vpc, to).map((lead) => {
      if (lead === 'none' || lead === 'unknown') return lead === 'none' ? 'no' : 'unknown'
      return when(lead.via === 'peering' && lead.target === uid && lead.state === 'active')
    }),
  )
}

function leadsBack(world: World, from: string, to: string, { uid }: Peering): Answer {
  const tables = world.all('AWS::EC2::RouteTable').filter(({ document }) => document.vpc === from)
  const cidrs = world.find('AWS::EC2::VPC', to)?.cidrs ?? []
  if (tables.length === 0) return 'unknown'
  return any(
    tables.map(({ document: { routes } }) =>
      routes
        ? when(
            routes.some(
              (route) => route.via === 'peering' && route.target === uid && cidrs.some((cidr) => cidr === route.to),
            ),
          )
        : 'unknown',
    ),
  )
}
