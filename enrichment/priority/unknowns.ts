import type { PriorityBand } from '../../schemas/records.ts'
import type { WouldChange } from '../enricher.ts'
import { isFlag, RUNGS, type Coordinate, type Point } from './point.ts'
import type { Ruleset } from './ruleset.ts'
import { clause, QUESTIONS } from './words.ts'

/** The bands between which one unknown can move the result. */
export interface Ends {
  readonly coordinate: Coordinate
  readonly best: PriorityBand
  readonly worst: PriorityBand
}

/** What each unknown makes of the band at its safest and at its worst. */
export function endsOf(point: Point, ruleset: Ruleset): readonly Ends[] {
  return point.unknowns().map((coordinate) => ({
    coordinate,
    best: ruleset.band(point.withRung(coordinate, 0)),
    worst: ruleset.band(point.withRung(coordinate, RUNGS[coordinate].length - 1)),
  }))
}

/** What learning each unknown could make of the band; of the two flags, which hold for few findings, only where it matters. */
export function wouldChangeIf(ends: readonly Ends[]): readonly WouldChange[] {
  return ends
    .filter(({ coordinate, best, worst }) => best !== worst || !isFlag(coordinate))
    .map(({ coordinate, best, worst }) => ({ item: coordinate, best, worst, text: textOf(coordinate, best, worst) }))
}

function textOf(coordinate: Coordinate, best: PriorityBand, worst: PriorityBand): string {
  const question = QUESTIONS[coordinate]
  if (best === worst) return `Not known: ${question}. It is ${best} whatever the answer.`
  const highest = RUNGS[coordinate].length - 1
  return `Not known: ${question}. ${best} if ${clause(coordinate, 0)}, ${worst} if ${clause(coordinate, highest)}.`
}
