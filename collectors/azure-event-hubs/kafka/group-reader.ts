import type { Consumer } from 'kafkajs'
import { TransientError } from '../../../core/errors.ts'
import type { Context } from '../../../core/component.ts'
import type { Inbox } from '../../messages/inbox.ts'
import type { Message } from '../../messages/message.ts'
import type { Subscription } from '../../messages/pushed-batches.ts'
import { within } from '../within.ts'
import { BatchDelivery } from './batch-delivery.ts'
import { groupInUse } from './group-in-use.ts'
import type { HubClient } from './hub-client.ts'
import { Positions } from './positions.ts'
import { Silence } from './silence.ts'
import { StallWatch } from './stall-watch.ts'

export interface GroupReaderOptions {
  readonly client: HubClient
  readonly hub: string
  readonly group: string
  readonly partitions: number
  readonly startFrom: 'earliest' | 'latest'
  /** How many messages of a partition are put at once. */
  readonly atMost: number
  readonly sessionMs: number
  /** After how long without a message that is told, in milliseconds. */
  readonly waitMs: number
  /** What kafkajs threw, as one of our errors. */
  readonly errorOf: (thrown: unknown) => Error
  readonly inbox: Inbox<Message>
  readonly context: Pick<Context, 'name' | 'log' | 'metrics'>
}

/** A fetch waits this long for news, and so does whoever closes. */
const MAX_WAIT_MS = 500
/** Less than the 240 s after which Azure forgets a connection. */
const METADATA_MS = 180_000
/** As Microsoft recommends; more often where a session is short. */
const HEARTBEAT_MS = 3000
const BEATS_PER_SESSION = 10
/** Until others have noticed that a reader is gone, and have shared out its partitions. */
const JOIN_BEYOND_SESSION_MS = 90_000
const CLOSE_MS = 5000

/**
 * One reader of a consumer group. What a partition brings is put into the inbox in its order, and its position is
 * committed once that is durable. Where the client gives up, the inbox is told: whoever runs the collector begins anew.
 */
export class GroupReader implements Subscription {
  readonly #options: GroupReaderOptions
  readonly #consumer: Consumer
  readonly #positions: Positions
  readonly #silence: Silence
  readonly #watch: StallWatch
  readonly #delivery: BatchDelivery
  readonly #ending = new AbortController()
  readonly #joined = Promise.withResolvers<void>()
  /** Settled once it is known where the partitions at hand are read on. */
  #placed: Promise<void> = Promise.resolve()

  private constructor(options: GroupReaderOptions) {
    const { client, group, sessionMs, inbox } = options
    this.#options = options
    const beatMs = Math.min(HEARTBEAT_MS, Math.floor(sessionMs / BEATS_PER_SESSION))
    this.#positions = new Positions(options)
    this.#silence = new Silence({ ...options, tell: () => inbox.put([], this.#ending.signal) })
    this.#watch = new StallWatch({
      ...options,
      positions: this.#positions,
      isBusy: () => this.#silence.isBroken,
      stalled: (error) => inbox.fail(error),
    })
    this.#delivery = new BatchDelivery({
      ...options,
      beatMs,
      positions: this.#positions,
      silence: this.#silence,
      placed: () => this.#placed,
      ending: this.#ending.signal,
    })
    this.#consumer = client.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      heartbeatInterval: beatMs,
      maxWaitTimeInMs: MAX_WAIT_MS,
      metadataMaxAge: METADATA_MS,
      allowAutoTopicCreation: false,
    })
  }

  /** Resolves once the group has given this reader its partitions; rejects with an error of ours when it does not. */
  static async open(options: GroupReaderOptions, signal: AbortSignal): Promise<GroupReader> {
    const reader = new GroupReader(options)
    try {
      await reader.#join(signal)
    } catch (error) {
      await reader.close()
      throw options.errorOf(error)
    }
    return reader
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error('the reader is closed'))
    this.#watch.stop()
    this.#silence.stop()
    this.#joined.promise.catch(() => undefined)
    await within(CLOSE_MS, this.#consumer.disconnect())
    this.#options.client.destroy()
  }

  async #join(signal: AbortSignal): Promise<void> {
    const { hub, group, partitions, sessionMs } = this.#options
    const { promise, reject } = this.#joined
    const limitMs = sessionMs + JOIN_BEYOND_SESSION_MS
    const late = setTimeout(() => reject(notTakenIn(group, limitMs)), limitMs)
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#listen()
      await Promise.race([this.#start(hub, partitions), promise])
      await promise
    } finally {
      clearTimeout(late)
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #start(hub: string, partitions: number): Promise<void> {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topic: hub, fromBeginning: true })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitions,
      eachBatch: (payload) => this.#delivery.deliver(payload),
    })
  }

  #listen(): void {
    const { hub } = this.#options
    const { events } = this.#consumer
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => this.#place(payload.memberAssignment[hub] ?? []))
    this.#consumer.on(events.HEARTBEAT, () => this.#silence.beat())
    this.#consumer.on(events.REBALANCING, () => this.#silence.moved())
    this.#consumer.on(events.CRASH, ({ payload }) => this.#failed(payload.error))
    this.#consumer.on(events.RECEIVED_UNSUBSCRIBED_TOPICS, ({ payload }) =>
      this.#failed(groupInUse(payload.groupId, payload.topicsNotSubscribed)),
    )
    // Batches of which readers see nothing never reach us.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#positions.advance(payload.partition, BigInt(payload.lastOffset) + 1n)
    })
  }

  /** Nothing is fetched before it is known from where: kafkajs would put a position that is gone behind our back. */
  #place(partitions: readonly number[]): void {
    const ours = [{ topic: this.#options.hub, partitions: [...partitions] }]
    this.#consumer.pause(ours)
    const placing = this.#positions.place(partitions, this.#consumer)
    this.#placed = placing
    const placed = (): void => {
      if (this.#placed !== placing || this.#ending.signal.aborted) return
      this.#consumer.resume(ours)
      this.#silence.joined()
      this.#joined.resolve()
    }
    placing.then(placed, (error: unknown) => this.#failed(error))
  }

  #failed(error: unknown): void {
    if (this.#ending.signal.aborted) return
    const failure = this.#options.errorOf(error)
    this.#joined.reject(failure)
    this.#options.inbox.fail(failure)
  }
}

function notTakenIn(group: string, limitMs: number): TransientError {
  return new TransientError(
    'EVENT_HUBS_UNREACHABLE',
    `consumer group ${group} has not taken this reader in within ${limitMs / 1000} s; it is tried again`,
    { fault: 'outage' },
  )
}
