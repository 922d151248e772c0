interface SilenceOptions {
  /** After how long without a message that is told, in milliseconds. */
  readonly waitMs: number
  /** How old the last heartbeat may be for silence to mean something, in milliseconds. */
  readonly sessionMs: number
  /** Resolves once that has been taken note of. */
  readonly tell: () => Promise<void>
}

const LOOK_MS = 200

/**
 * Tells that a hub brought nothing for a while. While its partitions are shared out anew, while it cannot be reached, and
 * while what it brought is not durable yet, that nothing comes means nothing.
 */
export class Silence {
  readonly #options: SilenceOptions
  readonly #timer: NodeJS.Timeout
  #quietSince: number | undefined
  #beatAt = 0
  #busy = 0

  constructor(options: SilenceOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
  }

  /** Partitions have been given to this reader. */
  joined(): void {
    this.#quietSince = performance.now()
    this.beat()
  }

  /** They are taken away. */
  moved(): void {
    this.#quietSince = undefined
  }

  /** The group has answered a heartbeat. */
  beat(): void {
    this.#beatAt = performance.now()
  }

  /** For as long as this takes something is under way. */
  async broken<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1
    try {
      return await work()
    } finally {
      this.#busy -= 1
      if (this.#quietSince !== undefined) this.#quietSince = performance.now()
    }
  }

  /** Whether something is under way. */
  get isBroken(): boolean {
    return this.#busy > 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { waitMs, sessionMs, tell } = this.#options
    const now = performance.now()
    if (this.#busy > 0 || this.#quietSince === undefined || now - this.#quietSince < waitMs) return
    if (now - this.#beatAt > sessionMs) return
    // Refused, it is over anyway.
    void this.broken(tell).catch(() => undefined)
  }
}
