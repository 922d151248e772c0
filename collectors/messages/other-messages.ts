import type { Context } from '../../core/component.ts'

/** A wrong rule may bring more kinds than anyone would read of. */
const NAMED_KINDS = 20

/** Counts the messages that bring no findings, and says of each kind once that they come. */
export class OtherMessages {
  readonly #context: Context
  readonly #source: string
  readonly #remedy: string
  readonly #named = new Set<string>()

  /** `remedy` is how they are kept away from `source`, as the last words of a sentence. */
  constructor(context: Context, source: string, remedy: string) {
    this.#context = context
    this.#source = source
    this.#remedy = remedy
  }

  /** How many there were of each kind, by what they say they are. */
  note(others: ReadonlyMap<string, number>): void {
    const { log, metrics, name } = this.#context
    for (const [kind, count] of others) {
      metrics.count('posture_collector_messages_passed_over_total', count, { collector: name })
      if (this.#named.has(kind) || this.#named.size === NAMED_KINDS) continue
      this.#named.add(kind)
      log.warn(
        { kind: kind.slice(0, 200) },
        `${this.#source} brings messages that are no findings. They are counted and passed over, and this is not said again of their kind: ${this.#remedy}.`,
      )
    }
  }
}
