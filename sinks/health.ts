import { unlessAborted } from '../core/abort.ts'
import type { Condition } from '../core/condition.ts'
import { asError, errorCode } from '../core/errors.ts'
import type { Logger, Metrics } from '../core/telemetry.ts'
import { faultOf } from './fault.ts'
import type { PostureFinding, Sink } from './sink.ts'

const CHECK_LIMIT_MS = 30_000

interface HealthOptions {
  /** The sink's instance name. */
  readonly name: string
  readonly log: Logger
  readonly metrics: Metrics
  readonly condition: Condition
  /** How long a failed check speaks for all partitions, in milliseconds. */
  readonly freshMs: number
}

/**
 * What all partitions of one sink know together about its destination: whether it answers, who waits for it and why.
 * However many partitions wait, the destination is probed once at a time, and each reason is told once.
 */
export class SinkHealth {
  readonly #sink: Sink
  readonly #options: HealthOptions
  readonly #closed = new AbortController()
  readonly #waiting = new Set<object>()
  readonly #reasons = new Set<string>()
  #probe: Promise<Error | undefined> | undefined
  #failure: { readonly error: Error; readonly until: number } | undefined

  constructor(sink: Sink, options: HealthOptions) {
    this.#sink = sink
    this.#options = options
  }

  /** Why the sink cannot be written to now; undefined when its check answers. Rejects only when the signal aborts. */
  async probe(signal: AbortSignal): Promise<Error | undefined> {
    signal.throwIfAborted()
    if (this.#failure && performance.now() < this.#failure.until) return this.#failure.error
    this.#probe ??= this.#check().finally(() => (this.#probe = undefined))
    return await unlessAborted(this.#probe, signal)
  }

  /** One of the partitions waits: told when the reason is new. */
  waiting(who: object, error: Error): void {
    const { name, log, condition } = this.#options
    this.#waiting.add(who)
    condition.waiting(error)
    const fault = faultOf(error) ?? 'outage'
    const code = errorCode(error)
    if (this.#reasons.has(`${fault} ${code}`)) return
    this.#reasons.add(`${fault} ${code}`)
    const fields = { sink: name, fault, code, reason: error.message }
    if (fault === 'configuration')
      log.error(fields, 'The sink waits until its configuration is mended; nothing is lost')
    else log.warn(fields, 'The sink waits for its destination; nothing is lost')
  }

  /** That partition waits no longer: its findings got an answer, or it was taken away. */
  working(who: object): void {
    if (!this.#waiting.delete(who) || this.#waiting.size > 0) return
    const { name, log, condition } = this.#options
    this.#reasons.clear()
    condition.working()
    if (!this.#closed.signal.aborted) log.info({ sink: name }, 'The sink waits no longer')
  }

  retried(findings: number): void {
    const { name, metrics } = this.#options
    if (findings > 0) metrics.count('posture_sink_records_total', findings, { sink: name, outcome: 'retried' })
  }

  /** The sink was given some findings at once: how many, how large, and how long it took. */
  attempted(findings: readonly PostureFinding[], ms: number, outcome: 'answered' | 'threw'): void {
    const { name, metrics } = this.#options
    const bytes = findings.reduce((sum, finding) => sum + finding.bytes.byteLength, 0)
    metrics.observe('posture_sink_attempt_findings', findings.length, { sink: name })
    metrics.observe('posture_sink_attempt_bytes', bytes, { sink: name })
    metrics.observe('posture_sink_attempt_seconds', ms / 1000, { sink: name, outcome })
  }

  /** Lets go of a running check. */
  close(): void {
    this.#closed.abort()
  }

  async #check(): Promise<Error | undefined> {
    // The check outlives the partition that asked for it, because others wait for the same answer.
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(CHECK_LIMIT_MS)])
    try {
      await unlessAborted(Promise.resolve(this.#sink.check(signal)), signal)
      this.#failure = undefined
      return undefined
    } catch (thrown) {
      const error = asError(thrown)
      this.#failure = { error, until: performance.now() + this.#options.freshMs }
      return error
    }
  }
}
