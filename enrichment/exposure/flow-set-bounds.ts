/**
 * What gets through where not everything is known: three sets, each within the next. `certain` gets through by proof;
 * `possible` adds what passes something that we see and cannot judge (an inspecting appliance, an unhealthy target);
 * `unknown` adds what might pass once a missing document is known. What is not even in `unknown` is proved not to pass.
 */
import { EVERYTHING, intersect, NOTHING, union } from './flow-set.ts'
import type { FlowSet } from './flow-set.ts'
import { EVERYWHERE } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import { firstMatch } from './flow-set-rules.ts'
import type { FlowRule } from './flow-set-rules.ts'
import { ALL_SERVICES } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'

export interface Bounds {
  readonly certain: FlowSet
  readonly possible: FlowSet
  readonly unknown: FlowSet
}

/** How sure it is that something passes. */
export type Passing = 'certain' | 'possible' | 'unknown' | 'no'

export const CLOSED: Bounds = exactly(NOTHING)

export function exactly(set: FlowSet): Bounds {
  return { certain: set, possible: set, unknown: set }
}

/** Everything passes, so surely. */
export function passing(family: Family, how: Passing): Bounds {
  return limit(exactly(EVERYTHING[family]), how)
}

/** The bounds where on top of them something passes only so surely. */
export function limit(bounds: Bounds, how: Passing): Bounds {
  if (how === 'certain') return bounds
  if (how === 'possible') return { ...bounds, certain: NOTHING }
  return how === 'unknown' ? { ...CLOSED, unknown: bounds.unknown } : CLOSED
}

export function both(one: Bounds, other: Bounds): Bounds {
  return combine(intersect, one, other)
}

export function either(one: Bounds, other: Bounds): Bounds {
  return combine(union, one, other)
}

function combine(how: (one: FlowSet, other: FlowSet) => FlowSet, one: Bounds, other: Bounds): Bounds {
  const certain = how(one.certain, other.certain)
  const samePossible = one.certain === one.possible && other.certain === other.possible
  const possible = samePossible ? certain : how(one.possible, other.possible)
  const sameUnknown = one.possible === one.unknown && other.possible === other.unknown
  return { certain, possible, unknown: sameUnknown ? possible : how(one.unknown, other.unknown) }
}

/** Each of the three by itself. */
export function map(bounds: Bounds, change: (set: FlowSet) => FlowSet): Bounds {
  const certain = change(bounds.certain)
  const possible = bounds.possible === bounds.certain ? certain : change(bounds.possible)
  return { certain, possible, unknown: bounds.unknown === bounds.possible ? possible : change(bounds.unknown) }
}

/** How sure it is that anything at all passes. */
export function surest({ certain, possible, unknown }: Bounds): Passing {
  if (certain.length > 0) return 'certain'
  if (possible.length > 0) return 'possible'
  return unknown.length > 0 ? 'unknown' : 'no'
}

/** The surest of several. */
export function surestOf(all: readonly Passing[]): Passing {
  const order: readonly Passing[] = ['certain', 'possible', 'unknown']
  return order.find((how) => all.includes(how)) ?? 'no'
}

/** One line of an ordered list, which may be for services or addresses that are not known. */
export interface Rule {
  /** Undefined: not known which. */
  readonly services: ServiceRange | undefined
  /** Undefined: not known which. */
  readonly sources: AddressSet | undefined
  readonly how: Passing
}

/**
 * What an ordered list lets through, the first match deciding. A line of unknown extent is taken to match nothing or
 * everything, whichever makes each bound a bound.
 */
export function firstMatching(family: Family, rules: readonly Rule[]): Bounds {
  const isExact = rules.every(
    ({ services, sources, how }) => services && sources && (how === 'certain' || how === 'no'),
  )
  const certain = atLeast(family, rules, ['certain'])
  if (isExact && certain !== undefined) return exactly(certain)
  const possible = atLeast(family, rules, ['certain', 'possible'])
  const unknown = atMost(family, rules)
  return certain && possible && unknown ? { certain, possible, unknown } : passing(family, 'unknown')
}

function atLeast(family: Family, rules: readonly Rule[], how: readonly Passing[]): FlowSet | undefined {
  return firstMatch(rules.flatMap((rule) => linesOf(family, rule, how.includes(rule.how), false)))
}

function atMost(family: Family, rules: readonly Rule[]): FlowSet | undefined {
  return firstMatch(rules.flatMap((rule) => linesOf(family, rule, rule.how !== 'no', true)))
}

/** `widens`: what is not known is taken for everything where the line lets, and for nothing where it does not. */
function linesOf(family: Family, { services, sources }: Rule, lets: boolean, widens: boolean): readonly FlowRule[] {
  if (services && sources) return [{ services, sources, lets }]
  return lets === widens ? [{ services: services ?? ALL_SERVICES, sources: sources ?? EVERYWHERE[family], lets }] : []
}
