import { inspect } from 'node:util'
import { Backoff, type BackoffOptions } from '../core/backoff.ts'
import type { Context } from '../core/component.ts'
import { PipelineError, asError, errorCode } from '../core/errors.ts'
import { eventRoute } from '../schemas/event-route.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import { eventHeaders } from '../schemas/records.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import { MAX_RECORD_BYTES, recordBytes, type OutgoingRecord, type Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { readCheckpoint, saveCheckpoint } from './checkpoint.ts'
import type { CollectedBatch, Collector } from './collector.ts'
import { deadLetters, eventTooLarge, type SetAside } from './dead-letters.ts'

/** What a collector is run with. */
export interface CollectorServices {
  readonly stream: Stream
  readonly schemas: SchemaRegistry
  /** The collector's own: its name, tenant, log, metrics and clock. */
  readonly context: Context
}

const PAUSE: BackoffOptions = { initialMs: 200, maxMs: 30_000 }

/**
 * Runs a collector of the given type from its last checkpoint until its source has nothing more, or the signal aborts.
 * What it read is durable before its checkpoint is saved, and that before it is asked for more, so that a crash repeats
 * and never loses. Transient errors are waited out; rejects with a permanent one. Closing the collector is the caller's.
 */
export async function runCollector(
  collector: Collector,
  kind: string,
  services: CollectorServices,
  signal: AbortSignal,
): Promise<void> {
  const run = new Run(kind, services, signal)
  try {
    await run.whole(collector)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

class Run {
  readonly #kind: string
  readonly #services: CollectorServices
  readonly #signal: AbortSignal

  constructor(kind: string, services: CollectorServices, signal: AbortSignal) {
    this.#kind = kind
    this.#services = services
    this.#signal = signal
  }

  async whole(collector: Collector): Promise<void> {
    const { stream, schemas, context } = this.#services
    let position = await this.#untilDone('read its checkpoint', async () =>
      readCheckpoint(stream, schemas, context, this.#kind),
    )
    await this.#untilDone('read its source', async (progressed) => {
      for await (const batch of collector.collect(position, this.#signal)) {
        await this.#keep(batch)
        if (batch.position !== undefined) position = batch.position
        this.#signal.throwIfAborted()
        progressed()
      }
    })
  }

  async #keep(batch: CollectedBatch): Promise<void> {
    const { stream, schemas, context } = this.#services
    context.metrics.count('collector_findings_read_total', batch.read, { collector: context.name })
    const aside: SetAside[] = (batch.unreadable ?? []).map((each) => ({ ...each, headers: {} }))
    const outgoing = { events: [] as Outgoing[], global: [] as Outgoing[] }
    for (const event of batch.events) this.#sort(event, outgoing, aside)
    for (const topic of ['events', 'global'] as const) await this.#publishEvents(topic, outgoing[topic], aside)
    await this.#publishDeadLetters(aside)
    const { position } = batch
    if (position === undefined) return
    await this.#untilDone('save its checkpoint', async () =>
      saveCheckpoint(stream, schemas, context, this.#kind, position),
    )
  }

  /** Makes a record of an event; one that our own schema or its size rules out is the mapper's fault and set aside. */
  #sort(event: PostureEvent, outgoing: Record<'events' | 'global', Outgoing[]>, aside: SetAside[]): void {
    try {
      const value = Buffer.from(this.#services.schemas.encode('posture-event', event))
      const { topic, ...route } = eventRoute(event)
      const record = { ...route, value, headers: eventHeaders(event) }
      const size = recordBytes(record)
      if (size > MAX_RECORD_BYTES) aside.push(setAside(record, event, eventTooLarge(size)))
      else outgoing[topic].push({ event, record })
    } catch (error) {
      aside.push({ bytes: bytesOf(event), error: asError(error), origin: originOf(event), headers: {} })
    }
  }

  async #publishEvents(topic: 'events' | 'global', batch: readonly Outgoing[], aside: SetAside[]): Promise<void> {
    if (batch.length === 0) return
    const { context } = this.#services
    const published = (events: readonly Outgoing[]): void => {
      for (const { event } of events)
        context.metrics.count('collector_events_published_total', 1, { collector: context.name, type: event.type })
    }
    try {
      await this.#publish(
        topic,
        batch.map(({ record }) => record),
      )
      published(batch)
    } catch (error) {
      if (!isPermanent(error)) throw error
      const [only] = batch
      if (batch.length === 1 && only !== undefined) aside.push(setAside(only.record, only.event, error))
      else for (const each of batch) await this.#publishEvents(topic, [each], aside)
    }
  }

  async #publishDeadLetters(aside: readonly SetAside[]): Promise<void> {
    const { context } = this.#services
    if (aside.length === 0) return
    await this.#publish(
      'deadLetters',
      aside.flatMap((each) => deadLetters(each, context)),
    )
    for (const { error } of aside) {
      const labels = { stage: 'collectors', component: context.name, code: errorCode(error) }
      context.metrics.count('dead_letters_total', 1, labels)
    }
  }

  async #publish(topic: keyof typeof topics, records: readonly OutgoingRecord[]): Promise<void> {
    await this.#untilDone(`publish to ${topics[topic].name}`, async () =>
      this.#services.stream.publish(topics[topic].name, records),
    )
  }

  /** Tries until it succeeds, the error is permanent, or the signal aborts. */
  async #untilDone<T>(what: string, work: (progressed: () => void) => Promise<T>): Promise<T> {
    const backoff = new Backoff(PAUSE)
    for (;;) {
      try {
        return await work(() => backoff.reset())
      } catch (error) {
        if (this.#signal.aborted || isPermanent(error)) throw error
        const { log, name } = this.#services.context
        const fields = { error, code: errorCode(error) }
        if (error instanceof PipelineError && error.fault === 'configuration')
          log.error(fields, `Collector ${name} cannot ${what} until its configuration is mended; it keeps trying.`)
        else log.warn(fields, `Collector ${name} could not ${what} and tries again.`)
        await backoff.wait(this.#signal, error instanceof PipelineError ? (error.retryAfterMs ?? 0) : 0)
      }
    }
  }
}

interface Outgoing {
  readonly event: PostureEvent
  readonly record: OutgoingRecord & { readonly value: Buffer }
}

function setAside(record: Outgoing['record'], event: PostureEvent, error: unknown): SetAside {
  return { bytes: record.value, error: asError(error), origin: originOf(event), headers: record.headers ?? {} }
}

/** What can still be shown of an event that is no valid record. */
function bytesOf(event: PostureEvent): Buffer {
  try {
    return Buffer.from(JSON.stringify(event))
  } catch {
    return Buffer.from(inspect(event))
  }
}

function originOf(event: PostureEvent): string {
  return `${event.type}/${event.id}`
}

function isPermanent(error: unknown): boolean {
  return error instanceof PipelineError && !error.retryable
}
