import { asError, errorCode, PermanentError } from '../../core/errors.ts'
import type { Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { Beginning } from './beginning.ts'
import type { OffsetList } from './offset-list.ts'
import { PartitionPlan, type PartitionPlanOptions } from './partition-plan.ts'
import { readTopic } from '../../stream/read-topic.ts'
import { rememberedBy } from './remembered.ts'

export interface ReplayOptions extends Omit<PartitionPlanOptions, 'isRemembered' | 'from' | 'before'> {
  /** The sink's instance name: what it remembers of its deliveries is read, and never written. */
  readonly name: string
  /** By partition, where to begin. */
  readonly from: ReadonlyMap<number, bigint>
  /** Aborted, the plan rejects with the signal's reason. */
  readonly signal: AbortSignal
}

/**
 * What a replay gives a sink of what stands on posture.findings when it is planned, and how far that has come. Nothing is
 * read or written twice because of it: the sink's own group and what it remembers stay as they are.
 */
export class ReplayPlan {
  /** Resolves when everything has been given. */
  readonly done: Promise<void>
  readonly #partitions: ReadonlyMap<number, OffsetList>
  readonly #ends: ReadonlyMap<number, bigint>
  readonly #left: Set<number>
  readonly #done = Promise.withResolvers<void>()
  #given = 0
  #rejected = 0

  private constructor(partitions: ReadonlyMap<number, OffsetList>, ends: ReadonlyMap<number, bigint>) {
    this.#partitions = partitions
    this.#ends = ends
    this.#left = new Set([...partitions].flatMap(([partition, { size }]) => (size > 0 ? [partition] : [])))
    this.done = this.#done.promise
    if (this.#left.size === 0) this.#done.resolve()
  }

  /**
   * Reads what is to be replayed, and with a filter everything before it as well: only that tells what was delivered. Takes
   * about 40 bytes a finding for a latest-state sink, 8 a revision for any other, and 30 more a finding for each filter.
   */
  static async make(stream: Stream, options: ReplayOptions): Promise<ReplayPlan> {
    const { name: topic } = topics.findings
    const { filter, only, from, signal } = options
    const isFiltered = filter !== undefined || only !== undefined
    const ends = await stream.ends(topic)
    const isRemembered = filter === undefined ? undefined : await rememberedBy(stream, options)
    const plans = new Map(
      [...ends].map(([partition, before]) => [
        partition,
        new PartitionPlan({ ...options, isRemembered, from: from.get(partition) ?? 0n, before }),
      ]),
    )
    const take = (record: StreamRecord): void => plans.get(record.partition)?.take(record)
    await readTopic(stream, topic, take, { signal, ...(isFiltered ? {} : { from }) }).catch((error: unknown) => {
      throw explained(error)
    })
    return new ReplayPlan(new Map([...plans].map(([partition, plan]) => [partition, plan.offsets()])), ends)
  }

  /** How many findings are to be given. */
  get findings(): number {
    return [...this.#partitions.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** How many the sink has taken. */
  get given(): number {
    return this.#given
  }

  /** How many it would not take: they are dead letters. */
  get rejected(): number {
    return this.#rejected
  }

  /** Whether everything has been given. */
  get isDone(): boolean {
    return this.#left.size === 0
  }

  /** To be said where nothing is left to read: what was still expected has been compacted away. */
  end(): void {
    this.#left.clear()
    this.#done.resolve()
  }

  /** Where the replay's own group begins; nothing is to be remembered of what it delivers. */
  get beginning(): Beginning {
    const starts = [...this.#partitions].map(
      ([partition, { first }]) => [partition, first ?? this.#ends.get(partition) ?? 0n] as const,
    )
    return { from: new Map(starts), progress: new Map(), firstReads: 0 }
  }

  wants(partition: number, offset: bigint): boolean {
    return this.#partitions.get(partition)?.has(offset) ?? false
  }

  /** A batch of these records is committed; what became of its findings. */
  committed(
    partition: number,
    records: readonly StreamRecord[],
    outcomes: { readonly given: number; readonly rejected: number },
  ): void {
    this.#given += outcomes.given
    this.#rejected += outcomes.rejected
    const last = records.at(-1)
    if (last !== undefined && this.#partitions.get(partition)?.isOverAt(last.offset + 1n) === true)
      this.#left.delete(partition)
    if (this.#left.size === 0) this.#done.resolve()
  }
}

function explained(thrown: unknown): unknown {
  if (errorCode(thrown) !== 'SCHEMA_NEWER') return thrown
  const message = `the replay cannot read everything that it is to give: ${asError(thrown).message}`
  return new PermanentError('SCHEMA_NEWER', message, { cause: thrown })
}
