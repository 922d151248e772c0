/** Asks Azure, with what that throws as errors of ours; once the signal has aborted, with its reason. */
export class Asking {
  readonly #hubErrorOf: (thrown: unknown) => Error
  readonly #storeErrorOf: (thrown: unknown) => Error
  readonly #signal: AbortSignal

  constructor(hubErrorOf: (thrown: unknown) => Error, storeErrorOf: (thrown: unknown) => Error, signal: AbortSignal) {
    this.#hubErrorOf = hubErrorOf
    this.#storeErrorOf = storeErrorOf
    this.#signal = signal
  }

  async hub<T>(call: () => Promise<T>): Promise<T> {
    return this.#ask(call, this.#hubErrorOf)
  }

  async store<T>(call: () => Promise<T>): Promise<T> {
    return this.#ask(call, this.#storeErrorOf)
  }

  async #ask<T>(call: () => Promise<T>, errorOf: (thrown: unknown) => Error): Promise<T> {
    try {
      return await call()
    } catch (error) {
      this.#signal.throwIfAborted()
      throw errorOf(error)
    }
  }
}
