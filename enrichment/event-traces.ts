import type { Step, Tracing } from '../core/tracing.ts'
import { readFindingHeaders } from '../schemas/records.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import type { StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import type { Emission } from './emit.ts'

/** The most emissions of one event that its trace follows: a scan's end may close tens of thousands of findings. */
const MOST_EMISSIONS = 100

/** The traces of the events of one batch. They end with its commit; of a batch that fails there is no trace. */
export class EventTraces {
  readonly #tracing: Tracing
  readonly #group: string
  readonly #traces: EventTrace[] = []

  constructor(tracing: Tracing, group: string) {
    this.#tracing = tracing
    this.#group = group
  }

  /** Undefined where the record carries no trace. */
  begin(record: StreamRecord): EventTrace | undefined {
    const step = this.#tracing.processing(record, this.#group)
    if (step === undefined) return undefined
    const begun = new EventTrace(this.#tracing, step)
    this.#traces.push(begun)
    return begun
  }

  committed(): void {
    for (const each of this.#traces) each.committed()
  }
}

/** What becomes of one event: how it is processed, and the findings that it brings. */
export class EventTrace {
  readonly #tracing: Tracing
  readonly #processed: Step
  #sent: Step[] = []
  #endedAt = 0

  constructor(tracing: Tracing, processed: Step) {
    this.#tracing = tracing
    this.#processed = processed
  }

  /** Has the trace go on with what is emitted. */
  applied(event: PostureEvent, outcome: string, emissions: readonly Emission[]): readonly Emission[] {
    this.#processed.set({
      'posture.event.type': event.type,
      'posture.outcome': outcome,
      'posture.emissions': emissions.length,
      ...('key' in event && event.key !== undefined ? { 'posture.finding.key': event.key } : {}),
    })
    return emissions.map((emission, index) => (index < MOST_EMISSIONS ? this.#follow(emission) : emission))
  }

  /** The event is done with: as a dead letter where there is a code. */
  ended(deadLetter: string | undefined): void {
    this.#endedAt = performance.now()
    if (deadLetter === undefined) return
    this.#sent = []
    this.#processed.set({ 'posture.outcome': 'dead_letter', 'posture.emissions': 0 })
    this.#processed.failed(deadLetter)
  }

  committed(): void {
    this.#processed.end(this.#endedAt)
    for (const each of this.#sent) each.end()
  }

  #follow({ record, cause }: Emission): Emission {
    const sent = this.#tracing.sending(this.#processed, topics.findings.name)
    const headers = record.headers ?? {}
    const { key, revision, state } = readFindingHeaders(headers)
    sent.set({
      'posture.finding.key': key,
      'posture.finding.revision': revision,
      'posture.finding.state': state,
      'posture.cause': cause,
    })
    this.#sent.push(sent)
    return { record: { ...record, headers: { ...headers, ...sent.headers } }, cause }
  }
}
