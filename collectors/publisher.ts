import { Backoff, type BackoffOptions } from '../core/backoff.ts'
import type { RunContext } from '../core/component.ts'
import { PipelineError, asError, errorCode } from '../core/errors.ts'
import type { Tracing } from '../core/tracing.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import type { OutgoingRecord, Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import type { CollectedBatch } from './collector.ts'
import { deadLetters, type SetAside } from './dead-letters.ts'
import { prepare, setAside, type BeginTrace, type Outgoing } from './prepare.ts'
import { StatementTrace } from './statement-trace.ts'
import { Trouble } from './trouble.ts'

const PAUSE: BackoffOptions = { initialMs: 200, maxMs: 30_000 }

/** What a collector is run with. */
export interface PublisherServices {
  readonly stream: Pick<Stream, 'publish'>
  readonly schemas: SchemaRegistry
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined
  /** The collector's own: its name, tenant, log, metrics and clock. */
  readonly context: RunContext
}

/** Makes what one collector read durable, however long that takes, and counts it. */
export class Publisher {
  readonly #services: PublisherServices
  readonly #trouble: Trouble
  readonly #signal: AbortSignal

  /** Aborting the signal ends waiting, not what is under way. */
  constructor(services: PublisherServices, signal: AbortSignal) {
    this.#services = services
    this.#trouble = new Trouble(services.context)
    this.#signal = signal
  }

  /** Resolves once everything of the batch is durable, as events or as dead letters. */
  async publish(batch: Pick<CollectedBatch, 'events' | 'unreadable' | 'origin'>): Promise<void> {
    const { events, global, aside } = prepare(batch, this.#services.schemas, this.#beginTrace(batch))
    await this.#publishEvents('events', events, aside)
    await this.#publishEvents('global', global, aside)
    await this.#publishDeadLetters(aside)
  }

  /** Tries until it succeeds, the error is permanent, or the signal aborts. `what` completes "could not": `read its source`. */
  async untilDone<T>(what: string, work: (progressed: () => void) => Promise<T>): Promise<T> {
    const backoff = new Backoff(PAUSE)
    const progressed = (): void => {
      backoff.reset()
      this.#trouble.over(what)
    }
    for (;;) {
      try {
        const result = await work(progressed)
        this.#trouble.over(what)
        return result
      } catch (error) {
        if (this.#signal.aborted || isPermanent(error)) throw error
        this.#trouble.waiting(what, error)
        await backoff.wait(this.#signal, error instanceof PipelineError ? (error.retryAfterMs ?? 0) : 0)
      }
    }
  }

  async #publishEvents(topic: 'events' | 'global', batch: readonly Outgoing[], aside: SetAside[]): Promise<void> {
    const { name: collector, metrics } = this.#services.context
    const [first, ...others] = batch
    if (first === undefined) return
    try {
      await this.#append(
        topic,
        batch.map(({ record }) => record),
      )
      for (const { event, trace } of batch) {
        metrics.count('posture_collector_events_published_total', 1, { collector, type: event.type })
        trace?.published()
      }
    } catch (error) {
      if (!isPermanent(error)) throw error
      if (others.length === 0) aside.push(setAside(first, error))
      else for (const each of batch) await this.#publishEvents(topic, [each], aside)
    }
  }

  async #publishDeadLetters(aside: readonly SetAside[]): Promise<void> {
    const { context } = this.#services
    if (aside.length === 0) return
    await this.#append(
      'deadLetters',
      aside.flatMap((each) => deadLetters(each, context)),
    )
    for (const { error, trace } of aside) {
      trace?.setAside(error)
      const labels = { stage: 'collectors', component: context.name, code: errorCode(error) }
      context.metrics.count('posture_dead_letters_total', 1, labels)
      context.condition.failed(asError(error))
    }
  }

  #beginTrace(batch: Pick<CollectedBatch, 'origin'>): BeginTrace | undefined {
    const { tracing, context } = this.#services
    if (tracing === undefined) return undefined
    return (event, index) => StatementTrace.begin(tracing, context.name, event, () => batch.origin?.(index))
  }

  async #append(topic: keyof typeof topics, records: readonly OutgoingRecord[]): Promise<void> {
    const { name } = topics[topic]
    await this.untilDone(`publish to ${name}`, async () => this.#services.stream.publish(name, records))
  }
}

function isPermanent(error: unknown): boolean {
  return error instanceof PipelineError && !error.retryable
}
