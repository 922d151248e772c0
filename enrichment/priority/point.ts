import { ITEMS, LADDERS, type EvidenceVector, type Item, type Rung } from '../evidence.ts'
import type { CountedItem, Tables } from './tables.ts'

/** What a CVE has beside the ladders; the safest first. */
export const CVE_LADDERS = {
  kev: ['no', 'yes'],
  automatable: ['no', 'yes'],
  technicalImpact: ['partial', 'total'],
} as const

export type CveItem = keyof typeof CVE_LADDERS
export const CVE_ITEMS = Object.keys(CVE_LADDERS) as readonly CveItem[]
export type Coordinate = Item | CveItem
/** The rungs of every coordinate, the safest first. */
export const RUNGS: Readonly<Record<Coordinate, readonly string[]>> = { ...LADDERS, ...CVE_LADDERS }
export const COORDINATES = Object.keys(RUNGS) as readonly Coordinate[]
/** The ladders that say more of a finding than its source's severity does. */
export const COUNTED_ITEMS = [
  'exposure',
  'exploitability',
  'identity',
  'data',
  'path',
  'asset',
] as const satisfies readonly CountedItem[]

/** The items that hold for few findings only: unknown counts as no. */
export const FLAGS = ['anonymousAccess', 'liveSecret'] as const satisfies readonly Item[]

/** Stands for the rung of a coordinate about which nothing is known. */
export const UNKNOWN = -1

/** How many points the seven ladders have. */
export const LADDER_POINTS = 189_000
/** How many points there are of what is no CVE; as many again for each of the 27 forms of a CVE. */
export const FORM_POINTS = LADDER_POINTS * 16
/** How many points there are. */
export const POINT_COUNT = FORM_POINTS * 28

/**
 * A point's index is a numeral of mixed radix: each coordinate has a digit, its rung, and the highest digit is unknown. The severity
 * turns fastest, the form of the CVE slowest, and what is no CVE comes first; so the first LADDER_POINTS are all of the ladders.
 * These are how far the index moves with one rung of each.
 */
export const STRIDES: Readonly<Record<Coordinate, number>> = {
  severity: 1,
  asset: 6,
  path: 36,
  data: 216,
  identity: 1080,
  exploitability: 5400,
  exposure: 27_000,
  anonymousAccess: LADDER_POINTS,
  liveSecret: LADDER_POINTS * 4,
  kev: FORM_POINTS,
  automatable: FORM_POINTS * 3,
  technicalImpact: FORM_POINTS * 9,
}

/**
 * What the evaluator sees of a finding: a rung or unknown for every coordinate. Immutable. What is possible stands as if it were
 * certain, but its range goes down to the safest.
 */
export class Point {
  /** 0 to POINT_COUNT - 1; the same for points that differ only in what is possible. */
  readonly index: number
  readonly #possible: readonly Coordinate[]

  constructor(index: number, possible: readonly Coordinate[] = []) {
    this.index = index
    this.#possible = possible
  }

  get isCve(): boolean {
    return this.index >= FORM_POINTS
  }

  /** The number of its rung, 0 the safest, or UNKNOWN; also UNKNOWN where only a CVE has it and this is none. */
  at(coordinate: Coordinate): number {
    if (!this.has(coordinate)) return UNKNOWN
    const digit = digitOf(this.index, coordinate)
    return digit === RUNGS[coordinate].length ? UNKNOWN : digit
  }

  /** The name of its rung; undefined while unknown. */
  rung<I extends Item>(item: I): Rung<I> | undefined {
    return LADDERS[item][digitOf(this.index, item)]
  }

  isKnown(coordinate: Coordinate): boolean {
    return this.at(coordinate) !== UNKNOWN
  }

  isPossible(coordinate: Coordinate): boolean {
    return this.#possible.includes(coordinate)
  }

  /** Whether the coordinate is a part of its space: those of a CVE are only where it is one. */
  has(coordinate: Coordinate): boolean {
    return this.isCve || coordinate in LADDERS
  }

  unknowns(): Coordinate[] {
    return COORDINATES.filter((each) => this.has(each) && !this.isKnown(each))
  }

  /** The point at which this one thing is certain, or not known at all. Throws a RangeError where there is no such rung. */
  withRung(coordinate: Coordinate, rung: number): Point {
    const { length } = RUNGS[coordinate]
    if (!this.has(coordinate) || !Number.isInteger(rung) || rung < UNKNOWN || rung >= length)
      throw new RangeError(`${coordinate} has no rung ${rung} at this point`)
    return new Point(
      withDigit(this.index, coordinate, rung === UNKNOWN ? length : rung),
      this.#possible.includes(coordinate) ? this.#possible.filter((each) => each !== coordinate) : this.#possible,
    )
  }

  /** The point at which all that is unknown or only possible is at its safest. */
  safest(): Point {
    let index = this.index
    for (const each of this.unknowns()) index = withDigit(index, each, 0)
    for (const each of this.#possible) index = withDigit(index, each, 0)
    return new Point(index)
  }

  /** The point at which all that is unknown is at its worst; what is possible stands. */
  worst(): Point {
    let index = this.index
    for (const each of this.unknowns()) index = withDigit(index, each, RUNGS[each].length - 1)
    return new Point(index)
  }
}

/** Nothing is known, and it is no CVE. */
const NOTHING = ITEMS.reduce((index, item) => withDigit(index, item, RUNGS[item].length), 0)

/** The point with this index, where all that is known is certain. */
export function pointAt(index: number): Point {
  return new Point(index)
}

/**
 * What the evaluator makes of evidence: what is certain stands; what is possible stands where it is worse than what unknown counts
 * as, and is unknown otherwise. A severity is always certain: it is what the source says, not what is so.
 */
export function pointOf(vector: EvidenceVector, tables: Tables): Point {
  let index = NOTHING
  const possible: Coordinate[] = []
  for (const item of ITEMS) {
    const evidence = vector[item]
    if (evidence === undefined) continue
    const rung = RUNGS[item].indexOf(evidence.value)
    const certain = evidence.certainty === 'certain' || item === 'severity'
    if (!certain && rung <= countedRung(item, tables)) continue
    index = withDigit(index, item, rung)
    if (!certain) possible.push(item)
  }
  if (vector.cve === undefined) return new Point(index, possible)
  const { kev, automatable, technicalImpact } = vector.cve
  index = withDigit(index + FORM_POINTS, 'kev', digitOfAnswer(kev))
  index = withDigit(index, 'automatable', digitOfAnswer(automatable))
  index = withDigit(
    index,
    'technicalImpact',
    digitOfAnswer(technicalImpact === undefined ? undefined : technicalImpact === 'total'),
  )
  return new Point(index, possible)
}

/** The rung that counts while nothing is known: what the tables say, or the safest; UNKNOWN for a severity, which then counts nothing. */
export function countedRung(coordinate: Coordinate, tables: Tables): number {
  if (coordinate === 'severity') return UNKNOWN
  return coordinate in tables.unknown ? RUNGS[coordinate].indexOf(tables.unknown[coordinate as CountedItem]) : 0
}

export function isFlag(coordinate: Coordinate): boolean {
  return (FLAGS as readonly Coordinate[]).includes(coordinate)
}

function digitOfAnswer(answer: boolean | undefined): number {
  return answer === undefined ? 2 : Number(answer)
}

function digitOf(index: number, coordinate: Coordinate): number {
  const inForm = coordinate in LADDERS ? index : index - FORM_POINTS
  return Math.floor(inForm / STRIDES[coordinate]) % (RUNGS[coordinate].length + 1)
}

function withDigit(index: number, coordinate: Coordinate, digit: number): number {
  return index + (digit - digitOf(index, coordinate)) * STRIDES[coordinate]
}
