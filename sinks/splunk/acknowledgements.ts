import { setTimeout as sleep } from 'node:timers/promises'
import { TransientError, asError } from '../../core/errors.ts'
import type { Channel } from './channels.ts'
import type { SplunkConfig } from './config.ts'

type Options = NonNullable<SplunkConfig['acknowledge']>

/** Asks Splunk whether the request with this number is indexed. */
export type Ask = (channel: Channel, id: number, signal: AbortSignal) => Promise<boolean>

interface Waiting {
  readonly channel: Channel
  readonly id: number
  readonly deadline: number
  readonly settle: (error?: Error) => void
  /** Why the last question had no answer. */
  trouble?: Error | undefined
}

const MAX_PAUSE_MS = 10_000

/**
 * What one endpoint took and has not acknowledged yet. It is asked for all of it in rounds, in pauses that double while
 * nothing is acknowledged, and not at all while nothing waits. Splunk gives a yes once: when that answer is lost, or when
 * Splunk restarts before, it never comes, and the deadline passes.
 */
export class Acknowledgements {
  readonly #from: string
  readonly #ask: Ask
  readonly #options: Options
  readonly #closed: AbortSignal
  readonly #waiting = new Set<Waiting>()
  #polling = false

  /** `from` is what errors call the endpoint; `closed` ends all waiting. */
  constructor(from: string, ask: Ask, options: Options, closed: AbortSignal) {
    this.#from = from
    this.#ask = ask
    this.#options = options
    this.#closed = closed
  }

  /** Resolves when the request is acknowledged, with nothing, or will not be, with the reason; it never rejects. */
  async wait(channel: Channel, id: number): Promise<Error | undefined> {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    this.#waiting.add({ channel, id, deadline: performance.now() + this.#options.deadlineMs, settle: resolve })
    if (!this.#polling) {
      this.#polling = true
      void this.#poll()
    }
    return await promise
  }

  async #poll(): Promise<void> {
    const { pollMs } = this.#options
    let pauseMs = pollMs
    try {
      while (this.#waiting.size > 0) {
        await sleep(this.#pauseBefore(pauseMs), undefined, { signal: this.#closed })
        const before = [...this.#waiting]
        await Promise.all(before.map((waiting) => this.#askFor(waiting)))
        const some = before.some((waiting) => !this.#waiting.has(waiting))
        pauseMs = some ? pollMs : Math.min(pauseMs * 2, Math.max(MAX_PAUSE_MS, pollMs))
        this.#expire()
      }
    } catch (thrown) {
      for (const waiting of this.#waiting) this.#settle(waiting, asError(thrown))
    } finally {
      this.#polling = false
    }
  }

  /** Never past the first deadline. */
  #pauseBefore(pauseMs: number): number {
    const first = Math.min(...[...this.#waiting].map(({ deadline }) => deadline))
    return Math.max(Math.min(pauseMs, first - performance.now()), 1)
  }

  async #askFor(waiting: Waiting): Promise<void> {
    try {
      if (await this.#ask(waiting.channel, waiting.id, this.#closed)) this.#settle(waiting)
      waiting.trouble = undefined
    } catch (thrown) {
      this.#closed.throwIfAborted()
      waiting.trouble = asError(thrown)
    }
  }

  #expire(): void {
    const now = performance.now()
    for (const waiting of this.#waiting) if (waiting.deadline <= now) this.#settle(waiting, this.#late(waiting))
  }

  #late({ trouble }: Waiting): TransientError {
    const why = trouble === undefined ? '' : ` (${trouble.message})`
    const message = `${this.#from} took findings and did not acknowledge them within ${this.#options.deadlineMs} ms${why}; they are sent again, and may then be there twice`
    return new TransientError('SPLUNK_ACK_LATE', message, { fault: 'outage', cause: trouble })
  }

  #settle(waiting: Waiting, error?: Error): void {
    this.#waiting.delete(waiting)
    waiting.settle(error)
  }
}
