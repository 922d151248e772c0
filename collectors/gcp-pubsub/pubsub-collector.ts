import type { Context } from '../../core/component.ts'
import { errorCode } from '../../core/errors.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { CollectedBatch, Collector, SetAsideBytes } from '../collector.ts'
import type { Inbox } from '../messages/inbox.ts'
import type { Message } from '../messages/message.ts'
import { MessageReading } from '../messages/message-reading.ts'
import { OtherMessages } from '../messages/other-messages.ts'
import { pushedBatches, type Subscription } from '../messages/pushed-batches.ts'
import type { Config } from './config.ts'
import { Delivery } from './delivery.ts'
import { sccFormat } from './mapping/scc-format.ts'
import { pubsubError } from './pubsub-error.ts'
import { Source, type Facts } from './source.ts'
import { refuseUnlessPulled, sentencesOf } from './subscription-facts.ts'

/** A batch is made of so many messages at most. */
const BATCH_MESSAGES = 200
/** gRPC's PERMISSION_DENIED and UNIMPLEMENTED, as errors of ours. */
const DENIED = 'PUBSUB_ACCESS_DENIED'
const CANNOT_SAY = 'PUBSUB_ANSWER_UNREADABLE'

/**
 * Pub/Sub keeps what was read: a message is acknowledged once what is in it is durable, and until then it comes again, to
 * this reader or another. So there is no position, and any number of readers may share a subscription.
 */
export class PubsubCollector implements Collector {
  readonly #config: Config
  readonly #context: Context
  readonly #source: Source
  readonly #reading: MessageReading
  readonly #others: OtherMessages

  constructor(config: Config, context: Context) {
    this.#config = config
    this.#context = context
    this.#source = new Source(config)
    const { name } = this.#source
    this.#reading = new MessageReading(context, name.slice(name.lastIndexOf('/') + 1), sccFormat)
    this.#others = new OtherMessages(context, name, 'narrow the filter of the notification config')
  }

  async check(signal: AbortSignal): Promise<void> {
    const facts = await this.#looked(signal)
    if (facts === undefined)
      this.#context.log.warn(
        {},
        `${this.#source.name} may be read, but not looked at: what would be lost there cannot be said. Grant roles/pubsub.viewer on it to be told.`,
      )
  }

  async outlook(signal: AbortSignal): Promise<readonly string[]> {
    const facts = await this.#looked(signal)
    return facts === undefined ? [] : sentencesOf(facts)
  }

  async *collect(_position: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    const { waitSeconds, maxMessages } = this.#config
    const atMost = Math.min(BATCH_MESSAGES, maxMessages)
    yield* pushedBatches<Message>(
      {
        open: (inbox) => this.#open(inbox, atMost, signal),
        make: (messages) => this.#batchesOf(messages),
        atMost,
        waitMs: waitSeconds * 1000,
      },
      signal,
    )
  }

  async reread(letter: SetAsideBytes): Promise<readonly PostureEvent[]> {
    return this.#reading.reread(letter)
  }

  async close(): Promise<void> {
    await this.#source.close()
  }

  /** Looks before it listens: a stream to what is not there says nothing for minutes, which would count as the end. */
  async #open(inbox: Inbox<Message>, atOnce: number, signal: AbortSignal): Promise<Subscription> {
    await this.#looked(signal)
    const pulled = await this.#source.pulled()
    return new Delivery(pulled, { inbox, where: this.#source.name, atOnce, log: this.#context.log, signal })
  }

  /**
   * What Pub/Sub says of the subscription; nothing where we may read it and no more, as with roles/pubsub.subscriber. Rejects
   * where its messages cannot be read.
   */
  async #looked(signal: AbortSignal): Promise<Facts | undefined> {
    const facts = await unless(DENIED, this.#source.facts(signal))
    if (facts !== undefined) refuseUnlessPulled(facts, this.#source.name)
    // An emulator does not know of rights.
    const may = await unless(CANNOT_SAY, this.#source.mayConsume(signal))
    if (may !== false) return facts
    const denied = Object.assign(new Error('testIamPermissions'), { code: 7 })
    throw pubsubError(denied, { action: 'pubsub.subscriptions.consume', where: this.#source.name })
  }

  *#batchesOf(messages: readonly Message[]): Generator<CollectedBatch> {
    const { batch, others } = this.#reading.read(messages)
    this.#others.note(others)
    // An empty batch would say that nothing is left.
    if (batch.read > 0) yield batch
  }
}

async function unless<T>(code: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (errorCode(error) === code) return undefined
    throw error
  }
}
