import type { RunContext } from '../core/component.ts'
import { asError, errorCode, PipelineError } from '../core/errors.ts'

/** What a collector waits for now: each reason is told once, until it has passed, however often it is tried. */
export class Trouble {
  readonly #context: RunContext
  readonly #reasons = new Map<string, Set<string>>()

  constructor(context: RunContext) {
    this.#context = context
  }

  /** Something failed that is tried again; `what` says what the collector cannot do: `read its source`. */
  waiting(what: string, thrown: unknown): void {
    const { name, log, condition } = this.#context
    const error = asError(thrown)
    const fault = error instanceof PipelineError ? error.fault : undefined
    const code = errorCode(error)
    condition.waiting(error)
    const reasons = this.#reasons.get(what) ?? new Set()
    this.#reasons.set(what, reasons)
    if (reasons.has(`${fault} ${code}`)) return
    reasons.add(`${fault} ${code}`)
    const fields = { error, code, fault }
    if (fault === 'configuration')
      log.error(fields, `Collector ${name} cannot ${what} until its configuration is mended; it keeps trying.`)
    else log.warn(fields, `Collector ${name} could not ${what} and keeps trying; nothing is lost.`)
  }

  /** That works again. */
  over(what: string): void {
    const { name, log, condition } = this.#context
    if (!this.#reasons.delete(what) || this.#reasons.size > 0) return
    condition.working()
    log.info({}, `Collector ${name} waits no longer.`)
  }
}
