import type { PriorityBand } from '../../schemas/records.ts'
import { COORDINATES, COUNTED_ITEMS, isFlag, RUNGS, type Coordinate, type Point } from './point.ts'
import { rawSteps } from './raw-band.ts'
import type { Tables } from './tables.ts'

/** A point with the band that the tables give it before any hold. */
export interface Evaluated {
  readonly point: Point
  readonly band: PriorityBand
}

/** Why tables cannot be used: the first offence that was found. */
export interface Unsound {
  /**
   * `monotone`: a worse value lowers the priority. `unknown-safe`: not knowing something counts as if it were proved safe, or as less.
   * `order`: due days or timelines are out of order. `weights`: they cannot weigh anything.
   */
  readonly rule: 'monotone' | 'unknown-safe' | 'order' | 'weights'
  /** The offending combination in words. */
  readonly message: string
  readonly remedy: string
  /** What differs between the points. */
  readonly coordinate?: Coordinate
  /** The safer of two points, which has the more urgent band; with `unknown` the point at which it is proved to be safe. */
  readonly better?: Evaluated
  /** The point that is worse and less urgent; with `unknown` the worst one, which is more urgent. */
  readonly worse?: Evaluated
  /** The point at which nothing is known of it: no more urgent than `better`. */
  readonly unknown?: Evaluated
  /** Whether the same combination is an offence of other tables as well. */
  readonly holdsUnder: (tables: Tables) => boolean
}

export function evaluated(point: Point, tables: Tables): Evaluated {
  return { point, band: bandOf(point, tables) }
}

export function bandOf(point: Point, tables: Tables): PriorityBand {
  return rawSteps(point, tables).band
}

/** Every two bands compare as their names do: P1 is the most urgent. */
export function isMoreUrgent(one: PriorityBand, other: PriorityBand): boolean {
  return one < other
}

/** The rung of a coordinate as the configuration spells it, `exposure=internal`. */
export function valueAt(point: Point, coordinate: Coordinate): string {
  return `${coordinate}=${RUNGS[coordinate][point.at(coordinate)] ?? 'unknown'}`
}

/** Every coordinate but the named ones; flags that are not raised, and what only a CVE has elsewhere, are left out. */
export function combination(point: Point, without: readonly Coordinate[] = []): string {
  const named = COORDINATES.filter((each) => point.has(each) && !without.includes(each) && !isQuiet(point, each))
  if (COUNTED_ITEMS.every((item) => !point.isKnown(item)))
    return ['nothing else known', ...knownOf(point, named)].join(', ')
  return named.map((each) => valueAt(point, each)).join(', ')
}

function knownOf(point: Point, named: readonly Coordinate[]): string[] {
  return named.filter((each) => point.isKnown(each)).map((each) => valueAt(point, each))
}

function isQuiet(point: Point, coordinate: Coordinate): boolean {
  return isFlag(coordinate) && point.at(coordinate) <= 0
}
