import { errorCode } from '../core/errors.ts'
import type { Step, Tracing } from '../core/tracing.ts'
import type { StreamRecord } from '../stream/stream.ts'
import type { Delivery, PostureFinding } from './sink.ts'

interface Delivering {
  readonly step: Step
  attempts: number
}

interface DeliveryTracesOptions {
  readonly tracing: Tracing
  readonly sink: string
  readonly group: string
}

/** Tells, of each attempt, when it has ended and how. */
export type EndAttempt = (answer: readonly Delivery[] | Error) => void

/** What becomes of the traced findings of one batch: a span each, linked to one of each attempt that they took part in. */
export class DeliveryTraces {
  readonly #options: DeliveryTracesOptions
  readonly #open: Map<PostureFinding, Delivering>

  private constructor(options: DeliveryTracesOptions, open: Map<PostureFinding, Delivering>) {
    this.#options = options
    this.#open = open
  }

  /** Undefined where none of the findings carries a trace. */
  static begin(
    options: DeliveryTracesOptions,
    given: ReadonlyMap<PostureFinding, StreamRecord>,
  ): DeliveryTraces | undefined {
    const { tracing, sink, group } = options
    const open = new Map<PostureFinding, Delivering>()
    for (const [finding, record] of given) {
      const step = tracing.processing(record, group, 'deliver')
      if (step === undefined) continue
      step.set({
        'posture.sink': sink,
        'posture.finding.key': finding.key,
        'posture.finding.revision': finding.revision,
        'posture.finding.state': finding.state,
        'posture.cause': finding.cause,
      })
      open.set(finding, { step, attempts: 0 })
    }
    return open.size === 0 ? undefined : new DeliveryTraces(options, open)
  }

  /** The sink is given these findings. Undefined where none of them is traced. */
  attempt(findings: readonly PostureFinding[]): EndAttempt | undefined {
    const { tracing, sink } = this.#options
    const traced = findings.flatMap((finding) => this.#open.get(finding) ?? [])
    if (traced.length === 0) return undefined
    const attempt = tracing.attempting(
      sink,
      findings.length,
      traced.map(({ step }) => step),
    )
    for (const each of traced) {
      each.attempts += 1
      if (attempt !== undefined) each.step.link(attempt)
    }
    return (answer) => {
      if (answer instanceof Error) attempt?.failed(errorCode(answer))
      else
        for (const [index, finding] of findings.entries())
          if (answer[index]?.status === 'delivered') this.#end(finding, 'delivered')
      attempt?.end()
    }
  }

  rejected(finding: PostureFinding, error: Error): void {
    this.#open.get(finding)?.step.failed(errorCode(error))
    this.#end(finding, 'rejected')
  }

  /** What has no outcome by now was cut off, and comes again. */
  close(): void {
    for (const finding of this.#open.keys()) this.#end(finding, 'interrupted')
  }

  #end(finding: PostureFinding, outcome: 'delivered' | 'rejected' | 'interrupted'): void {
    const delivering = this.#open.get(finding)
    if (delivering === undefined) return
    this.#open.delete(finding)
    delivering.step.set({ 'posture.outcome': outcome, 'posture.attempts': delivering.attempts })
    delivering.step.end()
  }
}
