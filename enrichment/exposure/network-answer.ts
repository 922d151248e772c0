/**
 * What the ways in come to. Sources are counted by their union over all ways of one address family: more than a /8 of IPv4
 * or a /32 of IPv6 of the internet's addresses are `internet`, and `internet_sensitive` where so many reach ports to
 * administer by or of databases; fewer, or whoever signs in, are `internet_restricted`. The highest rung that is certain or
 * possible decides. Below internet_restricted it decides only where nothing unknown could be higher; else there is no
 * value, and `missing` says what would decide.
 */
import { LADDERS } from '../evidence.ts'
import type { Exposure, Hop, Route } from '../exposure.ts'
import type { FlowSet } from './flow-set.ts'
import { intersect } from './flow-set.ts'
import { FAMILIES, union } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import { isInternet } from './flow-set-internet.ts'
import { describeServices, isSensitive } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'
import type { Reading } from './reading.ts'
import type { Way } from './network-path.ts'
import { describeSources } from './network-text.ts'
import { distinctHops, rank, TOLD } from './worst-of.ts'

type Rank = number
const RANKS = LADDERS.exposure

interface Findings {
  readonly ways: readonly Way[]
  /** What keeps further ways from being known, by name; empty where these are all. */
  readonly gaps: readonly string[]
  /** Said at the end of every way. */
  readonly note?: Hop | undefined
}

export function answerOf(reading: Reading, { ways, gaps, note }: Findings): Exposure {
  const proved = worst(ways, ({ certain }) => certain)
  const seen = worst(ways, ({ possible }) => possible)
  const feared = gaps.length > 0 ? RANKS.length - 1 : worst(ways, ({ unknown }) => unknown)
  const isKnown = seen >= rank('internet_restricted') || feared <= seen
  const open = ways.filter((way) => worst([way], ({ unknown }) => unknown) > seen).flatMap(({ missing }) => missing)
  const missing = feared > seen ? [...new Set([...open, ...gaps])] : []
  return {
    value: isKnown ? RANKS[seen] : undefined,
    certainty: isKnown && proved === seen ? 'certain' : 'possible',
    routes: routesOf(ways, seen, note),
    closedBy: seen >= rank('internet') ? [] : distinctHops(ways.flatMap(({ closed = [] }) => closed)),
    inputs: reading.inputs(),
    missing: missing.slice(0, TOLD),
  }
}

function worst(ways: readonly Way[], which: (left: Way['left']) => FlowSet): Rank {
  const sets = ways.map((way) => [way, which(way.left)] as const)
  const inside = sets.flatMap(([{ kind }, set]) => (kind === 'internet' || set.length === 0 ? [] : [rank(kind)]))
  const fromInternet = sets.filter(([{ kind }]) => kind === 'internet')
  return Math.max(0, ...inside, ...FAMILIES.map((family) => worstOf(family, fromInternet)))
}

/** By the union of the sources of all ways of one address family. */
function worstOf(family: Family, ways: readonly (readonly [Way, FlowSet])[]): Rank {
  const sourcesOfThose = (isMeant: (way: Way, services: ServiceRange) => boolean): AddressSet =>
    union(
      ways.flatMap(([way, set]) =>
        way.family === family ? set.flatMap(({ services, sources }) => (isMeant(way, services) ? sources : [])) : [],
      ),
    )
  if (isInternet(family, sourcesOfThose(isWorse))) return rank('internet_sensitive')
  if (
    isInternet(
      family,
      sourcesOfThose((way) => !way.isAuthenticated),
    )
  )
    return rank('internet')
  return sourcesOfThose(() => true).length > 0 ? rank('internet_restricted') : 0
}

function isWorse(way: Way, services: ServiceRange): boolean {
  return !way.isAuthenticated && (way.isDatabase === true || isSensitive(services))
}

/** Of one flow by itself, for the order in which the ways are told. */
function rankOfFlow(way: Way, services: ServiceRange, sources: AddressSet): Rank {
  if (way.kind !== 'internet') return rank(way.kind)
  if (way.isAuthenticated || !isInternet(way.family, sources)) return rank('internet_restricted')
  return rank(isWorse(way, services) ? 'internet_sensitive' : 'internet')
}

interface Ranked {
  readonly rank: Rank
  readonly route: Route
}

/** The ways of the kind that decides, the deciding one first. */
function routesOf(ways: readonly Way[], seen: Rank, note: Hop | undefined): readonly Route[] {
  const isFromInternet = seen >= rank('internet_restricted')
  const ranked = ways
    .filter(({ kind }) => (isFromInternet ? kind === 'internet' : rank(kind) === seen))
    .flatMap((way) => routesOfWay(way, note))
  return ranked
    .toSorted((one, other) => other.rank - one.rank || certainFirst(one.route, other.route))
    .slice(0, TOLD)
    .map(({ route }) => route)
}

function certainFirst(one: Route, other: Route): number {
  return Number(other.certainty === 'certain') - Number(one.certainty === 'certain')
}

/** One for each protocol and set of sources. */
function routesOfWay(way: Way, note: Hop | undefined): readonly Ranked[] {
  const hops = note === undefined ? way.hops : [...way.hops, note]
  const routes = new Map<string, { rank: Rank; route: Route; ports: string[] }>()
  for (const segment of way.left.possible.slice(0, TOLD * TOLD)) {
    const { services, sources } = segment
    const from = fromOf(way, sources)
    const flowRank = rankOfFlow(way, services, sources)
    const certainty = intersect(way.left.certain, [segment]).length > 0 ? 'certain' : 'possible'
    for (const { protocol, ports } of describeServices(services, TOLD)) {
      const key = JSON.stringify([from, protocol, certainty])
      const known = routes.get(key)
      known?.ports.push(ports)
      if (known === undefined) {
        const list = [ports]
        routes.set(key, { rank: flowRank, ports: list, route: { from, protocol, ports: list, hops, certainty } })
      } else known.rank = Math.max(known.rank, flowRank)
    }
  }
  return [...routes.values()]
}

function fromOf({ from, family, kind }: Way, sources: AddressSet): string {
  if (from !== undefined) return from
  if (kind === 'internet' && isInternet(family, sources)) return 'internet'
  return describeSources(family, sources)
}
