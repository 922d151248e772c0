import { ITEMS, LADDERS, type Item } from '../evidence.ts'
import { FORM_POINTS, STRIDES as STRIDE_OF } from './point.ts'
import { rawBand } from './raw-band.ts'
import { rulesOf, type Rules } from './raw-band-rules.ts'
import type { Tables } from './tables.ts'

/** Two neighbours: the one with the safer value of `item` has the more urgent band. */
export interface Inversion {
  readonly item: Item
  readonly better: number
  readonly worse: number
}

type Visit<T> = (digits: readonly number[], index: number) => T | undefined

const SEVERITY = ITEMS.indexOf('severity')
const EXPOSURE = ITEMS.indexOf('exposure')
/** What is no CVE, in the digits that the evaluator takes. */
const NO_CVE = 0
const UNKNOWN_SEVERITY = LADDERS.severity.length
const STRIDES = ITEMS.map((item) => STRIDE_OF[item])
/** From the slowest to the fastest, so that every safer neighbour is seen before, and the plain points come first. */
const PLACES = ITEMS.map((_, place) => place).toSorted((a, b) => STRIDES[b]! - STRIDES[a]!)

/**
 * The bands before any hold at every point that is no CVE and at which all is known, the severity excepted. These are half a million;
 * of rungs between which the tables make no difference only the safest is visited, which leaves a fifth. What a CVE adds is a
 * floor by its exposure, which needs no more than the least urgent of these points.
 */
export class KnownBands {
  readonly rules: Rules
  /** The first place at which the tables are not monotone; the rest is not looked at then. */
  readonly inversion: Inversion | undefined
  /** By exposure the index of the first point that is as little urgent as any, with nothing but ladders. */
  readonly calmest: readonly number[]
  /** By ladder the digits that are visited. */
  readonly #distinct: readonly (readonly number[])[]
  readonly #bands = new Uint8Array(FORM_POINTS)

  constructor(tables: Tables) {
    this.rules = rulesOf(tables)
    this.#distinct = ITEMS.map((_, place) => distinctDigits(place, this.rules))
    const calmest: number[] = []
    this.inversion = this.first((digits, index) => {
      const band = rawBand(digits, this.rules)
      this.#bands[index] = band
      const exposure = digits[EXPOSURE]!
      if (band > (this.#bands[calmest[exposure] ?? -1] ?? -1)) calmest[exposure] = index
      return this.#inversionAt(digits, index, band)
    })
    this.calmest = calmest
  }

  /** The first point, as little bad as possible, where `item` is as safe as it can be, at its worst more urgent, and unknown no more. */
  unknownAsSafe(item: Item): number | undefined {
    const place = ITEMS.indexOf(item)
    const worst = LADDERS[item].length - 1
    const bandWith = (digits: readonly number[], digit: number): number =>
      rawBand(digits.with(place, digit), this.rules)
    return this.first((digits, index) => {
      const band = this.#bands[index]!
      if (digits[place] !== 0 || bandWith(digits, worst) >= band) return undefined
      return bandWith(digits, worst + 1) === band ? index : undefined
    })
  }

  /** The first point with an unknown severity that is less urgent than if it were informational. */
  unknownSeverity(): number | undefined {
    return this.first((digits, index) => {
      const lower = this.#bands[index]! > this.#bands[index - UNKNOWN_SEVERITY * STRIDES[SEVERITY]!]!
      return digits[SEVERITY] === UNKNOWN_SEVERITY && lower ? index : undefined
    })
  }

  /** What `visit` answers first; the array of digits is reused. */
  first<T>(visit: Visit<T>): T | undefined {
    const digits = [...ITEMS.map(() => 0), NO_CVE]
    const walk = (depth: number, index: number): T | undefined => {
      const place = PLACES[depth]
      if (place === undefined) return visit(digits, index)
      for (const digit of this.#distinct[place]!) {
        digits[place] = digit
        const found = walk(depth + 1, index + digit * STRIDES[place]!)
        if (found !== undefined) return found
      }
      return undefined
    }
    return walk(0, 0)
  }

  /** The rung before that of a visited digit is as bad as the visited digit before, so that two neighbours are told. */
  #inversionAt(digits: readonly number[], worse: number, band: number): Inversion | undefined {
    for (let place = 0; place < ITEMS.length; place += 1) {
      const digit = digits[place]!
      if (digit === 0 || (place === SEVERITY && digit === UNKNOWN_SEVERITY)) continue
      const distinct = this.#distinct[place]!
      const before = distinct[distinct.indexOf(digit) - 1]!
      if (this.#bands[worse - (digit - before) * STRIDES[place]!]! >= band) continue
      return { item: ITEMS[place]!, better: worse - STRIDES[place]!, worse }
    }
    return undefined
  }
}

/** The safest digit, and each that the rules tell apart from the one before it; an unknown severity always. */
function distinctDigits(place: number, rules: Rules): readonly number[] {
  const digits = [...LADDERS[ITEMS[place]!].keys()].filter((digit) => digit === 0 || isToldApart(place, digit, rules))
  return place === SEVERITY ? [...digits, UNKNOWN_SEVERITY] : digits
}

/** Whether anything differs between the digit and the one before it. Exposures always do: BOD 26-04 asks for them. */
function isToldApart(place: number, digit: number, rules: Rules): boolean {
  if (place === EXPOSURE) return true
  const amounts = amountsOf(ITEMS[place]!, rules)
  const bit = (mask: number, at: number): number => (mask >> at) & 1
  return (
    amounts.some((each) => each[digit] !== each[digit - 1]) ||
    [...rules.ceilings, ...rules.floors].some(({ tests }) =>
      tests.some((test) => test.place === place && bit(test.mask, digit) !== bit(test.mask, digit - 1)),
    )
  )
}

/** By digit, everything that a ladder amounts to beside the overrides. */
function amountsOf(item: Item, rules: Rules): readonly (readonly number[])[] {
  if (item === 'exploitability') return rules.likelihood
  if (item === 'severity') return [rules.severityStep]
  return item === 'identity' || item === 'data' || item === 'asset' ? [rules[item]] : []
}
