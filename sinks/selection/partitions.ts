import type { Logger } from '../../core/telemetry.ts'
import type { Assignment, Batch, Committed, Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { Delivered } from './delivered.ts'
import { findingRecord, progressRecord, type Owner, type Progress } from './delivery-records.ts'
import type { Filter } from './filter.ts'
import { FirstRead } from './first-read.ts'
import type { ReadFinding } from '../read-batch.ts'
import { recall } from './recall.ts'
import { changesBy, type Changes } from './selection.ts'

export interface PartitionsOptions extends Owner {
  readonly group: string
  readonly filter: Filter | undefined
  /** How the sink stood when it was started, by partition. */
  readonly progress: ReadonlyMap<number, Progress>
  readonly stream: Stream
  readonly log: Logger
}

/** What a sink must know of a partition that it owns. */
export interface SinkPartition {
  /** Undefined where all that comes is delivered. */
  firstRead: FirstRead | undefined
  /** Undefined without a filter. */
  readonly delivered: Delivered | undefined
}

interface Owned extends SinkPartition {
  /** Aborted when the partition was taken away: others may have delivered since. */
  readonly signal: AbortSignal
}

/** What one sink knows of the partitions that it owns, beside its position. */
export class SinkPartitions {
  readonly #options: PartitionsOptions
  readonly #owned = new Map<number, Owned>()

  constructor(options: PartitionsOptions) {
    this.#options = options
  }

  /** Whether a sink needs to know more than its position. */
  get isNeeded(): boolean {
    const { filter, progress } = this.#options
    return filter !== undefined || [...progress.values()].some(({ latestBefore }) => latestBefore !== undefined)
  }

  of(partition: number): SinkPartition | undefined {
    return this.#owned.get(partition)
  }

  /** To be called when a partition is taken over; the sink's position is the group's in any case. */
  async takeOver(assignment: Assignment): Promise<undefined> {
    const { partition, signal } = assignment
    const known = this.#owned.get(partition)
    if (known !== undefined && !known.signal.aborted) {
      await known.delivered?.catchUp(assignment)
      return
    }
    this.#owned.delete(partition)
    const { filter } = this.#options
    const delivered = filter === undefined ? undefined : await Delivered.restore(this.#options, assignment)
    const progress = delivered?.progress ?? this.#options.progress.get(partition) ?? {}
    const firstRead = await this.#firstRead(assignment, progress)
    if (filter !== undefined && delivered !== undefined && progress.remembers !== true) {
      const position = await this.#position(partition)
      const findings = await recall(assignment, { ...this.#options, filter, position, delivered })
      await this.#save(partition, { ...progressOf(firstRead), remembers: true })
      this.#tellRecalled(partition, findings)
    }
    this.#owned.set(partition, { signal, firstRead, delivered })
  }

  /**
   * Adds to a batch what is to be remembered of it: the findings that were delivered and those that are forgotten, and
   * that the first read is over. What is returned is to be called once the batch is committed.
   */
  remember(
    batch: Batch,
    findings: readonly ReadFinding[],
    forgotten: readonly string[],
  ): (committed: Committed) => void {
    const owned = this.#owned.get(batch.partition)
    const last = batch.records.at(-1)
    if (owned === undefined || last === undefined) return () => {}
    const { filter } = this.#options
    const { delivered, firstRead } = owned
    const next = last.offset + 1n
    const changes: Changes = filter && delivered ? changesBy(findings, forgotten, filter, delivered) : new Map()
    const records = [...changes].map(([key, revision]) => findingRecord(this.#options, batch.partition, key, revision))
    const ends = firstRead !== undefined && !firstRead.hasEnded && firstRead.isOverAt(next)
    if (ends) records.push(progressRecord(this.#options, batch.partition, { remembers: filter !== undefined }))
    if (records.length > 0) batch.publish(topics.deliveries.name, records)
    return (committed) => {
      for (const [key, revision] of changes) delivered?.set(key, revision !== null)
      delivered?.knownTo(committed.get(topics.deliveries.name))
      if (ends) firstRead.end()
      if (firstRead !== undefined && next >= firstRead.before) owned.firstRead = undefined
    }
  }

  async #firstRead(assignment: Assignment, progress: Progress): Promise<FirstRead | undefined> {
    const { partition } = assignment
    if (progress.latestBefore === undefined) return undefined
    const before = BigInt(progress.latestBefore)
    const from = await this.#position(partition)
    if (from < before) return FirstRead.plan(assignment, { tenant: this.#options.tenant, from, before })
    await this.#save(partition, { remembers: progress.remembers ?? false })
    return undefined
  }

  async #position(partition: number): Promise<bigint> {
    const { stream, group } = this.#options
    return (await stream.positions(topics.findings.name, group)).get(partition) ?? 0n
  }

  async #save(partition: number, progress: Progress): Promise<void> {
    await this.#options.stream.publish(topics.deliveries.name, [progressRecord(this.#options, partition, progress)])
  }

  #tellRecalled(partition: number, findings: number): void {
    if (findings > 0)
      this.#options.log.info(
        { sink: this.#options.name, partition, findings },
        'The sink has a filter now; findings that it delivered before are delivered until they are closed',
      )
  }
}

function progressOf(firstRead: FirstRead | undefined): Progress {
  return firstRead === undefined ? {} : { latestBefore: String(firstRead.before) }
}
