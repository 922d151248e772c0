import type { Consumer, EachBatchPayload } from 'kafkajs'
import { Backoff } from '../../core/backoff.ts'
import { PermanentError, TransientError } from '../../core/errors.ts'
import type { FailureReport } from '../failure-report.ts'
import type { Delivery } from './buffered.ts'
import { kafkaError, type KafkaClient } from './client.ts'
import { Membership } from './membership.ts'
import { deliveryOf } from './records.ts'

interface GroupMemberOptions {
  readonly kafka: KafkaClient
  readonly sessionTimeoutMs: number
  /** The topic as the port names it, and as the broker does. */
  readonly topic: string
  readonly physicalTopic: string
  readonly groupId: string
  readonly report: FailureReport
  /** The group has given this member these partitions, and only these. */
  assigned(partitions: readonly number[]): void
  /** The group is moving, or the member has failed: whatever it owned may be somebody else's. */
  revoked(): void
  /** False when it is not taken: it is delivered again. */
  delivered(partition: number, delivery: Delivery): boolean
  /** From `first` (unknown where nothing is kept) to `next` there is nothing that readers see. */
  passed(partition: number, first: bigint | undefined, next: bigint): void
}

/** A fetch waits this long for news, and so does a stop. */
const MAX_WAIT_MS = 250
const BYTES_PER_PARTITION = 4 * 1024 * 1024
const HEARTBEATS_PER_SESSION = 5
const RESTART = { initialMs: 1000, maxMs: 30_000 }
/** Longer than any failover; beyond it whoever started us is told, rather than kept waiting. */
const JOIN_MS = 60_000

/**
 * The client's consumer, which only fetches, heartbeats and rebalances: nothing in here waits for a handler. One that
 * has failed for good or gone silent is replaced by a new one.
 */
export class GroupMember {
  readonly #options: GroupMemberOptions
  readonly #membership = new Membership()
  readonly #backoff = new Backoff(RESTART)
  readonly #ending = new AbortController()
  #client: KafkaClient
  #consumer: Consumer
  #commit: EachBatchPayload['commitOffsetsIfNecessary'] | undefined

  constructor(options: GroupMemberOptions) {
    this.#options = options
    this.#client = options.kafka.fork()
    this.#consumer = this.#newConsumer()
  }

  /** Resolves once the group has taken this member in; rejects when it never can, or has not within a minute. */
  async join(): Promise<void> {
    const consumer = this.#consumer
    const joined = this.#membership.joined()
    const late = setTimeout(() => this.#membership.failed(notTakenIn(this.#options.groupId)), JOIN_MS).unref()
    this.#listen(consumer)
    await consumer.connect()
    await consumer.subscribe({ topic: this.#options.physicalTopic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: async (payload) => this.#receive(payload),
    })
    await joined.finally(() => clearTimeout(late))
  }

  /** A member that has not been taken in has nothing to give back: it does not wait until the client has done trying. */
  async leave(): Promise<void> {
    this.#ending.abort()
    if (this.#membership.isJoined) await this.#consumer.disconnect().catch(() => undefined)
    this.#client.destroy()
  }

  /** Puts a new consumer in the place of this one; its partitions are assigned anew. */
  restart(): void {
    if (this.#ending.signal.aborted) return
    this.#options.revoked()
    const [former, client] = [this.#consumer, this.#client]
    this.#client = this.#options.kafka.fork()
    this.#consumer = this.#newConsumer()
    this.#commit = undefined
    void former
      .disconnect()
      .catch(() => undefined)
      .finally(() => client.destroy())
    void this.join().catch((error: unknown) => {
      this.#options.report.failed(kafkaError(error, `join group ${this.#options.groupId}`))
      void this.#restartLater()
    })
  }

  /** Resolves when the coordinator has answered a heartbeat that was sent from now on: this member still belongs. */
  confirmed(signal: AbortSignal): Promise<void> {
    return this.#membership.confirmed(signal)
  }

  /** What concerns one partition, for as long as the present consumer is the one that owns it. */
  partition(partition: number): { pause(): void; resume(): void; seek(offset: bigint): void } {
    const consumer = this.#consumer
    const topic = this.#options.physicalTopic
    const place = [{ topic, partitions: [partition] }]
    const whileCurrent = (act: () => void): void => {
      if (consumer !== this.#consumer) return
      try {
        act()
      } catch {
        // A consumer that has crashed knows no partitions; the next assignment starts from nothing.
      }
    }
    return {
      pause: () => whileCurrent(() => consumer.pause(place)),
      resume: () => whileCurrent(() => consumer.resume(place)),
      seek: (offset) => whileCurrent(() => consumer.seek({ topic, partition, offset: String(offset) })),
    }
  }

  /** Commits by the generation that is current now, and never again by itself: a commit must not outlive a rebalance. */
  async commit(partition: number, next: bigint): Promise<void> {
    const { physicalTopic: topic, groupId } = this.#options
    const offset = String(next)
    try {
      if (this.#commit === undefined) await this.#consumer.commitOffsets([{ topic, partition, offset }])
      else await this.#commit({ topics: [{ topic, partitions: [{ partition, offset }] }] })
    } catch (error) {
      throw kafkaError(error, `commit the position of group ${groupId}`)
    }
  }

  #newConsumer(): Consumer {
    const { sessionTimeoutMs, groupId } = this.#options
    return this.#client.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.floor(sessionTimeoutMs / HEARTBEATS_PER_SESSION),
      rebalanceTimeout: sessionTimeoutMs * 3,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: BYTES_PER_PARTITION,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      retry: { retries: 12, restartOnFailure: async () => true },
    })
  }

  #listen(consumer: Consumer): void {
    const { events } = consumer
    // A consumer that was replaced may still speak.
    const current =
      <Event>(act: (event: Event) => void) =>
      (event: Event): void => {
        if (consumer === this.#consumer) act(event)
      }
    consumer.on(
      events.HEARTBEAT,
      current(() => this.#membership.confirm()),
    )
    consumer.on(
      events.REBALANCING,
      current(() => this.#options.revoked()),
    )
    consumer.on(
      events.CRASH,
      current(({ payload }) => this.#crashed(payload.error, payload.restart)),
    )
    consumer.on(
      events.GROUP_JOIN,
      current(({ payload }) => this.#joined(payload.memberAssignment[this.#options.physicalTopic] ?? [])),
    )
    // Batches of which readers see nothing never reach the handler; their end must be committed all the same.
    consumer.on(
      events.END_BATCH_PROCESS,
      current(({ payload }) => {
        if (payload.batchSize > 0) return
        // The client's types promise a first offset where it has none.
        const first = (payload.firstOffset as string | null) ?? undefined
        this.#options.passed(
          payload.partition,
          first === undefined ? undefined : BigInt(first),
          BigInt(payload.lastOffset) + 1n,
        )
      }),
    )
  }

  /** Every join is a new assignment: a partition that comes back may have been somebody else's in between. */
  #joined(partitions: readonly number[]): void {
    this.#options.revoked()
    if (!this.#ending.signal.aborted) this.#options.assigned(partitions)
    this.#membership.join()
    this.#options.report.succeeded()
    this.#backoff.reset()
  }

  #crashed(cause: Error, restarts: boolean): void {
    this.#options.revoked()
    // The commit of a consumer that has crashed speaks for a member that is no more.
    this.#commit = undefined
    const error = kafkaError(cause, `stay in group ${this.#options.groupId}`)
    this.#options.report.failed(error)
    // A coordinator that is just being made or replaced is no reason to give up; who waits for the first join waits on.
    if (error instanceof PermanentError) this.#membership.failed(error)
    if (!restarts) void this.#restartLater()
  }

  async #restartLater(): Promise<void> {
    await this.#backoff.wait(this.#ending.signal).catch(() => undefined)
    this.restart()
  }

  #receive({ batch, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload): void {
    this.#commit = commitOffsetsIfNecessary
    const delivery = deliveryOf(batch, this.#options.topic)
    if (this.#options.delivered(batch.partition, delivery)) resolveOffset(String(delivery.next - 1n))
  }
}

function notTakenIn(groupId: string): TransientError {
  return new TransientError(
    'KAFKA_NOT_JOINED',
    `group ${groupId} has not taken this member in within ${JOIN_MS / 1000} s; see the log for what it answered`,
    { fault: 'outage' },
  )
}
