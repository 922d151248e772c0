import { CVES_PER_PAGE, epssPageOf, parseCve, type CveName } from '../../schemas/cve.ts'
import type { EpssPage } from '../../schemas/generated/posture-event.ts'
import type { EpssScore } from '../intelligence.ts'

/** The EPSS scores of one page in 18 bytes a CVE: by number, rising, in columns. */
export class ScorePage {
  readonly #year: string
  /** The smallest number that belongs on the page. */
  readonly #base: number
  readonly #numbers: Uint16Array
  readonly #scores: Float64Array
  readonly #percentiles: Float64Array

  /** Takes what of `scores` belongs on the page: the rest is never looked for here. */
  constructor({ uid, scores }: EpssPage) {
    const rows = Object.entries(scores)
      .flatMap(([cve, [score, percentile]]) => {
        const name = parseCve(cve)
        return name === undefined || epssPageOf(name) !== uid ? [] : [{ ...name, score, percentile }]
      })
      .toSorted((one, other) => one.number - other.number)
    const { year = '', number: first = 0 } = rows[0] ?? {}
    this.#year = year
    this.#base = first - (first % CVES_PER_PAGE)
    this.#numbers = Uint16Array.from(rows, ({ number }) => number - this.#base)
    this.#scores = Float64Array.from(rows, ({ score }) => score)
    this.#percentiles = Float64Array.from(rows, ({ percentile }) => percentile)
  }

  get size(): number {
    return this.#numbers.length
  }

  of(number: number): EpssScore | undefined {
    const at = this.#indexOf(number - this.#base)
    if (at === undefined) return undefined
    return { score: this.#scores[at]!, percentile: this.#percentiles[at]! }
  }

  *cves(): Iterable<CveName> {
    for (const number of this.#numbers) yield { year: this.#year, number: this.#base + number }
  }

  /** By binary search. */
  #indexOf(number: number): number | undefined {
    let low = 0
    let high = this.#numbers.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = this.#numbers[middle]!
      if (found === number) return middle
      if (found < number) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }
}
