import { setTimeout as sleep } from 'node:timers/promises'

export interface BackoffOptions {
  readonly initialMs: number
  readonly maxMs: number
}

/** Exponential backoff with full jitter, so that recovering clients do not arrive together. */
export class Backoff {
  readonly #options: BackoffOptions
  #attempt = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** Waits for the next pause, at least `atLeastMs`; rejects when the signal aborts. */
  async wait(signal: AbortSignal, atLeastMs = 0): Promise<void> {
    const ceiling = Math.min(this.#options.maxMs, this.#options.initialMs * 2 ** this.#attempt++)
    await sleep(Math.max(atLeastMs, Math.random() * ceiling), undefined, { signal })
  }

  /** Starts again from the shortest pause, after a success. */
  reset(): void {
    this.#attempt = 0
  }
}
