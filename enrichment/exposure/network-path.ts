/**
 * Who reaches a place in a VPC directly. From the internet, per address family, all of these must let it pass: an address
 * of the place (a public IPv4 one, or a global IPv6 one), the VPC block public access of the region, a route to an internet
 * gateway, the subnet's network ACL in both directions, the security groups. From networks that the VPC is joined with:
 * a route there, the ACL, the groups; what the far side does is not looked at, so that this is possible at most. From
 * inside the VPC: the groups, and the ACL for what comes from another subnet; inside a subnet no ACL applies.
 */
import type { Hop } from '../exposure.ts'
import { flows } from './flow-set.ts'
import { EVERYWHERE } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import { both, either, exactly, passing } from './flow-set-bounds.ts'
import type { Bounds } from './flow-set-bounds.ts'
import { INTERNET, PRIVATE } from './flow-set-internet.ts'
import { ALL_SERVICES } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'
import { aclBounds, aclSteps } from './network-acl.ts'
import { blockStep } from './network-block.ts'
import { groupsOf } from './network-groups.ts'
import type { GroupsAnswer } from './network-groups.ts'
import { subnetAddresses, vpcAddresses } from './network-place.ts'
import type { Place } from './network-place.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'
import { FROM_INTERNET, FROM_NEIGHBOURS, routeStep } from './network-routes.ts'
import { walk } from './network-step.ts'
import type { Step, Walked } from './network-step.ts'

/** One way in that was looked at. */
export interface Way extends Walked {
  readonly kind: 'internet' | 'cross_boundary' | 'internal'
  readonly family: Family
  /** Who comes by it, where addresses do not say it. */
  readonly from?: string
  /** Only who signs in gets through, whatever the addresses. */
  readonly isAuthenticated?: boolean
  /** What answers holds data, on whichever port. */
  readonly isDatabase?: boolean
}

type Groups = (family: Family) => GroupsAnswer

/** The groups of the place itself. */
function ownGroups(reading: Reading, place: Place): Groups {
  return (family) => groupsOf(reading, family, place.groups, place.uid)
}

/** All flows to some services that the internet can send. */
export function fromInternet(family: Family, services: ServiceRange = ALL_SERVICES): Bounds {
  return exactly(flows(services, INTERNET[family]))
}

/** From the internet to the place itself; `before` is what it takes before the network is asked. */
export function directWay(
  reading: Reading,
  family: Family,
  place: Place,
  { before, groups = ownGroups(reading, place), start = fromInternet(family) }: Entry,
): Way {
  const walked = walk(start, [
    () => before,
    () => [blockStep(reading, family, place)],
    () => [routeStep(reading, family, place, FROM_INTERNET)],
    () => aclSteps(reading, family, place.subnet, place.uid),
    () => [groupsStep(groups(family), place)],
  ])
  return { kind: 'internet', family, ...walked }
}

interface Entry {
  readonly before: readonly Step[]
  readonly groups?: Groups
  readonly start?: Bounds
}

/** What the groups let in, as a step. */
function groupsStep({ bounds, hops, missing }: GroupsAnswer, { uid, groups }: Place): Step {
  const names = (groups ?? []).map(nameOf)
  const closes =
    names.length === 0
      ? `${nameOf(uid)} has no security group`
      : `${names.length === 1 ? 'security group' : 'security groups'} ${names.join(', ')} ${names.length === 1 ? 'allows' : 'allow'} none of it`
  return { uid: groups?.[0] ?? uid, bounds, hops, closes, missing }
}

/** The ways from other networks and from inside the VPC, to some services of the place. */
export function privateWays(
  reading: Reading,
  families: readonly Family[],
  place: Place,
  services: ServiceRange = ALL_SERVICES,
  groups: Groups = ownGroups(reading, place),
): readonly Way[] {
  return families.flatMap((family) => {
    const start = exactly(flows(services, EVERYWHERE[family]))
    const answer = groups(family)
    const across = walk(start, [
      () => [groupsStep(answer, place)],
      () => [routeStep(reading, family, place, FROM_NEIGHBOURS)],
      () => aclSteps(reading, family, place.subnet, place.uid),
    ])
    const near = walk(start, [() => [groupsStep(answer, place)], () => [insideStep(reading, family, place)]])
    return [
      { kind: 'cross_boundary', family, ...across },
      { kind: 'internal', family, ...near },
      ...(family === families[0] ? namedWays(reading, family, place, answer, services) : []),
    ] satisfies Way[]
  })
}

/** Sources inside the VPC: of the subnet itself all, of the other subnets what the ACL lets in. */
function insideStep(reading: Reading, family: Family, place: Place): Step {
  const { uid, vpc, subnet } = place
  const ofSubnet = subnetAddresses(reading, family, subnet)
  const ofVpc = vpcAddresses(reading, family, vpc)
  const where = vpc === undefined ? `VPC of ${nameOf(uid)}` : nameOf(vpc)
  const isMissing = ofSubnet === undefined || ofVpc === undefined
  return {
    uid: vpc ?? uid,
    bounds: either(known(family, ofSubnet), both(known(family, ofVpc), aclBounds(reading, family, subnet, uid))),
    hops: () => [{ uid: vpc ?? uid, text: `it is reached from inside ${where}` }],
    closes: `nothing inside ${where} may send to it`,
    missing: isMissing ? [`addresses of ${where} and of the subnet of ${nameOf(uid)}`] : [],
  }
}

function known(family: Family, addresses: AddressSet | undefined): Bounds {
  return addresses === undefined ? passing(family, 'unknown') : exactly(flows(ALL_SERVICES, addresses))
}

/** From the members of groups that a rule names; whether there are any is not asked. */
function namedWays(
  reading: Reading,
  family: Family,
  { vpc }: Place,
  { named }: GroupsAnswer,
  services: ServiceRange,
): readonly Way[] {
  const listed = vpcAddresses(reading, family, vpc) ?? []
  const sources = listed.length > 0 ? listed : PRIVATE[family]
  return named.flatMap(({ group, services: [first, last], by }) => {
    const from = Math.max(first, services[0])
    const to = Math.min(last, services[1])
    if (from > to) return []
    const hop: Hop = { uid: by, text: `security group ${nameOf(by)} allows members of ${nameOf(group)}` }
    const left = exactly(flows([from, to], sources))
    return [{ kind: 'internal', family, from: `members of ${nameOf(group)}`, left, hops: [hop], missing: [] }]
  })
}
