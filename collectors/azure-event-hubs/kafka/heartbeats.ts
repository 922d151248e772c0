import { asError } from '../../../core/errors.ts'
import { hasMoved } from './kafka-error.ts'

/** For so long the others wait for what is nearly durable, in milliseconds; they would wait for a minute. */
const GRACE_MS = 10_000

/**
 * Says that this reader is alive for as long as a batch takes, however long that is. Where the group moves meanwhile, what
 * is under way gets a moment to become durable; then it is given up, and whoever owns the partition next reads it again.
 */
export class Heartbeats implements Disposable {
  readonly #beat: () => Promise<void>
  readonly #givenUp = new AbortController()
  readonly #timer: NodeJS.Timeout
  #grace: NodeJS.Timeout | undefined
  #moved: Error | undefined
  #beating = false

  constructor(beat: () => Promise<void>, everyMs: number) {
    this.#beat = beat
    this.#timer = setInterval(() => void this.#next(), everyMs)
  }

  /** Why the group has to be joined anew, once it has said so. */
  get moved(): Error | undefined {
    return this.#moved
  }

  /** Aborts when there is no use in waiting any longer. */
  get givenUp(): AbortSignal {
    return this.#givenUp.signal
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    clearTimeout(this.#grace)
  }

  /**
   * A connection that fails is no loss of the membership: it is made anew, and the next answer says whether it still is one.
   * While the group moves it goes on: who says nothing for a session is not waited for.
   */
  async #next(): Promise<void> {
    if (this.#beating || this.givenUp.aborted) return
    this.#beating = true
    try {
      await this.#beat()
    } catch (error) {
      if (hasMoved(error)) this.#move(asError(error))
    } finally {
      this.#beating = false
    }
  }

  #move(error: Error & { readonly type?: unknown }): void {
    this.#moved = error
    if (error.type !== 'REBALANCE_IN_PROGRESS') this.#givenUp.abort(error)
    else this.#grace ??= setTimeout(() => this.#givenUp.abort(error), GRACE_MS)
  }
}
