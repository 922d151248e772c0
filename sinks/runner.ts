import { once } from 'node:events'
import type { Clock } from '../core/component.ts'
import type { Condition } from '../core/condition.ts'
import type { Logger, Metrics } from '../core/telemetry.ts'
import type { Tracing } from '../core/tracing.ts'
import { deadLetterRecords, streamOrigin } from '../schemas/dead-letters.ts'
import type { AfterCommit, Batch, Consumption, Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { beginningOf } from './selection/beginning.ts'
import { deliver } from './deliver.ts'
import { DeliveryTraces } from './delivery-traces.ts'
import { Filter } from './selection/filter.ts'
import { SinkHealth } from './health.ts'
import { projection } from './selection/omit.ts'
import { countOutcomes } from './outcomes.ts'
import { SinkPartitions, type SinkPartition } from './selection/partitions.ts'
import type { ReplayPlan } from './selection/replay-plan.ts'
import { readBatch, type ReadFinding } from './read-batch.ts'
import { selected } from './selection/selection.ts'
import type { SinkSettings } from './settings.ts'
import type { PostureFinding, Sink, SinkDefinition } from './sink.ts'

export interface SinkRunnerOptions extends Pick<SinkSettings, 'delivery'>, Partial<Omit<SinkSettings, 'delivery'>> {
  /** The sink's instance name: its key in the configuration. */
  readonly name: string
  readonly tenant: string
  /** The consumer group; `sink.<name>` unless told. */
  readonly group?: string
  /** Gives the sink what this says, and no more; to be run in a group of its own. Nothing is remembered of it. */
  readonly replay?: ReplayPlan
}

export interface SinkRunnerServices {
  readonly stream: Stream
  readonly log: Logger
  readonly metrics: Metrics
  readonly condition: Condition
  readonly clock: Clock
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined
  /** Aborted, it ends the wait for the group; the returned consumption's `stop` ends the rest. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Feeds one sink from its own consumer group, so that its pace and its outages are nobody else's. A batch is committed
 * when the sink has an outcome for each of its findings, together with the dead letters of those it rejected and what is
 * to be remembered of those it got. Stopping does not close the sink: whoever created it does.
 */
export async function runSink(
  sink: Sink,
  definition: Pick<SinkDefinition, 'takes'>,
  options: SinkRunnerOptions,
  services: SinkRunnerServices,
): Promise<Consumption> {
  const { name, tenant, delivery, group = `sink.${name}`, from = 'state', replay } = options
  const { stream, log, signal } = services
  // A replay has been filtered already.
  const filter = options.filter === undefined || replay !== undefined ? undefined : new Filter(options.filter)
  const begun = { name, tenant, group, from, remembers: filter !== undefined, signal }
  const beginning = replay?.beginning ?? (await beginningOf(stream, begun))
  if (beginning.firstReads > 0)
    log.info({ sink: name }, 'The sink is new: it gets the latest state of every finding first, and then what comes')
  const { progress } = beginning
  const partitions = new SinkPartitions({ name, tenant, group, filter, progress, stream, log })
  const health = new SinkHealth(sink, { ...services, name, freshMs: delivery.initialBackoffMs })
  const runner = new SinkRunner(sink, definition.takes, { ...options, filter }, services, health, partitions)
  const consumption = await stream.consume(
    {
      topic: topics.findings.name,
      group,
      from: beginning.from,
      maxRecords: delivery.batch,
      signal,
      ...(partitions.isNeeded ? { assigned: (assignment) => partitions.takeOver(assignment) } : {}),
    },
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

interface RunnerOptions extends Omit<SinkRunnerOptions, 'filter'> {
  readonly filter: Filter | undefined
}

class SinkRunner {
  readonly #sink: Sink
  readonly #takes: SinkDefinition['takes']
  readonly #options: RunnerOptions
  readonly #services: SinkRunnerServices
  readonly #health: SinkHealth
  readonly #partitions: SinkPartitions
  readonly #given: (finding: PostureFinding) => PostureFinding

  constructor(
    sink: Sink,
    takes: SinkDefinition['takes'],
    options: RunnerOptions,
    services: SinkRunnerServices,
    health: SinkHealth,
    partitions: SinkPartitions,
  ) {
    this.#sink = sink
    this.#takes = takes
    this.#options = options
    this.#services = services
    this.#health = health
    this.#partitions = partitions
    this.#given = projection(options.omit ?? [])
  }

  async handle(batch: Batch): Promise<AfterCommit> {
    const { name, tenant } = this.#options
    const { clock, metrics, log, condition } = this.#services
    const partition = this.#partitions.of(batch.partition)
    const wants = this.#wants(batch.partition, partition)
    const read = readBatch(batch.records, { tenant, takes: this.#takes, wants })
    const findings = this.#selected(read.findings, partition)
    const newsFrom = partition?.firstRead?.before
    const rejected = await this.#deliver(findings, batch.signal)
    const deliveredAt = clock()
    if (read.newer) await this.#hold(read.newer, batch.signal)
    const refused = new Set(rejected.map(({ record }) => record))
    const delivered = findings.filter(({ record }) => !refused.has(record))
    const letters = [...read.unreadable.map((each) => ({ ...each, attempts: 1 })), ...rejected]
    if (letters.length > 0)
      batch.publish(
        topics.deadLetters.name,
        letters.flatMap((letter) => this.#bury(letter)),
      )
    const remembered = this.#partitions.remember(batch, delivered, read.forgotten)
    return (committed) => {
      remembered(committed)
      const outcomes = { given: delivered.length, rejected: letters.length }
      this.#options.replay?.committed(batch.partition, batch.records, outcomes)
      const filtered = read.findings.length - findings.length
      const dead = letters.map(({ error }) => error)
      countOutcomes(name, { delivered, deliveredAt, newsFrom, dead, filtered, skipped: read.skipped }, metrics, log)
      if (dead.length > 0) condition.failed(dead.at(-1)!)
    }
  }

  /** Which offsets of the partition are wanted; undefined where all are. */
  #wants(at: number, partition: SinkPartition | undefined): ((offset: bigint) => boolean) | undefined {
    const { replay } = this.#options
    if (replay !== undefined) return (offset) => replay.wants(at, offset)
    return partition?.firstRead && ((offset) => partition.firstRead!.wants(offset))
  }

  #selected(findings: readonly ReadFinding[], partition: SinkPartition | undefined): readonly ReadFinding[] {
    const { filter } = this.#options
    if (filter === undefined || partition?.delivered === undefined) return findings
    return selected(findings, filter, partition.delivered)
  }

  async #deliver(findings: readonly ReadFinding[], signal: AbortSignal): Promise<DeadLetter[]> {
    const { maxAttempts, initialBackoffMs, maxBackoffMs } = this.#options.delivery
    const backoff = { initialMs: initialBackoffMs, maxMs: maxBackoffMs }
    const given = new Map(findings.map(({ finding, record }) => [this.#given(finding), record]))
    const traces = this.#traces(given)
    try {
      const options = { maxAttempts, backoff, traces }
      const rejections = await deliver(this.#sink, [...given.keys()], options, this.#health, signal)
      return rejections.map(({ finding, error, attempts }) => ({ record: given.get(finding)!, error, attempts }))
    } finally {
      traces?.close()
    }
  }

  #traces(given: ReadonlyMap<PostureFinding, StreamRecord>): DeliveryTraces | undefined {
    const { name, group = `sink.${name}` } = this.#options
    const { tracing } = this.#services
    return tracing && DeliveryTraces.begin({ tracing, sink: name, group }, given)
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
}
