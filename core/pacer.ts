import { setTimeout as sleep } from 'node:timers/promises'

export interface Rate {
  readonly perSecond: number
  /** Calls that may come at once, after a pause that was long enough. */
  readonly burst: number
}

/**
 * Lets calls through at the rate that their service allows, in the order in which they ask; shared by all who share the quota.
 * Whoever gives up while waiting leaves a gap, never a call too many.
 */
export class Pacer {
  readonly #intervalMs: number
  readonly #leewayMs: number
  readonly #now: () => number
  /** When the quota is whole again: at most `#leewayMs` ahead of the next call. */
  #wholeAt = -Infinity

  constructor({ perSecond, burst }: Rate, now: () => number = () => performance.now()) {
    this.#intervalMs = 1000 / perSecond
    this.#leewayMs = (burst - 1) * this.#intervalMs
    this.#now = now
  }

  /** Resolves when the caller's turn has come; rejects when the signal aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const now = this.#now()
    this.#wholeAt = Math.max(this.#wholeAt, now)
    const waitMs = this.#wholeAt - this.#leewayMs - now
    this.#wholeAt += this.#intervalMs
    if (waitMs > 0) await sleep(waitMs, undefined, { signal })
  }

  /** The service has had enough: for so long (ten calls' time unless told) nobody's turn comes, and no burst follows. */
  pause(ms = 10 * this.#intervalMs): void {
    this.#wholeAt = Math.max(this.#wholeAt, this.#now() + ms + this.#leewayMs)
  }
}
