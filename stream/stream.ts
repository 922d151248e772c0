/**
 * The most bytes of key, value and headers of one record; dead letters may be twice as large. Every broker takes this
 * much unless it was told otherwise.
 */
export const MAX_RECORD_BYTES = 1_000_000

/** What a record counts against the limit: the bytes of its key, its value and its headers. */
export function recordBytes({ key, value, headers = {} }: OutgoingRecord): number {
  let bytes = Buffer.byteLength(key) + (value?.byteLength ?? 0)
  for (const [name, text] of Object.entries(headers)) bytes += Buffer.byteLength(name) + Buffer.byteLength(text)
  return bytes
}

/**
 * The durable log between stages: Kafka in production, an embedded log on a laptop and in tests.
 * `stream.contract.ts` states what every implementation promises.
 */
export interface Stream {
  /**
   * Resolves once every record is durable. Same topic and partition: in the order given. Throws a PermanentError
   * (`RECORD_TOO_LARGE`) for a record over the topic's limit, and then writes none of the call.
   */
  publish(topic: string, records: readonly OutgoingRecord[]): Promise<void>
  /**
   * Hands over ordered batches, one at a time per partition. Resolving is committing: the batch's own publishes and its
   * position become visible together. Rejecting discards both, and after a pause the partition is taken over anew.
   */
  consume(options: ConsumeOptions, handle: BatchHandler): Promise<GroupConsumption>
  /** Reads a whole topic and then its tail, without a group: for tables that every process holds. */
  follow(topic: string, handle: RecordsHandler, options?: FollowOptions): Promise<Following>
  /**
   * Records that the group has not committed yet, summed over partitions. Exact when it is 0; on Kafka each transaction's
   * end counts as one more until it is passed.
   */
  lag(topic: string, group: string): Promise<number>
  /** By partition, the offset that the group goes on from; without those where it has committed nothing yet. */
  positions(topic: string, group: string): Promise<ReadonlyMap<number, bigint>>
  /** By partition, the offset that the next record will take. */
  ends(topic: string): Promise<ReadonlyMap<number, bigint>>
  /** By partition, the offset of the oldest record still kept (the end, where none is). */
  beginnings(topic: string): Promise<ReadonlyMap<number, bigint>>
  /**
   * By partition, where to read what was written at `time` (milliseconds since the epoch) or later: the offset of the first
   * such record, by the clock of whoever keeps the topic; the end, where none was. On Kafka it may be the place of something
   * that readers do not see, the end of a transaction for instance: reading from there begins with that first record as well.
   */
  offsetsSince(topic: string, time: number): Promise<ReadonlyMap<number, bigint>>
  /**
   * Forgets a group and its positions; does nothing where there is none. Rejects with a TransientError (`GROUP_IN_USE`) while
   * it has members, or while one of them is still leaving.
   */
  forgetGroup(topic: string, group: string): Promise<void>
  close(): Promise<void>
}

/** A record to write. A null value deletes its key in a compacted topic. */
export interface OutgoingRecord {
  readonly key: string
  readonly value: Uint8Array | null
  readonly headers?: Readonly<Record<string, string>>
  /** What decides the partition (murmur2, as Kafka's Java client hashes), when it is not the key. */
  readonly partitionBy?: string
  /** The partition itself, where output must lie beside its input. */
  readonly partition?: number
}

export interface StreamRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** When it was written, in milliseconds since the epoch. */
  readonly timestamp: number
  readonly key: string
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
}

export type RecordsHandler = (records: readonly StreamRecord[]) => Promise<void> | void

export interface FollowOptions {
  /** By partition, the offset to begin with; the oldest that is kept, where it says nothing or that is gone. */
  readonly from?: ReadonlyMap<number, bigint>
}

export interface ConsumeOptions {
  readonly topic: string
  /** Its members share the partitions; a group reads one topic. */
  readonly group: string
  /**
   * Where a group without a committed position starts; `earliest` unless told. A map says it by partition, for others the
   * earliest. When `consume` has resolved, `latest` and what the map says are the group's position in the partitions of
   * this member, also for whoever starts it again.
   */
  readonly from?: 'earliest' | 'latest' | ReadonlyMap<number, bigint>
  /** The most records in one batch; 500 unless told. */
  readonly maxRecords?: number
  /** Calls the handler with an empty batch when no record came for this long, in milliseconds: the clock's batch. */
  readonly tickMs?: number
  /**
   * Called when a partition is taken over, before its first batch, and again after every failed one. What it resolves to
   * is the offset to go on from, before the group's own position; undefined leaves the group's position in force.
   */
  readonly assigned?: (assignment: Assignment) => Promise<bigint | undefined>
  /** Aborted, it ends the wait for the group to take this member in: `consume` rejects. Afterwards `stop` is what ends it. */
  readonly signal?: AbortSignal | undefined
}

export interface Assignment {
  readonly partition: number
  /** Aborted when the partition is taken away or the process stops. */
  readonly signal: AbortSignal
  /**
   * Reads this partition of `topic` from `from` (the beginning, where that is gone) to its committed end.
   * Resolves to that end: the offset to restore from next time.
   */
  restore(topic: string, from: bigint, handle: RecordsHandler): Promise<bigint>
}

export interface Batch {
  readonly partition: number
  /** In order of offset; empty for the clock's batch. */
  readonly records: readonly StreamRecord[]
  /** Aborted when the partition is taken away or the process stops: reject and let go. */
  readonly signal: AbortSignal
  /** Adds records that become visible together with this batch's commit, or not at all. */
  publish(topic: string, records: readonly OutgoingRecord[]): void
}

/** By topic, the offset after the last record that the batch published there (in its own partition). */
export type Committed = ReadonlyMap<string, bigint>
/**
 * What a handler may return: called once the batch is committed (which readers of a cluster may see a moment later), before
 * the partition's next batch. If it throws, the partition is taken over anew.
 */
export type AfterCommit = (committed: Committed) => Promise<void> | void
export type BatchHandler = (batch: Batch) => Promise<AfterCommit | void>

export interface Consumption {
  /** Resolves once running batches have ended; safe to call twice. */
  stop(): Promise<void>
}

export interface GroupConsumption extends Consumption {
  /** The partitions that are this member's now, also before they are taken over; undefined while the group is moving. */
  partitions(): readonly number[] | undefined
}

export interface Following extends Consumption {
  /** Resolves when the end that the topic had at the start has been handed over. */
  readonly ready: Promise<void>
}
