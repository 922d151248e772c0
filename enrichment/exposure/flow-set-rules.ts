import { append, NOTHING } from './flow-set.ts'
import type { FlowSet } from './flow-set.ts'
import { union } from './flow-set-addresses.ts'
import type { AddressSet } from './flow-set-addresses.ts'
import type { ServiceRange } from './flow-set-services.ts'

/** One line of an ordered list of rules: the first that matches a flow decides about it. */
export interface FlowRule {
  readonly services: ServiceRange
  readonly sources: AddressSet
  readonly lets: boolean
}

/** How many pairs of a stretch of services and an interval of addresses one list may come to: about a second's work. */
const MOST_WORK = 500_000

/**
 * The flows that an ordered list of rules lets through; what no rule matches is not let through. Undefined where the list
 * is too intricate to work out, some thousand rules that all overlap.
 */
export function firstMatch(rules: readonly FlowRule[]): FlowSet | undefined {
  const lines = rules.filter(({ sources }) => sources.length > 0)
  if (lines.length === 0) return NOTHING
  if (lines.length === 1 && lines[0]!.lets) return [{ services: lines[0]!.services, sources: lines[0]!.sources }]
  const changes = changesOf(lines)
  const set: FlowSet[number][] = []
  const active: number[] = []
  let work = 0
  for (const [at, { service, opens, closes }] of changes.entries()) {
    for (const line of closes) active.splice(positionOf(active, line), 1)
    for (const line of opens) active.splice(positionOf(active, line), 0, line)
    const next = changes[at + 1]
    if (next === undefined || active.length === 0) continue
    work += active.reduce((sum, line) => sum + lines[line]!.sources.length, 0)
    if (work > MOST_WORK) return undefined
    append(set, [service, next.service - 1], paint(active.map((line) => lines[line]!)))
  }
  return set
}

interface Change {
  readonly service: number
  readonly opens: number[]
  readonly closes: number[]
}

function changesOf(rules: readonly FlowRule[]): readonly Change[] {
  const changes = new Map<number, Change>()
  const at = (service: number): Change => {
    const change = changes.get(service) ?? { service, opens: [], closes: [] }
    changes.set(service, change)
    return change
  }
  for (const [line, { services }] of rules.entries()) {
    at(services[0]).opens.push(line)
    at(services[1] + 1).closes.push(line)
  }
  return [...changes.values()].toSorted((one, other) => one.service - other.service)
}

/** Where a number stands in an ascending list, or would. */
function positionOf(list: readonly number[] | readonly bigint[], value: number | bigint): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The addresses whose first rule lets them: each elementary interval is painted once, by the first rule that covers it. */
function paint(rules: readonly FlowRule[]): AddressSet {
  if (rules.every(({ lets }) => lets)) return union(rules.flatMap(({ sources }) => sources))
  const edges = rules.flatMap(({ sources }) => sources.flatMap(([first, last]) => [first, last + 1n]))
  const cuts = [...new Set(edges)].toSorted((one, other) => (one < other ? -1 : 1))
  // The next interval that is not painted yet, from each on; paths are halved on the way.
  const next = Array.from(cuts, (_, at) => at)
  const free = (start: number): number => {
    let at = start
    while (next[at] !== at) at = next[at] = next[next[at]!]!
    return at
  }
  const painted: [bigint, bigint][] = []
  for (const { sources, lets } of rules)
    for (const [first, last] of sources) {
      const end = positionOf(cuts, last + 1n)
      for (let at = free(positionOf(cuts, first)); at < end; at = free(at)) {
        if (lets) painted.push([cuts[at]!, cuts[at + 1]! - 1n])
        next[at] = at + 1
      }
    }
  return union(painted)
}
