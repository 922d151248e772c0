import type { Exposure } from '../../../enrichment/exposure.ts'
import { type Exposed, isAtLeast, type Truth } from './tally.ts'

export type Value = Exposed | 'unknown'
export type Anonymous = NonNullable<Exposure['anonymous']>

/** What an evaluator may answer. */
export interface Expectation {
  readonly values: readonly Value[]
  /** May be answered where it is only called possible. */
  readonly possibly?: Exposed
  readonly anonymous?: readonly (Anonymous | undefined)[]
}

/**
 * A definite answer has to be true in every world that fits. What is reached over the internet in every one of them is
 * reached, even where it is not known whether even more is; below, where the worlds differ, nothing is known.
 */
export function expectationOf({ least, most }: Truth): Expectation {
  if (least === most || isAtLeast(least, 'internet_restricted')) return { values: [least], possibly: most }
  if (isAtLeast('cross_boundary', most)) return { values: ['unknown', most] }
  return { values: ['unknown'], possibly: most }
}

/** Undefined: it agrees. */
export function difference(expected: Expectation, actual: Exposure | undefined): string | undefined {
  const value = actual?.value ?? 'unknown'
  const agrees = expected.values.includes(value) || (actual?.certainty === 'possible' && expected.possibly === value)
  const told = `ours ${value} (${actual?.certainty ?? 'no answer'}), brute force ${expected.values.join(' or ')}`
  if (!agrees) return told
  if (!expected.anonymous || expected.anonymous.includes(actual?.anonymous)) return undefined
  return `anonymous: ours ${actual?.anonymous}, brute force ${expected.anonymous.join(' or ')}`
}
