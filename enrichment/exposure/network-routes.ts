/**
 * Routes: the table that the subnet is associated with, else the VPC's main one; of its routes the longest prefix that
 * holds the client's address says where replies go, and what comes in must come the same way. Only an attached internet
 * gateway lets the internet in. NAT gateways and egress-only gateways let nothing in; an endpoint or appliance in the way
 * may inspect and drop (possible), and needs an internet gateway on the VPC too. Carrier gateways and targets of other
 * kinds are not known.
 */
import type { KnownAsset } from '../context-graph.ts'
import type { Hop } from '../exposure.ts'
import type { Route } from '../../schemas/generated/asset-document.ts'
import type { FlowSet } from './flow-set.ts'
import { sourcesOf } from './flow-set.ts'
import { intersect, parseCidr } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import { firstMatching } from './flow-set-bounds.ts'
import type { Passing, Rule } from './flow-set-bounds.ts'
import { ALL_SERVICES } from './flow-set-services.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'
import type { Place } from './network-place.ts'
import { unknownStep } from './network-step.ts'
import type { Step } from './network-step.ts'

type Table = KnownAsset<'AWS::EC2::RouteTable'>

/** Who may come by a route, as one kind of caller sees it. */
interface Way {
  readonly judge: (reading: Reading, place: Place, route: Route) => Passing
  readonly closes: (table: string, fallback: Route | undefined) => string
}

/** From the internet. */
export const FROM_INTERNET: Way = {
  judge: judgeInternet,
  closes: (table, fallback) =>
    fallback === undefined
      ? `route table ${table} has no route to an internet gateway`
      : `route table ${table} sends ${fallback.to} to ${targetOf(fallback)}, which lets nothing in from the internet`,
}

/** From networks that the VPC is joined with. Whether they send back, and what they let out, is not looked at: possible. */
export const FROM_NEIGHBOURS: Way = {
  judge: judgeNeighbour,
  closes: (table) => `route table ${table} leads to no other network that may come in`,
}

export function routeStep(reading: Reading, family: Family, place: Place, way: Way): Step {
  const table = tableOf(reading, place)
  if (typeof table === 'string') return unknownStep(family, place.subnet ?? place.uid, table)
  const { uid } = table
  const routes = table.document.routes ?? []
  if (!Array.isArray(table.document.routes)) return unknownStep(family, uid, `routes of route table ${nameOf(uid)}`)
  const missing = new Set<string>()
  const lines = routes
    .flatMap((route) => linesOf(reading, family, route, way.judge(reading, place, route), missing))
    .toSorted((one, other) => other.prefix - one.prefix)
  for (const { how, route } of lines) if (how === 'unknown') missing.add(`what ${targetOf(route)} is`)
  return {
    uid,
    bounds: firstMatching(family, lines),
    hops: (left) => hopsOf(uid, lines, left),
    closes: way.closes(nameOf(uid), lines.find(({ prefix }) => prefix === 0)?.route),
    missing: [...missing],
  }
}

/** The route table that counts, or what is missing to know it. */
function tableOf(reading: Reading, { uid, account, region, vpc, subnet }: Place): Table | string {
  if (subnet === undefined) return `subnet of ${nameOf(uid)}`
  const [explicit, another] = reading.referring(subnet, 'subnets', 'AWS::EC2::RouteTable')
  const missing = `route table of ${nameOf(subnet)}`
  if (explicit !== undefined) return another === undefined ? explicit : missing
  if (vpc === undefined || !reading.covers('AWS::EC2::RouteTable', { uid: vpc, account, region })) return missing
  const tables = reading.referring(vpc, 'vpc', 'AWS::EC2::RouteTable', false)
  const [main, second] = tables.filter(({ document }) => document.main === true)
  if (main === undefined || second !== undefined || tables.some(({ document }) => document.subnets === undefined))
    return missing
  reading.use(main)
  return main
}

interface Line extends Rule {
  /** How many leading bits are fixed; more than any where it is not known. */
  readonly prefix: number
  readonly route: Route
}

const UNKNOWN_PREFIX = 129

function linesOf(reading: Reading, family: Family, route: Route, how: Passing, missing: Set<string>): readonly Line[] {
  const line = (sources: AddressSet | undefined, prefix: number, passes = how): Line => ({
    services: ALL_SERVICES,
    sources,
    how: passes,
    prefix,
    route,
  })
  if (!route.to.startsWith('arn:')) {
    const block = parseCidr(route.to)
    if (block === undefined) missing.add(`route to ${route.to}`)
    return block?.family === family || block === undefined
      ? [line(block?.addresses, block?.prefix ?? UNKNOWN_PREFIX)]
      : []
  }
  const list = reading.asset(route.to, 'AWS::EC2::PrefixList')?.document
  // A gateway endpoint, to S3 or DynamoDB: it carries no more than what it was asked for, and their few addresses decide nothing.
  const isService = route.via === 'vpc-endpoint' && list?.managedBy !== 'customer'
  if (!Array.isArray(list?.cidrs)) {
    if (isService) return []
    missing.add(`entries of prefix list ${nameOf(route.to)}`)
    return [line(undefined, UNKNOWN_PREFIX)]
  }
  return list.cidrs.flatMap((cidr) => {
    const block = parseCidr(cidr)
    if (block === undefined) return [line(undefined, UNKNOWN_PREFIX)]
    // Behind a route with the same prefix: that one counts.
    return block.family === family ? [line(block.addresses, block.prefix - 0.5, isService ? 'no' : how)] : []
  })
}

function judgeInternet(reading: Reading, { uid, account, region, vpc }: Place, { via, target, state }: Route): Passing {
  if (state !== 'active') return 'no'
  const near = { uid: vpc ?? uid, account, region }
  switch (via) {
    case 'internet-gateway': {
      const gateway = target === undefined ? undefined : reading.asset(target, 'AWS::EC2::InternetGateway')
      if (target !== undefined && gateway === undefined && reading.covers('AWS::EC2::InternetGateway', near))
        return 'no'
      if (gateway?.document.vpcs === undefined || vpc === undefined) return 'unknown'
      return gateway.document.vpcs.includes(vpc) ? 'certain' : 'no'
    }
    case 'vpc-endpoint':
    case 'network-interface':
    case 'instance': {
      if (vpc === undefined) return 'unknown'
      if (reading.referring(vpc, 'vpcs', 'AWS::EC2::InternetGateway').length > 0) return 'possible'
      return reading.covers('AWS::EC2::InternetGateway', near) ? 'no' : 'unknown'
    }
    case 'carrier-gateway':
    case 'other':
      return 'unknown'
    default:
      return 'no'
  }
}

function judgeNeighbour(reading: Reading, place: Place, { via, target, state }: Route): Passing {
  if (state !== 'active') return 'no'
  if (via === 'transit-gateway' || via === 'vpn-gateway') return 'possible'
  return via === 'peering' ? judgePeering(reading, place, target) : 'no'
}

/** A peering that is active, unless all tables that are known of the other VPC have no route back. */
function judgePeering(reading: Reading, { uid, account, region, vpc }: Place, target: string | undefined): Passing {
  const peering = target === undefined ? undefined : reading.asset(target, 'AWS::EC2::VPCPeeringConnection')
  if (peering === undefined) {
    const isCovered = reading.covers('AWS::EC2::VPCPeeringConnection', { uid: vpc ?? uid, account, region })
    return target !== undefined && isCovered ? 'no' : 'unknown'
  }
  const { status = 'active', requester, accepter } = peering.document
  if (status !== 'active') return 'no'
  const other = requester === vpc ? accepter : requester
  const tables = other === undefined ? [] : reading.referring(other, 'vpc', 'AWS::EC2::RouteTable', false)
  const leadsBack = ({ document }: Table): boolean =>
    document.routes?.some((route) => route.target === target && route.state === 'active') ?? true
  return tables.length > 0 && !tables.some(leadsBack) ? 'no' : 'possible'
}

function targetOf({ via, target }: Route): string {
  return `${via.replaceAll('-', ' ')}${target === undefined ? '' : ` ${nameOf(target)}`}`
}

/** How many routes a proof tells. */
const TOLD = 2

function hopsOf(table: string, lines: readonly Line[], left: FlowSet): readonly Hop[] {
  const clients = sourcesOf(left)
  const used = lines.filter(
    ({ how, sources }) => how !== 'no' && (sources === undefined || intersect(sources, clients).length > 0),
  )
  return [...new Set(used.map(({ route }) => route))].slice(0, TOLD).flatMap((route) => {
    const what = `route table ${nameOf(table)} sends ${route.to} to ${targetOf(route)}`
    if (route.via === 'internet-gateway')
      return [
        { uid: route.target ?? table, text: `${targetOf(route)} is attached` },
        { uid: table, text: what },
      ]
    const isNeighbour = route.via === 'peering' || route.via === 'transit-gateway' || route.via === 'vpn-gateway'
    return [
      {
        uid: table,
        text: `${what}, ${isNeighbour ? 'whose far side is not looked at' : 'which may inspect and drop it'}`,
      },
    ]
  })
}
