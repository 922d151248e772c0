import { errorCode } from '../core/errors.ts'
import type { Step, Tracing } from '../core/tracing.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import type { Headers } from '../schemas/records.ts'
import { topics } from '../stream/topics.ts'

/** The beginning of one statement's trace: that it was read, and that it became durable. */
export class StatementTrace {
  /** What the statement's record carries beside its own headers. */
  readonly headers: Headers
  readonly #read: Step
  readonly #sent: Step

  private constructor(read: Step, sent: Step) {
    this.#read = read
    this.#sent = sent
    this.headers = sent.headers
  }

  /** Undefined where the statement is not among those that are traced. `origin` is called where it is. */
  static begin(
    tracing: Tracing,
    collector: string,
    event: PostureEvent,
    origin: () => string | undefined,
  ): StatementTrace | undefined {
    const read = tracing.collecting(collector)
    if (read === undefined) return undefined
    const from = origin()
    read.set({
      'posture.collector': collector,
      'posture.event.type': event.type,
      ...(from === undefined ? {} : { 'posture.source.origin': from }),
      ...('key' in event && event.key !== undefined ? { 'posture.finding.key': event.key } : {}),
    })
    return new StatementTrace(read, tracing.sending(read, topics.events.name))
  }

  published(): void {
    this.#sent.end()
    this.#read.set({ 'posture.outcome': 'published' })
    this.#read.end()
  }

  /** It is a dead letter of the collector's. */
  setAside(error: unknown): void {
    this.#read.set({ 'posture.outcome': 'dead_letter' })
    this.#read.failed(errorCode(error))
    this.#read.end()
  }
}
