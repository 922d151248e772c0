/** How far back a rate looks, in milliseconds. */
const WINDOW_MS = 60_000

interface Look {
  readonly at: number
  readonly total: number
}

/** How fast a number rises that is looked at now and then. */
export class RecentRate {
  readonly #looks: Look[]

  /** `at` is any clock that never goes back, in milliseconds. */
  constructor(at: number, total = 0) {
    this.#looks = [{ at, total }]
  }

  /** Takes note of the number as it stands; returns its rise by second over the last minute, or since the beginning. */
  look(at: number, total: number): number {
    this.#looks.push({ at, total })
    while (this.#looks.length > 2 && this.#looks[1]!.at <= at - WINDOW_MS) this.#looks.shift()
    const first = this.#looks[0]!
    return at > first.at ? ((total - first.total) * 1000) / (at - first.at) : 0
  }
}
