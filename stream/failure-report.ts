import { asError, errorCode, PipelineError } from '../core/errors.ts'
import type { Logger } from '../core/telemetry.ts'

/** Logs a failure that is tried again when it begins, when it changes and when it is over, never for each attempt. */
export class FailureReport {
  readonly #log: Logger | undefined
  readonly #about: object
  #last: string | undefined

  constructor(log: Logger | undefined, about: object) {
    this.#log = log
    this.#about = about
  }

  failed(thrown: unknown): void {
    const error = asError(thrown)
    const code = errorCode(error)
    const text = `${code} ${error.message}`
    if (text === this.#last) return
    this.#last = text
    const fields = { ...this.#about, code, err: error }
    const needsOperator = error instanceof PipelineError && (!error.retryable || error.fault === 'configuration')
    if (needsOperator)
      this.#log?.error(fields, 'Records cannot be processed; nothing is lost, and they are tried again.')
    else this.#log?.warn(fields, 'Records could not be processed; they are tried again.')
  }

  /** Records that the topic's retention removed before they were read. */
  lost(count: bigint): void {
    this.#log?.error(
      { ...this.#about, records: String(count) },
      'Records were removed by retention before they were read; keep the topic longer than the longest outage.',
    )
  }

  succeeded(): void {
    if (this.#last === undefined) return
    this.#last = undefined
    this.#log?.info(this.#about, 'Records are processed again.')
  }
}
