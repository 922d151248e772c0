import { asError, errorCode } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'

/** Tells of something that fails again and again when it begins, and never of its end: others tell of the stream itself. */
export class ToldOnce {
  readonly #log: Logger
  readonly #message: string
  #told = false

  constructor(log: Logger, message: string) {
    this.#log = log
    this.#message = message
  }

  /** Undefined where the work failed. */
  async watch<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work()
      this.#told = false
      return result
    } catch (thrown) {
      const error = asError(thrown)
      if (!this.#told) this.#log.warn({ code: errorCode(error), error }, this.#message)
      this.#told = true
      return undefined
    }
  }
}
