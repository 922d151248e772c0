import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Context } from '../../core/component.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { checkQueue } from '../aws/check-queue.ts'
import type { Message } from '../aws/message.ts'
import { queueBatches } from '../aws/queue-batches.ts'
import { queueClient } from '../aws/queue-settings.ts'
import { Queue } from '../aws/queue.ts'
import { MessageReading } from '../messages/message-reading.ts'
import { OtherMessages } from '../messages/other-messages.ts'
import type { CollectedBatch, Collector, CollectorDefinition, SetAsideBytes } from '../collector.ts'
import { securityHubEventsErrors } from './error-notes.ts'
import { access } from './access.ts'
import { configSchema, type Config } from './config.ts'
import { mapFinding } from './map-finding.ts'
import { readBody } from './message-body.ts'

/** Reads what Security Hub says at the moment at which it says it, from a queue that an EventBridge rule feeds. */
export const awsSecurityHubEvents: CollectorDefinition<typeof configSchema> = {
  name: 'aws-security-hub-events',
  summary: 'Reads findings of AWS Security Hub from an SQS queue, as EventBridge brings them',
  configSchema,
  access,
  limits: [
    'EventBridge may lose and repeat events; a sweep by aws-security-hub finds what was missed.',
    'One message has at most 1 MB and is deleted only when what it holds is durable.',
  ],
  errors: securityHubEventsErrors,
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
    const place = config.queueUrl.slice(config.queueUrl.lastIndexOf('/') + 1)
    this.#reading = new MessageReading(context, place, { open: readBody, map: mapFinding })
    this.#others = new OtherMessages(context, config.queueUrl, 'narrow the EventBridge rule')
  }

  async check(signal: AbortSignal): Promise<void> {
    await checkQueue(this.#queue, this.#context.log, signal)
  }

  async *collect(_position: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    const { clock, log } = this.#context
    const reading = { ...this.#config, queue: this.#queue, clock, log }
    yield* queueBatches(reading, (messages) => this.#batchesOf(messages), signal)
  }

  async reread(letter: SetAsideBytes): Promise<readonly PostureEvent[]> {
    return this.#reading.reread(letter)
  }

  *#batchesOf(messages: readonly Message[]): Generator<CollectedBatch> {
    const { batch, others } = this.#reading.read(messages)
    this.#others.note(others)
    // An empty batch would say that the queue is empty.
    if (batch.read > 0) yield batch
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }
}
