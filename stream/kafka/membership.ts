/** What is known of this member's place in its group: whether it has been taken in, and when that was last confirmed. */
export class Membership {
  #waiting: (() => void)[] = []
  #first = Promise.withResolvers<void>()
  #isJoined = false

  constructor() {
    // Not everyone waits for the first join.
    this.#first.promise.catch(() => undefined)
  }

  /** Resolves with the first join; rejects when the member fails before it. */
  joined(): Promise<void> {
    return this.#first.promise
  }

  /** Whether the group has taken this member in at least once. */
  get isJoined(): boolean {
    return this.#isJoined
  }

  join(): void {
    this.#isJoined = true
    this.#first.resolve()
    this.confirm()
  }

  failed(error: Error): void {
    this.#first.reject(error)
  }

  /** The coordinator has answered a heartbeat. */
  confirm(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  /** Resolves with the next confirmation; rejects when the signal aborts before. */
  async confirmed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error)
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.push(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
    })
  }
}
