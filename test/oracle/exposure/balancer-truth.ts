import type { ClassicListener, ListenerAction, TargetGroup } from '../../../schemas/generated/asset-document.ts'
import type { Address, Stretch } from './addresses.ts'
import { admitted, type Place, tallyInside, tallyOutside, wayIn } from './interface-truth.ts'
import { type Ask, isSensitive, outside, portsOf, within } from './packets.ts'
import { type Exposed, exactly, type Kind, Tally, type Truth, worst } from './tally.ts'
import { all, any, type Answer, when } from './three.ts'
import { aclsAdmit, groupsAdmit, OPEN_GROUP } from './walk.ts'
import type { World } from './world.ts'

/** A load balancer of either generation, with the ports at which it takes packets. */
interface Balancer {
  readonly uid: string
  readonly outward: Answer
  readonly vpc: string | undefined
  readonly subnets: readonly string[] | undefined
  readonly groups: readonly string[] | undefined
  /** It lets everything in where it was made without groups. */
  readonly openWithoutGroups: boolean
}

const ipv4Only = (family: 4 | 6): Answer => when(family === 4)

function modern(world: World, uid: string): Balancer | undefined {
  const document = world.find('AWS::ElasticLoadBalancingV2::LoadBalancer', uid)
  if (!document) return undefined
  const { scheme, vpc, subnets, groups, kind } = document
  const outward = scheme === undefined ? 'unknown' : when(scheme === 'internet-facing')
  return { uid, outward, vpc, subnets, groups, openWithoutGroups: kind === 'network' }
}

function classic(world: World, uid: string): Balancer | undefined {
  const document = world.find('AWS::ElasticLoadBalancing::LoadBalancer', uid)
  if (!document) return undefined
  const { scheme, vpc, subnets, groups } = document
  const outward = scheme === undefined ? 'unknown' : when(scheme === 'internet-facing')
  return { uid, outward, vpc, subnets, groups, openWithoutGroups: false }
}

/** The balancer as it stands in each of its subnets. */
function placesOf({ uid, outward, vpc, subnets, groups, openWithoutGroups }: Balancer, port: number): Place[] {
  return (subnets ?? []).map((subnet) => ({
    uid,
    vpc,
    subnet,
    groups: openWithoutGroups && groups?.length === 0 ? [OPEN_GROUP] : groups,
    named: (family) => all(outward, ipv4Only(family)),
    listens: (ask) => ask.protocol === 6 && ask.port === port,
  }))
}

/** The truth of a load balancer: who reaches one of its listeners. */
export function balancerTruth(world: World, uid: string): Truth {
  const balancer = modern(world, uid) ?? classic(world, uid)
  if (!balancer?.subnets) return { least: 'none', most: 'internet_sensitive' }
  const { doors, complete } = doorsAt(world, uid)
  const tally = new Tally()
  for (const { port, screened } of doors)
    for (const place of placesOf(balancer, port)) {
      tallyOutside(world, { ...place, screened }, tally)
      tallyInside(world, place, tally)
    }
  const truth = tally.truth()
  return complete ? truth : { least: truth.least, most: 'internet_sensitive' }
}

interface Door {
  readonly port: number
  /** It asks for a login. */
  readonly screened: boolean
}

function doorsAt(world: World, uid: string): { doors: Door[]; complete: boolean } {
  const own = world.find('AWS::ElasticLoadBalancing::LoadBalancer', uid)
  if (own) {
    const doors = own.listeners?.map(({ port }) => ({ port, screened: false }))
    return { doors: doors ?? [], complete: doors !== undefined }
  }
  const listeners = world
    .all('AWS::ElasticLoadBalancingV2::Listener')
    .filter((each) => each.document.loadBalancer === uid)
  const doors = listeners.flatMap(({ document: { port, actions } }) =>
    port === undefined ? [] : [{ port, screened: asksForLogin(actions) }],
  )
  return { doors, complete: world.hasAll('AWS::ElasticLoadBalancingV2::Listener') && doors.length === listeners.length }
}

const asksForLogin = (actions: readonly ListenerAction[] | undefined): boolean =>
  actions?.some(({ kind }) => kind.startsWith('authenticate-')) ?? false

/** One way from a listener to a port of a target. */
interface Leg {
  readonly balancer: Balancer | undefined
  readonly listenerPort: number
  readonly targetPort: number
  /** Every way through the listener asks for a login. */
  readonly screened: boolean
  /** The target sees who really calls. */
  readonly keepsCaller: Answer
}

/** Adds what comes to a place through load balancers that name one of its ids: its instance, or an address. */
export function tallyBalanced(world: World, place: Place, ids: readonly string[], tally: Tally): void {
  for (const leg of [...modernLegs(world, ids), ...classicLegs(world, ids)]) tallyLeg(world, place, leg, tally)
}

function modernLegs(world: World, ids: readonly string[]): Leg[] {
  return world.all('AWS::ElasticLoadBalancingV2::TargetGroup').flatMap(({ uid, document }) => {
    const targets = document.targets?.filter(({ id }) => ids.includes(id)) ?? []
    return targets.flatMap((target) => legsTo(world, uid, document, target.port ?? document.port ?? 0))
  })
}

function legsTo(world: World, group: string, document: TargetGroup, targetPort: number): Leg[] {
  return world.all('AWS::ElasticLoadBalancingV2::Listener').flatMap(({ document: { loadBalancer, port, actions } }) => {
    const uses = actions?.some(({ targetGroups }) => targetGroups.includes(group)) ?? false
    if (!uses || loadBalancer === undefined || port === undefined) return []
    const screened = asksForLogin(actions)
    const network = world.find('AWS::ElasticLoadBalancingV2::LoadBalancer', loadBalancer)?.kind === 'network'
    const kept = document.preservesClientIp
    const keepsCaller = network ? (kept === undefined ? 'unknown' : when(kept)) : 'no'
    return [{ balancer: modern(world, loadBalancer), listenerPort: port, targetPort, screened, keepsCaller }]
  })
}

function classicLegs(world: World, ids: readonly string[]): Leg[] {
  return world.all('AWS::ElasticLoadBalancing::LoadBalancer').flatMap(({ uid, document: { listeners, instances } }) =>
    instances?.some((id) => ids.includes(id))
      ? (listeners ?? []).map(({ port, instancePort }: ClassicListener) => ({
          balancer: classic(world, uid),
          listenerPort: port,
          targetPort: instancePort,
          screened: false,
          keepsCaller: 'no' as const,
        }))
      : [],
  )
}

function tallyLeg(world: World, place: Place, leg: Leg, tally: Tally): void {
  const { balancer, listenerPort, targetPort, screened } = leg
  if (!balancer?.subnets) return tally.inside('unknown', 'cross_boundary')
  const kind: Kind = screened ? 'screened' : isSensitive(6, targetPort) ? 'sensitive' : 'plain'
  const ask: Ask = { protocol: 6, port: listenerPort }
  for (const stretch of outside(world)) {
    const from: Address = { family: stretch.family, number: stretch.first }
    const arrives = any(
      placesOf(balancer, listenerPort).map((at) => all(wayIn(world, at, from), admitted(world, at, from, ask))),
    )
    if (arrives === 'no') continue
    tally.outside(all(arrives, passesOn(world, place, leg, from)), kind, stretch)
  }
  tally.inside(passesOn(world, place, { ...leg, keepsCaller: 'no' }, undefined), 'internal')
}

/** From the load balancer to the target: as the caller, or as itself, from some address of one of its subnets. */
function passesOn(world: World, place: Place, leg: Leg, caller: Address | undefined): Answer {
  const { balancer, targetPort, keepsCaller } = leg
  const { subnet, groups } = place
  if (!balancer) return 'unknown'
  const as = (from: Address): Answer => {
    const packet = { from, protocol: 6, port: targetPort }
    const sent = groupsAdmit(world, groups, packet, balancer.groups)
    if (subnet === undefined) return all(sent, 'unknown')
    const beside = world.find('AWS::EC2::Subnet', subnet)?.cidr
    const near = when(beside !== undefined && world.holds(beside, from))
    return all(sent, any([near, aclsAdmit(world, subnet, packet, portsOf(world))]))
  }
  const itself = (): Answer => any((balancer.subnets ?? []).map((each) => fromSomewhere(world, each, as)))
  if (keepsCaller === 'no' || !caller) return itself()
  if (keepsCaller === 'yes') return as(caller)
  const [one, other] = [as(caller), itself()]
  return one === other ? one : 'unknown'
}

/** Which address of its subnet a load balancer has is not known: if it matters, nothing is. */
function fromSomewhere(world: World, subnet: string, as: (from: Address) => Answer): Answer {
  const cidr = world.find('AWS::EC2::Subnet', subnet)?.cidr
  if (cidr === undefined) return 'unknown'
  const answers = within(world, [cidr]).map(({ family, first }: Stretch) => as({ family, number: first }))
  return answers.every((answer) => answer === answers[0]) ? (answers[0] ?? 'unknown') : 'unknown'
}

/** Where any of several things may be the way in. */
export function anyOf(truths: readonly Truth[], nothing: Exposed = 'none'): Truth {
  return truths.length === 0 ? exactly(nothing) : worst(truths)
}
