import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'

const count = Type.Integer({ minimum: 0 })

const position = Type.Object({
  /** What is read, and in which order; another plan starts from the beginning. */
  plan: Type.String(),
  /** So many lanes from the first have been read whole; absent between two sweeps. */
  finished: Type.Optional(count),
  /** Of the lanes behind those, how many of their describers have been read, by the lane's number. */
  underWay: Type.Optional(Type.Record(Type.String(), count)),
})
export type Position = Static<typeof position>

/** How far a sweep has come: small, however many accounts there are, since lanes are begun in their order. */
export class SweepProgress {
  readonly #plan: string
  /** Describers of each lane. */
  readonly #sizes: readonly number[]
  readonly #underWay = new Map<number, number>()
  #finished = 0

  /** Goes on where `saved` says; from the beginning where that is none of ours, or of another plan. */
  constructor(plan: string, sizes: readonly number[], saved: unknown) {
    this.#plan = plan
    this.#sizes = sizes
    if (!Value.Check(position, saved) || saved.plan !== plan) return
    this.#finished = Math.min(saved.finished ?? 0, sizes.length)
    for (const [lane, done] of Object.entries(saved.underWay ?? {})) this.#underWay.set(Number(lane), done)
  }

  /** How many describers of a lane have been read. */
  doneOf(lane: number): number {
    return lane < this.#finished ? this.#sizes[lane]! : (this.#underWay.get(lane) ?? 0)
  }

  /** One more describer of a lane has been read. */
  advance(lane: number): void {
    this.#underWay.set(lane, this.doneOf(lane) + 1)
    while (this.#finished < this.#sizes.length && this.doneOf(this.#finished) >= this.#sizes[this.#finished]!) {
      this.#underWay.delete(this.#finished)
      this.#finished += 1
    }
  }

  /** Nothing is under way: the next sweep begins at the beginning. */
  get ended(): Position {
    return { plan: this.#plan }
  }

  get position(): Position {
    if (this.#finished === this.#sizes.length) return this.ended
    return { plan: this.#plan, finished: this.#finished, underWay: Object.fromEntries(this.#underWay) }
  }
}
