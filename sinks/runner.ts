import { once } from 'node:events'
import type { Clock } from '../core/component.ts'
import { errorCode } from '../core/errors.ts'
import type { Logger, Metrics } from '../core/telemetry.ts'
import { deadLetterRecords, streamOrigin } from '../schemas/dead-letters.ts'
import type { AfterCommit, Batch, Consumption, Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { deliver } from './deliver.ts'
import type { SinkDelivery } from './delivery-options.ts'
import { SinkHealth } from './health.ts'
import { readBatch, type SinkBatch } from './read-batch.ts'
import type { Sink, SinkDefinition } from './sink.ts'

export interface SinkRunnerOptions {
  /** The sink's instance name: its key in the configuration. */
  readonly name: string
  readonly tenant: string
  readonly delivery: SinkDelivery
  /** The consumer group; `sink.<name>` unless told. */
  readonly group?: string
}

export interface SinkRunnerServices {
  readonly stream: Stream
  readonly log: Logger
  readonly metrics: Metrics
  readonly clock: Clock
  /** Aborted, it ends the wait for the group; the returned consumption's `stop` ends the rest. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Feeds one sink from its own consumer group, so that its pace and its outages are nobody else's. A batch is committed
 * when the sink has an outcome for each of its findings, together with the dead letters of those it rejected.
 * Stopping does not close the sink: whoever created it does.
 */
export async function runSink(
  sink: Sink,
  definition: Pick<SinkDefinition, 'takes'>,
  options: SinkRunnerOptions,
  services: SinkRunnerServices,
): Promise<Consumption> {
  const { name, delivery, group = `sink.${name}` } = options
  const health = new SinkHealth(sink, { ...services, name, freshMs: delivery.initialBackoffMs })
  const runner = new SinkRunner(sink, definition.takes, options, services, health)
  const consumption = await services.stream.consume(
    { topic: topics.findings.name, group, maxRecords: delivery.batch, signal: services.signal },
    (batch) => runner.handle(batch),
  )
  return {
    stop: async () => {
      await consumption.stop()
      health.close()
    },
  }
}

interface DeadLetter {
  readonly record: StreamRecord
  readonly error: Error
  readonly attempts: number
}

class SinkRunner {
  readonly #sink: Sink
  readonly #takes: SinkDefinition['takes']
  readonly #options: SinkRunnerOptions
  readonly #services: SinkRunnerServices
  readonly #health: SinkHealth

  constructor(
    sink: Sink,
    takes: SinkDefinition['takes'],
    options: SinkRunnerOptions,
    services: SinkRunnerServices,
    health: SinkHealth,
  ) {
    this.#sink = sink
    this.#takes = takes
    this.#options = options
    this.#services = services
    this.#health = health
  }

  async handle(batch: Batch): Promise<AfterCommit> {
    const read = readBatch(batch.records, this.#options.tenant, this.#takes)
    const rejected = await this.#deliver(read, batch.signal)
    if (read.newer) await this.#hold(read.newer, batch.signal)
    const dead = [...read.unreadable.map((each) => ({ ...each, attempts: 1 })), ...rejected]
    if (dead.length > 0)
      batch.publish(
        topics.deadLetters.name,
        dead.flatMap((letter) => this.#bury(letter)),
      )
    return () => this.#account(read, rejected.length, dead)
  }

  async #deliver(read: SinkBatch, signal: AbortSignal): Promise<DeadLetter[]> {
    const { maxAttempts, initialBackoffMs, maxBackoffMs } = this.#options.delivery
    const backoff = { initialMs: initialBackoffMs, maxMs: maxBackoffMs }
    const findings = [...read.findings.keys()]
    const rejections = await deliver(this.#sink, findings, { maxAttempts, backoff }, this.#health, signal)
    return rejections.map(({ finding, error, attempts }) => ({ record: read.findings.get(finding)!, error, attempts }))
  }

  /** Stands still before a record of a newer version: only an upgrade, and so a restart, can read it. */
  async #hold(newer: Error, signal: AbortSignal): Promise<never> {
    this.#health.waiting(signal, newer)
    try {
      if (!signal.aborted) await once(signal, 'abort')
      throw signal.reason
    } finally {
      this.#health.working(signal)
    }
  }

  #bury({ record, error, attempts }: DeadLetter): ReturnType<typeof deadLetterRecords> {
    const { key, value, headers } = record
    return deadLetterRecords(
      { key, value: value ?? new Uint8Array(), headers },
      {
        stage: 'sinks',
        component: this.#options.name,
        error,
        attempts,
        origin: streamOrigin(record),
        time: this.#services.clock(),
      },
    )
  }

  /** Counted once the batch is committed, so that a batch that is delivered again counts once. */
  #account(read: SinkBatch, rejected: number, dead: readonly DeadLetter[]): void {
    const { metrics, log } = this.#services
    const sink = this.#options.name
    const outcomes = { delivered: read.findings.size - rejected, rejected: dead.length, ...read.skipped }
    for (const [outcome, count] of Object.entries(outcomes)) {
      if (count > 0) metrics.count('sink_records_total', count, { sink, outcome })
    }
    const codes = new Map<string, number>()
    for (const { error } of dead) codes.set(errorCode(error), (codes.get(errorCode(error)) ?? 0) + 1)
    for (const [code, count] of codes)
      metrics.count('dead_letters_total', count, { stage: 'sinks', component: sink, code })
    if (dead.length > 0) {
      const fields = { sink, findings: dead.length, codes: Object.fromEntries(codes), example: dead[0]!.error.message }
      log.warn(fields, 'Findings that cannot be delivered were set aside as dead letters')
    }
  }
}
