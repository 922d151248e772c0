import { digest } from '../../core/digest.ts'
import { BANDS, type PriorityBand } from '../../schemas/records.ts'
import type { RulesetName } from '../enricher.ts'
import { ITEMS } from '../evidence.ts'
import { LADDER_POINTS, POINT_COUNT, pointAt, RUNGS, STRIDES, type Point } from './point.ts'
import { rulesOf, type Rules } from './raw-band-rules.ts'
import { digitsOf, rawBand, rawSteps, type Digits, type RawSteps } from './raw-band.ts'
import { TABLES_VERSION, type Tables } from './tables.ts'

/** Raised with every change of what the evaluator makes of equal tables. */
const EVALUATOR_VERSION = 1

/** The ladders inside an index below LADDER_POINTS, in the order of ITEMS. */
const LADDERS = ITEMS.filter((item) => STRIDES[item] < LADDER_POINTS).map((item) => ({
  stride: STRIDES[item],
  unknown: RUNGS[item].length,
}))
/** What an index says of flags and CVE: each of these forms has LADDER_POINTS points. */
const FORMS = Array.from({ length: POINT_COUNT / LADDER_POINTS }, (_, form) => readForm(form))

interface Form {
  /** The form in which everything unknown is at its safest. */
  readonly safest: number
  /** Those of the safest form, after the ladders'. */
  readonly digits: Digits
}

/**
 * Tables in use. The band of a point is what the tables say, held between what each single unknown makes of it at its safest and at
 * its worst, which are held likewise: to learn a thing never moves a band the wrong way. A band that was held once is remembered, in
 * a byte for each point of the ladders under each answer about flags and CVE that was met: 189 KB for one, of which there are 81.
 */
export class Ruleset {
  readonly tables: Tables
  readonly id: RulesetName
  /** How many bands were looked up. */
  lookups = 0
  readonly #rules: Rules
  /** By form, then by the ladders' index: the number of the band and one, 0 while it was not held yet. */
  readonly #remembered: (Uint8Array | undefined)[] = FORMS.map(() => undefined)

  constructor(tables: Tables, name = 'default') {
    this.tables = tables
    this.#rules = rulesOf(tables)
    this.id = { name, version: TABLES_VERSION, hash: digest({ tables, evaluator: EVALUATOR_VERSION }) }
  }

  band(point: Point): PriorityBand {
    return this.bandAt(point.index)
  }

  /** The band of the point with this index; a look-up like any other. */
  bandAt(index: number): PriorityBand {
    this.lookups += 1
    // What unknown flags and an unknown of a CVE count as is their safest, so that the hold leaves them there.
    const form = FORMS[Math.floor(index / LADDER_POINTS)]!.safest
    const remembered = (this.#remembered[form] ??= new Uint8Array(LADDER_POINTS))
    return BANDS[this.#hold(index % LADDER_POINTS, FORMS[form]!.digits, remembered)]!
  }

  /** How the tables come to a band of this point before it is held; no look-up. */
  steps(point: Point): RawSteps {
    return rawSteps(point, this.tables, this.#rules)
  }

  #hold(index: number, form: Digits, remembered: Uint8Array): number {
    const known = remembered[index]!
    if (known > 0) return known - 1
    const digits: number[] = []
    let safest = BANDS.length - 1
    let worst = 0
    for (const { stride, unknown } of LADDERS) {
      const digit = Math.floor(index / stride) % (unknown + 1)
      digits.push(digit)
      if (digit < unknown) continue
      safest = Math.min(safest, this.#hold(index - unknown * stride, form, remembered))
      worst = Math.max(worst, this.#hold(index - stride, form, remembered))
    }
    digits.push(...form)
    const band = Math.max(Math.min(rawBand(digits, this.#rules), safest), worst)
    remembered[index] = band + 1
    return band
  }
}

function readForm(form: number): Form {
  const safest = pointAt(form * LADDER_POINTS).safest()
  return { safest: safest.index / LADDER_POINTS, digits: digitsOf(safest).slice(LADDERS.length) }
}
