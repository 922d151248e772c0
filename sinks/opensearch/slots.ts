/** So many may work at the same time; the others wait for their turn, in order. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /** Runs the work in its turn. Rejects with the signal's reason while it waits. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#take(signal)
    try {
      return await work()
    } finally {
      this.#free += 1
      this.#waiting.shift()?.()
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    while (this.#free === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(resolve), 1)
        reject(signal.reason as Error)
      }
      this.#waiting.push(resolve)
      signal.addEventListener('abort', abort, { once: true })
      try {
        await promise
      } finally {
        signal.removeEventListener('abort', abort)
      }
    }
    this.#free -= 1
  }
}
