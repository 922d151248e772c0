import { setImmediate } from 'node:timers/promises'
import type {
  EventHubConsumerClient,
  PartitionContext,
  ReceivedEventData,
  SubscriptionEventHandlers,
} from '@azure/event-hubs'
import type { Context } from '../../../core/component.ts'
import type { Inbox } from '../../messages/inbox.ts'
import type { Message } from '../../messages/message.ts'
import type { Subscription } from '../../messages/pushed-batches.ts'
import type { Config } from '../config.ts'
import { messageOf } from './event-body.ts'
import { Evictions, isEviction } from './evictions.ts'
import { MissedMessages } from './missed-messages.ts'
import { Quiet } from './quiet.ts'
import type { SharedPartitions } from './shared-partitions.ts'
import { within } from '../within.ts'

/** How long what is durable may take to be checkpointed, and the client to let go, in milliseconds. */
const CLOSE_MS = 5000
const LONGEST_LOOK_SECONDS = 5

interface HubSubscriptionOptions {
  readonly config: Config
  readonly context: Context
  readonly client: EventHubConsumerClient
  readonly shared: SharedPartitions
  /** All of the hub. */
  readonly partitions: readonly string[]
  readonly inbox: Inbox<Message>
  readonly signal: AbortSignal
  readonly errorOf: (thrown: unknown) => Error
}

/**
 * Reads the partitions that fall to this reader: each list of messages is put into the inbox, waited for, and then a
 * checkpoint is saved, before the partition is asked for more. So a checkpoint says what this pipeline made durable, and
 * nothing else: moving it forward is right whoever reads the partition by now, and that a stale reader moves it back only
 * makes others repeat.
 */
export class HubSubscription implements Subscription {
  readonly #options: HubSubscriptionOptions
  readonly #quiet: Quiet
  readonly #missed: MissedMessages
  readonly #evictions: Evictions
  readonly #saving = new Set<Promise<void>>()
  readonly #closed = Promise.withResolvers<void>()
  #isTellingQuiet = false
  #subscription: { close(): Promise<void> } | undefined

  constructor(options: HubSubscriptionOptions) {
    const { config, shared, context, partitions } = options
    this.#options = options
    this.#evictions = new Evictions(config.consumerGroup)
    this.#missed = new MissedMessages(context, config)
    this.#quiet = new Quiet({
      waitMs: config.waitSeconds * 1000,
      lookMs: lookSeconds(config) * 1000,
      partitions,
      isHeld: (partition) => shared.held.has(partition),
      isOthers: (partition) => shared.isOthers(partition),
    })
  }

  start(): void {
    const { client, config } = this.#options
    const { maxMessages, startFrom } = config
    this.#subscription = client.subscribe(this.#handlers(), {
      maxBatchSize: maxMessages,
      prefetchCount: maxMessages,
      maxWaitTimeInSeconds: lookSeconds(config),
      skipParsingBodyAsJson: true,
      startPosition: startFrom === 'earliest' ? { offset: '-1' } : { enqueuedOn: this.#options.context.clock() },
    })
  }

  /** Somebody looked at the claims: where others read everything, nothing else says that nothing came. */
  looked(): void {
    this.#tellQuiet()
  }

  async close(): Promise<void> {
    // Whoever was told just now that its messages are durable comes to saving its checkpoint first.
    await setImmediate()
    await within(CLOSE_MS, Promise.allSettled(this.#saving))
    this.#options.shared.close()
    const letGo = async (): Promise<void> => {
      await this.#subscription?.close()
      await this.#options.client.close()
    }
    await within(CLOSE_MS, letGo())
    this.#closed.resolve()
  }

  #handlers(): SubscriptionEventHandlers {
    const { shared, config } = this.#options
    return {
      processInitialize: async (partition) => {
        const checkpoint = shared.checkpointOf(partition.partitionId)
        shared.hold(partition.partitionId)
        this.#missed.begin(partition.partitionId, checkpoint)
        if (checkpoint === undefined && config.startFrom === 'latest') await this.#saveBeginning(partition)
      },
      processClose: async (_reason, { partitionId }) => {
        shared.letGo(partitionId)
        this.#quiet.lost(partitionId)
      },
      processEvents: async (events, partition) => {
        this.#evictions.reads(partition.partitionId)
        if (events.length > 0) await this.#read(events, partition)
        else {
          this.#quiet.silent(partition.partitionId, performance.now())
          this.#tellQuiet()
        }
      },
      processError: async (error, { partitionId }) => {
        if (isEviction(error)) this.#evictions.evicted(partitionId, (taken) => this.#options.inbox.fail(taken))
        else this.#failed(error)
      },
    }
  }

  /** So that what comes while nobody reads is not passed over by the next reader: that one would begin at its own latest. */
  async #saveBeginning(partition: PartitionContext): Promise<void> {
    const { client, signal: abortSignal } = this.#options
    const newest = await client.getPartitionProperties(partition.partitionId, { abortSignal })
    const at = { offset: newest.lastEnqueuedOffset, sequenceNumber: newest.lastEnqueuedSequenceNumber }
    await partition.updateCheckpoint(at as ReceivedEventData)
  }

  async #read(events: readonly ReceivedEventData[], partition: PartitionContext): Promise<void> {
    const { inbox, signal } = this.#options
    const { partitionId } = partition
    this.#quiet.busy(partitionId, performance.now())
    this.#missed.look(partitionId, events)
    try {
      await inbox.put(
        events.map((event) => messageOf(partitionId, event)),
        signal,
      )
    } catch (error) {
      this.#failed(error)
      // Nobody takes anything any more: what else is on its way must not be asked for, nor passed over.
      return this.#closed.promise
    }
    const saving = this.#save(events.at(-1)!, partition)
    this.#saving.add(saving)
    await saving
    this.#saving.delete(saving)
  }

  /** Where the partition is another's by now, that one's checkpoints are at least as good. Never rejects. */
  async #save(last: ReceivedEventData, partition: PartitionContext): Promise<void> {
    if (!this.#options.shared.held.has(partition.partitionId)) return
    try {
      await partition.updateCheckpoint(last)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** What is over by itself, the SDK has tried again already. */
  #failed(thrown: unknown): void {
    if (thrown instanceof Error && thrown.name === 'AbortError') return
    this.#options.inbox.fail(this.#options.errorOf(thrown))
  }

  #tellQuiet(): void {
    const { inbox, signal } = this.#options
    if (this.#isTellingQuiet || !this.#quiet.isLongEnough(performance.now())) return
    this.#isTellingQuiet = true
    inbox
      .put([], signal)
      .catch(() => undefined)
      .finally(() => (this.#isTellingQuiet = false))
  }
}

/** Several looks make up the time after which nothing came. */
function lookSeconds({ waitSeconds }: Config): number {
  return Math.min(LONGEST_LOOK_SECONDS, waitSeconds / 2)
}
