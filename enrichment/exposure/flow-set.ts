/**
 * Flows of one address family: pairs of a source address and a service (protocol and port). A set of them is exact, never
 * an approximation; what a hop lets through is intersected hop by hop, and what is left at the end can get in.
 */
import { count, equal, EVERYWHERE, intersect as common, subtract, union as merged } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import { ALL_SERVICES } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'

interface Segment {
  readonly services: ServiceRange
  /** Not empty. */
  readonly sources: AddressSet
}

/** Ascending by service; segments do not overlap, and neighbours that touch differ in their sources. */
export type FlowSet = readonly Segment[]

export const NOTHING: FlowSet = []

/** All flows from some addresses to a stretch of services. */
export function flows(services: ServiceRange, sources: AddressSet): FlowSet {
  return sources.length === 0 ? NOTHING : [{ services, sources }]
}

export const EVERYTHING: Readonly<Record<Family, FlowSet>> = {
  v4: flows(ALL_SERVICES, EVERYWHERE.v4),
  v6: flows(ALL_SERVICES, EVERYWHERE.v6),
}

/** How many pairs of an address and a service. */
export function size(set: FlowSet): bigint {
  return set.reduce((sum, { services: [first, last], sources }) => sum + BigInt(last - first + 1) * count(sources), 0n)
}

export function intersect(one: FlowSet, other: FlowSet): FlowSet {
  const both: Segment[] = []
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    const { services, sources } = one[i]!
    const { services: otherServices, sources: otherSources } = other[j]!
    const first = Math.max(services[0], otherServices[0])
    const last = Math.min(services[1], otherServices[1])
    if (first <= last) append(both, [first, last], common(sources, otherSources))
    if (services[1] < otherServices[1]) i++
    else j++
  }
  return both
}

export function union(one: FlowSet, other: FlowSet): FlowSet {
  if (one.length === 0 || one === other) return other
  if (other.length === 0) return one
  const all: Segment[] = []
  const starts = [...one, ...other].flatMap(({ services: [first, last] }) => [first, last + 1])
  const cuts = [...new Set(starts)].toSorted((a, b) => a - b)
  for (let cut = 0, i = 0, j = 0; cut < cuts.length - 1; cut++) {
    const from = cuts[cut]!
    while (i < one.length && one[i]!.services[1] < from) i++
    while (j < other.length && other[j]!.services[1] < from) j++
    const sources = merged([...sourcesAt(one[i], from), ...sourcesAt(other[j], from)])
    append(all, [from, cuts[cut + 1]! - 1], sources)
  }
  return all
}

function sourcesAt(segment: Segment | undefined, service: number): AddressSet {
  return segment !== undefined && segment.services[0] <= service ? segment.sources : []
}

/** Adds to the end of a set under construction; neighbours with equal sources become one. */
export function append(set: Segment[], services: ServiceRange, sources: AddressSet): void {
  if (sources.length === 0) return
  const before = set.at(-1)
  if (before !== undefined && before.services[1] + 1 === services[0] && equal(before.sources, sources))
    set[set.length - 1] = { services: [before.services[0], services[1]], sources: before.sources }
  else set.push({ services, sources })
}

/** What a set lets into the services of another, by whole intervals of addresses: as its rules say it. */
export function touching(set: FlowSet, other: FlowSet): FlowSet {
  const found: Segment[] = []
  for (const { services, sources } of other)
    for (const { services: own, sources: ownSources } of set) {
      const first = Math.max(services[0], own[0])
      const last = Math.min(services[1], own[1])
      if (first > last) continue
      append(
        found,
        [first, last],
        ownSources.filter((interval) => common([interval], sources).length > 0),
      )
    }
  return found
}

/** Every source that some flow to one of the services comes from. */
export function sourcesOf(set: FlowSet, [first, last]: ServiceRange = ALL_SERVICES): AddressSet {
  return merged(set.flatMap(({ services, sources }) => (services[0] <= last && first <= services[1] ? sources : [])))
}

/** The sources that reach all of the services. */
export function sourcesOfAll(family: Family, set: FlowSet, services: ServiceRange): AddressSet {
  const lacking = complement(family, set).filter(
    ({ services: [first, last] }) => first <= services[1] && services[0] <= last,
  )
  return subtract(family, EVERYWHERE[family], sourcesOf(lacking))
}

/** All flows that are not in the set. */
export function complement(family: Family, set: FlowSet): FlowSet {
  const rest: Segment[] = []
  let next = ALL_SERVICES[0]
  for (const { services, sources } of set) {
    if (services[0] > next) append(rest, [next, services[0] - 1], EVERYWHERE[family])
    append(rest, services, subtract(family, EVERYWHERE[family], sources))
    next = services[1] + 1
  }
  if (next <= ALL_SERVICES[1]) append(rest, [next, ALL_SERVICES[1]], EVERYWHERE[family])
  return rest
}
