import { randomUUID } from 'node:crypto'
import { AssignerProtocol, type Consumer, type EachBatchPayload, type PartitionAssigner } from 'kafkajs'
import { Backoff } from '../../core/backoff.ts'
import { kafkaError, physicalGroup, physicalTopic, type KafkaClient, type KafkaOptions } from './client.ts'
import { FailureReport } from '../failure-report.ts'
import type { RecordsHandler } from '../stream.ts'
import { deliveryOf } from './records.ts'

interface ReaderOptions {
  readonly kafka: KafkaClient
  readonly options: KafkaOptions
  readonly topic: string
  /** By partition, the offset to read from; other partitions are not read. */
  readonly from: ReadonlyMap<number, bigint>
  /** By partition, the offset at which it has been read whole; what comes later is read as well until it is stopped. */
  readonly until: ReadonlyMap<number, bigint>
  readonly handle: RecordsHandler
}

const MAX_WAIT_MS = 100
const BYTES_PER_PARTITION = 4 * 1024 * 1024
const RETRY = { initialMs: 250, maxMs: 5000 }

/**
 * Reads partitions from given offsets without being anybody's consumer. The client knows no reading without a group, so
 * that this is a group of its own with one member, which takes exactly the partitions that are asked for and commits
 * nothing; it is deleted afterwards.
 */
export class Reader {
  /** Resolves when everything up to `until` has been handed over; rejects when it is stopped, or fails, before that. */
  readonly done: Promise<void>
  readonly #options: ReaderOptions
  readonly #groupId: string
  readonly #physical: string
  readonly #consumer: Consumer
  readonly #report: FailureReport
  readonly #ending = new AbortController()
  readonly #next: Map<number, bigint>
  readonly #done = Promise.withResolvers<void>()
  #stopping: Promise<void> | undefined

  constructor(options: ReaderOptions) {
    const { kafka, options: settings, topic } = options
    this.#options = options
    this.#groupId = physicalGroup(settings.prefix, `reader.${randomUUID()}`)
    this.#physical = physicalTopic(settings.prefix, topic)
    this.#report = new FailureReport(settings.log, { topic })
    this.#next = new Map(options.from)
    this.done = this.#done.promise
    // Not everyone who stops a reader waits for it to be done.
    this.done.catch(() => undefined)
    this.#consumer = kafka.consumer({
      groupId: this.#groupId,
      partitionAssigners: [only(this.#physical, [...options.from.keys()])],
      sessionTimeout: settings.sessionTimeoutMs,
      heartbeatInterval: Math.floor(settings.sessionTimeoutMs / 5),
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: BYTES_PER_PARTITION,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      retry: { retries: 12, restartOnFailure: async () => true },
    })
  }

  /** Resolves once reading has begun. */
  async start(): Promise<void> {
    const { events } = this.#consumer
    this.#consumer.on(events.GROUP_JOIN, () => {
      for (const [partition, offset] of this.#next) this.#seek(partition, offset)
    })
    // Of what readers do not see, only this tells that it was passed.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#advance(payload.partition, BigInt(payload.lastOffset) + 1n)
    })
    this.#consumer.on(events.CRASH, ({ payload }) => {
      const error = kafkaError(payload.error, `read ${this.#options.topic}`)
      this.#report.failed(error)
      if (!payload.restart) this.#done.reject(error)
    })
    try {
      await this.#consumer.connect()
      await this.#consumer.subscribe({ topic: this.#physical, fromBeginning: true })
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#take(payload),
      })
    } catch (error) {
      await this.stop()
      throw kafkaError(error, `read ${this.#options.topic}`)
    }
    this.#settle()
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#ending.abort()
    this.#done.reject(new Error(`the reader of ${this.#options.topic} was stopped`))
    await this.#consumer.disconnect().catch(() => undefined)
    void this.#forget()
  }

  /** A group that has committed nothing goes away by itself, in time; this is only to leave the place tidy. */
  async #forget(): Promise<void> {
    const admin = this.#options.kafka.admin({ retry: { retries: 1 } })
    try {
      await admin.connect()
      await admin.deleteGroups([this.#groupId])
    } catch {
      // It may lack the right, or the broker may be gone.
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }

  async #take({ batch, resolveOffset, heartbeat }: EachBatchPayload): Promise<void> {
    const { from, records, next } = deliveryOf(batch, this.#options.topic)
    const expected = this.#next.get(batch.partition)
    if (expected === undefined || this.#ending.signal.aborted) return
    // Left over from before a seek, or from before the group was joined anew.
    if (from !== expected) return this.#seek(batch.partition, expected)
    if (await this.#handOver(records, heartbeat)) {
      resolveOffset(String(next - 1n))
      this.#advance(batch.partition, next)
    }
  }

  #seek(partition: number, offset: bigint): void {
    this.#consumer.seek({ topic: this.#physical, partition, offset: String(offset) })
  }

  /** Until the handler takes it; false when the reader was stopped before that. */
  async #handOver(records: Parameters<RecordsHandler>[0], heartbeat: () => Promise<void>): Promise<boolean> {
    const { signal } = this.#ending
    const backoff = new Backoff(RETRY)
    while (!signal.aborted) {
      try {
        await this.#options.handle(records)
        this.#report.succeeded()
        return true
      } catch (error) {
        if (signal.aborted) return false
        this.#report.failed(error)
        await backoff.wait(signal).catch(() => undefined)
        await heartbeat()
      }
    }
    return false
  }

  #advance(partition: number, next: bigint): void {
    const held = this.#next.get(partition)
    if (held === undefined || next <= held) return
    this.#next.set(partition, next)
    this.#settle()
  }

  #settle(): void {
    const whole = [...this.#options.until].every(([partition, end]) => (this.#next.get(partition) ?? end) >= end)
    if (whole) this.#done.resolve()
  }
}

/** Gives the group's one member these partitions and no others. */
function only(topic: string, partitions: readonly number[]): PartitionAssigner {
  const name = 'posture-stream.reader'
  const version = 1
  const userData = Buffer.alloc(0)
  return () => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }),
    }),
    assign: async ({ members }) =>
      members.slice(0, 1).map(({ memberId }) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: [...partitions] },
          userData,
        }),
      })),
  })
}
