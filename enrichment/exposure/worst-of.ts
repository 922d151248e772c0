import type { Exposure, Hop } from '../exposure.ts'
import { LADDERS, type Rung } from '../evidence.ts'

/** How many of the hops and names that it rests on a proof repeats. */
export const TOLD = 16
/** Unknown lies below it: from here on it is worth saying however much further others can be reached. */
const SURE = rank('internet_restricted')

/** How high a rung stands, from 0. */
export function rank(rung: Rung<'exposure'>): number {
  return LADDERS.exposure.indexOf(rung)
}

/** Several things of which the worst counts. */
export interface Parts {
  readonly exposures: readonly Exposure[]
  /** What keeps further parts from being known, by name; empty where these are all. */
  readonly missing: readonly string[]
}

/**
 * What several things come to of which the worst counts, with the worst one's proof. While one of them is unknown, or not
 * all of them are known, nothing below internet_restricted is said: it might be worse.
 */
export function worstOf({ exposures, missing }: Parts): Exposure {
  const [first, ...others] = exposures.filter(({ value }) => value !== undefined)
  const unknown = exposures.filter(({ value }) => value === undefined)
  const isOpen = missing.length > 0 || unknown.length > 0
  const open = [...missing, ...unknown.flatMap((each) => each.missing)]
  const worst = others.reduce((held, each) => (held !== undefined && isWorse(each, held) ? each : held), first)
  // Nothing but all of them together proves that nobody gets in.
  const told = worst !== undefined && rankOf(worst) >= SURE ? [worst] : exposures
  const common = {
    closedBy: distinctHops(told.flatMap((each) => each.closedBy)),
    inputs: inputsOf(told),
    missing: [...new Set([...(worst?.missing ?? []), ...open])].slice(0, TOLD),
  }
  if (worst !== undefined && (!isOpen || rankOf(worst) >= SURE)) return { ...worst, ...common }
  return { value: undefined, certainty: 'possible', routes: [], ...common }
}

function rankOf({ value }: Exposure): number {
  return value === undefined ? -1 : rank(value)
}

function isWorse(one: Exposure, other: Exposure): boolean {
  const difference = rankOf(one) - rankOf(other)
  return difference > 0 || (difference === 0 && one.certainty === 'certain' && other.certainty === 'possible')
}

/** Each hop once, the first ones. */
export function distinctHops(hops: readonly Hop[]): readonly Hop[] {
  const distinct = new Map<string, Hop>()
  for (const hop of hops) {
    if (distinct.size === TOLD) break
    distinct.set(`${hop.uid} ${hop.text}`, hop)
  }
  return [...distinct.values()]
}

function inputsOf(exposures: readonly Exposure[]): Exposure['inputs'] {
  return [...new Map(exposures.flatMap(({ inputs }) => inputs.map((input) => [input.uid, input] as const))).values()]
}
