import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Context } from '../../core/component.ts'
import type { CollectedBatch, Collector, CollectorDefinition } from '../collector.ts'
import { access } from './access.ts'
import { checkQueue } from '../aws/check-queue.ts'
import { configSchema, type Config } from './config.ts'
import { HeldMessages } from '../aws/held-messages.ts'
import { MessageReading } from './message-events.ts'
import { OtherMessages } from './other-messages.ts'
import { queueClient } from '../aws/queue-settings.ts'
import { Queue } from '../aws/queue.ts'
import { Reception } from '../aws/reception.ts'

/** Reads what Security Hub says at the moment at which it says it, from a queue that an EventBridge rule feeds. */
export const awsSecurityHubEvents: CollectorDefinition<typeof configSchema> = {
  name: 'aws-security-hub-events',
  summary: 'Reads findings of AWS Security Hub from an SQS queue, as EventBridge brings them',
  configSchema,
  access,
  runs: 'continuously',
  consumes: true,
  create: (config, context) => new AwsSecurityHubEvents(config, context, queueClient(config)),
}

/**
 * The queue keeps what was read: a message is deleted once what is in it is durable, and until then SQS gives it again,
 * to this reader or another. So there is no position, and any number of readers may share a queue.
 */
class AwsSecurityHubEvents implements Collector {
  readonly #config: Config
  readonly #context: Context
  readonly #client: SQSClient
  readonly #queue: Queue
  readonly #reading: MessageReading
  readonly #others: OtherMessages

  constructor(config: Config, context: Context, client: SQSClient) {
    this.#config = config
    this.#context = context
    this.#client = client
    this.#queue = new Queue(client, config.queueUrl)
    this.#reading = new MessageReading(context, config.queueUrl)
    this.#others = new OtherMessages(context, config.queueUrl)
  }

  async check(signal: AbortSignal): Promise<void> {
    await checkQueue(this.#queue, this.#context.log, signal)
  }

  async *collect(_position: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    const { waitSeconds, visibilitySeconds, maxMessages } = this.#config
    const { clock, log } = this.#context
    const queue = this.#queue
    const held = new HeldMessages({ queue, visibilitySeconds, clock, log })
    const reception = new Reception({ queue, held, waitSeconds, visibilitySeconds, maxMessages })
    try {
      for (;;) {
        const messages = await reception.next(signal)
        if (messages === undefined) break
        const { batch, others } = this.#reading.read(messages)
        this.#others.note(others)
        // An empty batch would say that the queue is empty.
        if (batch.read > 0) yield batch
        // Reached only when the batch is durable: whoever cannot go on ends the iteration instead.
        held.done(messages)
      }
      await held.deleted(signal)
    } finally {
      await reception.stop()
      await held.close()
    }
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }
}
