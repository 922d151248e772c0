import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A token bucket: `burst` calls at once after a rest, then `perSecond`, in the order in which they were asked for. It runs
 * on the monotonic clock. Whoever gives up while waiting leaves a gap, never a call too many.
 */
export class Pace {
  readonly #intervalMs: number
  readonly #burstMs: number
  /** When the bucket would be full again, if nobody asked any more. */
  #fullAt = 0

  constructor(perSecond: number, burst: number) {
    this.#intervalMs = 1000 / perSecond
    this.#burstMs = Math.max(0, burst - 1) * this.#intervalMs
  }

  /** Resolves when the next call may go. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const now = performance.now()
    const start = Math.max(this.#fullAt, now)
    this.#fullAt = start + this.#intervalMs
    const waitMs = start - this.#burstMs - now
    if (waitMs > 0) await sleep(waitMs, undefined, { signal })
  }

  /** Empties the bucket, and lets nobody go for so long (ten calls' time unless told): others use the same quota. */
  pause(ms = 10 * this.#intervalMs): void {
    this.#fullAt = Math.max(this.#fullAt, performance.now() + this.#burstMs + ms)
  }
}
