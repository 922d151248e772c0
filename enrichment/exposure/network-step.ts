import type { Hop } from '../exposure.ts'
import type { FlowSet } from './flow-set.ts'
import type { Family } from './flow-set-addresses.ts'
import { both, passing, surest } from './flow-set-bounds.ts'
import type { Bounds } from './flow-set-bounds.ts'
import { nameOf } from './reading.ts'

/** Something on the way that lets some of what comes pass. */
export interface Step {
  readonly uid: string
  readonly bounds: Bounds
  /** What let pass that which was left at the end. */
  readonly hops: (left: FlowSet) => readonly Hop[]
  /** Said where nothing is left after it. */
  readonly closes: string
  /** What is not known of it. */
  readonly missing: readonly string[]
}

export interface Walked {
  readonly left: Bounds
  readonly hops: readonly Hop[]
  /** The first step after which nothing is left. */
  readonly closed?: Hop
  /** Empty where it is closed: nothing that is missing would open it. */
  readonly missing: readonly string[]
}

/** Takes what comes through all steps in order; those behind the one that closes are not made. */
export function walk(start: Bounds, makers: readonly (() => readonly Step[])[]): Walked {
  let left = start
  const steps: Step[] = []
  for (const make of makers)
    for (const step of make()) {
      left = both(left, step.bounds)
      if (surest(left) === 'no') return { left, hops: [], closed: { uid: step.uid, text: step.closes }, missing: [] }
      steps.push(step)
    }
  const rest = left.possible.length > 0 ? left.possible : left.unknown
  return {
    left,
    hops: steps.flatMap(({ hops }) => hops(rest)),
    missing: [...new Set(steps.flatMap(({ missing }) => missing))],
  }
}

/** Nothing is known of it, so anything may pass. */
export function unknownStep(family: Family, uid: string, missing: string): Step {
  return {
    uid,
    bounds: passing(family, 'unknown'),
    hops: () => [],
    closes: `${missing} is not known`,
    missing: [missing],
  }
}

/** Nothing passes. */
export function closedStep(family: Family, uid: string, closes: string): Step {
  return { uid, bounds: passing(family, 'no'), hops: () => [], closes, missing: [] }
}

/** All of it passes. */
export function openStep(family: Family, uid: string, text: string): Step {
  return {
    uid,
    bounds: passing(family, 'certain'),
    hops: () => [{ uid, text }],
    closes: `${nameOf(uid)} is closed`,
    missing: [],
  }
}
