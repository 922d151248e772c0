import { setTimeout as sleep } from 'node:timers/promises'

/** Messages that were put together, and stay together. */
interface Parcel<Message> {
  readonly messages: readonly Message[]
  readonly done: () => void
  readonly refused: (reason: unknown) => void
}

/** Messages that were taken, in the order in which they were put. */
export interface Taken<Message> {
  readonly messages: readonly Message[]
  /** What is in them is durable: whoever put them may let them go at their source. */
  readonly done: () => void
}

/**
 * Where a client that hands messages over meets a collector that asks for them: whoever puts messages here waits until
 * what was made of them is durable, and so does its source.
 */
export class Inbox<Message> {
  readonly #waiting: Parcel<Message>[] = []
  /** Given, and not durable yet. */
  readonly #given = new Set<Parcel<Message>>()
  #failure: { readonly error: unknown } | undefined
  #changed = Promise.withResolvers<void>()

  /**
   * Resolves once all that was made of these messages is durable. Rejects when this is closed, or the signal aborts, before
   * that: then the source has to give them again.
   */
  async put(messages: readonly Message[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#failure !== undefined) throw this.#failure.error
    const { promise, resolve: done, reject: refused } = Promise.withResolvers<void>()
    const parcel = { messages, done, refused }
    this.#waiting.push(parcel)
    this.#change()
    const onAbort = (): void => {
      const at = this.#waiting.indexOf(parcel)
      if (at >= 0) this.#waiting.splice(at, 1)
      refused(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#given.delete(parcel)
    }
  }

  /** The source cannot go on: whoever asks is told so once what came has been given. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#change()
  }

  /**
   * The next messages: of as many parcels as hold no more than `atMost` together, and of one at least. An empty list where
   * nothing came within `waitMs`, or where an empty parcel was put, by which a source says itself that nothing is left.
   * Rejects with what made the source fail, and when the signal aborts.
   */
  async next(atMost: number, waitMs: number, signal: AbortSignal): Promise<Taken<Message>> {
    const until = performance.now() + waitMs
    for (;;) {
      signal.throwIfAborted()
      const taken = this.#take(atMost)
      if (taken.length > 0) return this.#give(taken)
      if (this.#failure !== undefined) throw this.#failure.error
      const left = until - performance.now()
      if (left <= 0) return this.#give([])
      await this.#changeWithin(left, signal)
    }
  }

  /** Whoever still waits here is refused with this reason; nothing more is taken in. */
  close(reason: unknown): void {
    this.fail(reason)
    for (const { refused } of [...this.#waiting.splice(0), ...this.#given]) refused(reason)
    this.#given.clear()
  }

  #take(atMost: number): Parcel<Message>[] {
    let count = 0
    const end = this.#waiting.findIndex(({ messages }, index) => {
      count += messages.length
      return index > 0 && count > atMost
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  #give(parcels: readonly Parcel<Message>[]): Taken<Message> {
    for (const parcel of parcels) this.#given.add(parcel)
    return {
      messages: parcels.flatMap(({ messages }) => messages),
      done: () => parcels.forEach(({ done }) => done()),
    }
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #changeWithin(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const timer = sleep(ms, undefined, { signal: AbortSignal.any([over.signal, signal]) }).catch(() => undefined)
    await Promise.race([this.#changed.promise, timer])
    over.abort()
  }
}
