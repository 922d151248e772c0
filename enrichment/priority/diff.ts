import { BANDS, type PriorityBand } from '../../schemas/records.ts'
import { movesOf, type Move } from './diff-groups.ts'
import { CVE_ITEMS, FLAGS, FORM_POINTS, LADDER_POINTS, pointAt, RUNGS, type Coordinate, type Point } from './point.ts'
import { Ruleset } from './ruleset.ts'
import { valueAt } from './soundness-words.ts'
import type { Tables, WeightedItem } from './tables.ts'

export type { Move } from './diff-groups.ts'

/** What a change of the tables moves. */
export interface TablesDifference {
  /** What changes beside the bands, a sentence each: due days, weights, profile, EPSS; empty when nothing does. */
  readonly settings: readonly string[]
  /** Every form of a finding in turn, the plain one (no flag raised, no CVE) first. */
  readonly forms: readonly FormDifference[]
}

/** All combinations of the seven ladders, unknown included, of one form of a finding. */
export interface FormDifference {
  /** `no flag, no CVE`, `anonymousAccess=read`, `CVE, kev=yes, automatable=no, technicalImpact=total`. */
  readonly form: string
  readonly combinations: number
  readonly moved: number
  /** How many combinations have which band before (first key) and after (second key); unmoved ones included. */
  readonly matrix: Readonly<Record<PriorityBand, Readonly<Record<PriorityBand, number>>>>
  /** What moved, in groups, the largest first; every moved combination is in one group. */
  readonly groups: readonly Move[]
}

type Matrix = Record<PriorityBand, Record<PriorityBand, number>>

/**
 * Compares two sets of tables over everything that can be known and unknown about a finding, in some seconds. Flags and CVEs of
 * which something is unknown count as the safest of their forms, and are not looked at.
 */
export function compareTables(before: Tables, after: Tables): TablesDifference {
  const [old, next] = [new Ruleset(before), new Ruleset(after)]
  return {
    settings: settingsOf(before, after),
    forms: formsOfFindings().map(({ form, first }) => differenceOf(form, first, old, next)),
  }
}

/** Each with the index of its first point. */
function formsOfFindings(): { readonly form: string; readonly first: number }[] {
  const plain = pointAt(0)
  const raised = FLAGS.flatMap((flag) =>
    allOf([plain], flag)
      .slice(1)
      .map((point) => ({ point, words: valueAt(point, flag) })),
  )
  const cves = CVE_ITEMS.reduce<readonly Point[]>(allOf, [pointAt(FORM_POINTS)])
  return [
    { form: 'no flag, no CVE', first: plain.index },
    ...raised.map(({ point, words }) => ({ form: words, first: point.index })),
    ...cves.map((cve) => ({
      form: ['CVE', ...CVE_ITEMS.map((each) => valueAt(cve, each))].join(', '),
      first: cve.index,
    })),
  ]
}

function allOf(points: readonly Point[], coordinate: Coordinate): readonly Point[] {
  return points.flatMap((point) => RUNGS[coordinate].map((_, rung) => point.withRung(coordinate, rung)))
}

function differenceOf(form: string, first: number, before: Ruleset, after: Ruleset): FormDifference {
  const matrix = emptyMatrix()
  const moved = new Map<string, { from: PriorityBand; to: PriorityBand; indexes: number[] }>()
  for (let index = 0; index < LADDER_POINTS; index += 1) {
    const from = before.bandAt(first + index)
    const to = after.bandAt(first + index)
    matrix[from][to] += 1
    if (from === to) continue
    const move = moved.get(from + to) ?? { from, to, indexes: [] }
    moved.set(from + to, move)
    move.indexes.push(index)
  }
  const groups = [...moved.values()].flatMap(({ from, to, indexes }) => movesOf(from, to, indexes))
  return {
    form,
    combinations: LADDER_POINTS,
    moved: groups.reduce((sum, { count }) => sum + count, 0),
    matrix,
    groups: groups.toSorted((a, b) => b.count - a.count),
  }
}

function emptyMatrix(): Matrix {
  const row = (): Record<PriorityBand, number> => ({ P1: 0, P2: 0, P3: 0, P4: 0 })
  return { P1: row(), P2: row(), P3: row(), P4: row() }
}

function settingsOf(before: Tables, after: Tables): readonly string[] {
  const changes: string[] = []
  for (const band of BANDS)
    if (before.dueDays[band] !== after.dueDays[band])
      changes.push(`${band} is due after ${after.dueDays[band]} days instead of ${before.dueDays[band]}.`)
  for (const item of Object.keys(before.weights) as WeightedItem[])
    if (before.weights[item] !== after.weights[item])
      changes.push(`For the score ${item} weighs ${after.weights[item]} instead of ${before.weights[item]}.`)
  if (before.profile !== after.profile)
    changes.push(`The profile of BOD 26-04 is ${after.profile} instead of ${before.profile}.`)
  if (before.epssEasy !== after.epssEasy)
    changes.push(`A CVE is easy to exploit from an EPSS score of ${after.epssEasy} instead of ${before.epssEasy}.`)
  return changes
}
