import { CVE_LADDERS, FORM_POINTS, LADDER_POINTS, POINT_COUNT, pointAt, RUNGS, type Coordinate } from './point.ts'
import type { Ruleset } from './ruleset.ts'

/** One coordinate's digit in an index; its value is the number of the rung, or `unknown`. */
export interface Axis {
  readonly coordinate: Coordinate
  /** What stands below it is no part of its numeral: of a CVE's own axes, all that is no CVE. */
  readonly start: number
  readonly stride: number
  readonly unknown: number
}

/** Every axis, found by asking points and not by knowing how an index is made. */
export const AXES: readonly Axis[] = Object.entries(RUNGS).map(([name, { length }]) => {
  const coordinate = name as Coordinate
  const start = coordinate in CVE_LADDERS ? FORM_POINTS : 0
  const safest = pointAt(start).withRung(coordinate, 0)
  return { coordinate, start, stride: safest.withRung(coordinate, 1).index - safest.index, unknown: length }
})

/** The first index of each form of flags and CVE, LADDER_POINTS a form: all flags of what is no CVE, and all CVEs without flags. */
export const PLAIN_FORMS: readonly number[] = [
  ...Array.from({ length: 16 }, (_, flags) => flags * LADDER_POINTS),
  ...Array.from({ length: 27 }, (_, cve) => (cve + 1) * FORM_POINTS),
]
export const ALL_FORMS: readonly number[] = Array.from(
  { length: POINT_COUNT / LADDER_POINTS },
  (_, form) => form * LADDER_POINTS,
)

/** The number of the band (1 to 4) of every point of these forms, by index; 0 elsewhere. */
export function bandsOf(ruleset: Ruleset, forms: readonly number[]): Uint8Array {
  const bands = new Uint8Array(POINT_COUNT)
  for (const form of forms)
    for (let index = form; index < form + LADDER_POINTS; index++) bands[index] = Number(ruleset.bandAt(index)[1])
  return bands
}

/** The digit of an axis; undefined where the point has no such coordinate. */
export function digitAt(index: number, { start, stride, unknown }: Axis): number | undefined {
  return index < start ? undefined : Math.floor((index - start) / stride) % (unknown + 1)
}

/** The first broken promises of bands, a sentence each; none where raising never calms, and no unknown leaves its two ends. */
export function brokenPromises(bands: Uint8Array, forms: readonly number[], limit = 5): string[] {
  const broken: string[] = []
  for (const form of forms) {
    for (let index = form; index < form + LADDER_POINTS && broken.length < limit; index++) {
      const band = bands[index]!
      if (band < 1 || band > 4) broken.push(`${describe(index)} has no band`)
      for (const axis of AXES) {
        if (index < axis.start) continue
        const { stride, unknown } = axis
        const digit = Math.floor((index - axis.start) / stride) % (unknown + 1)
        if (digit < unknown - 1) {
          const raised = bands[index + stride]!
          if (raised > band) broken.push(`raising ${axis.coordinate} of ${describe(index)}: P${band} to P${raised}`)
        } else if (digit === unknown) {
          const [safest, worst] = [bands[index - unknown * stride]!, bands[index - stride]!]
          if (band > safest || band < worst)
            broken.push(`${describe(index)} is P${band}, and P${safest} to P${worst} with ${axis.coordinate} known`)
        }
      }
    }
  }
  return broken
}

/** Every coordinate of the point, for a reader. */
export function describe(index: number): string {
  const point = pointAt(index)
  return Object.entries(RUNGS)
    .filter(([name]) => point.has(name as Coordinate))
    .map(([name, rungs]) => `${name}=${rungs[point.at(name as Coordinate)] ?? 'unknown'}`)
    .join(' ')
}
