import { randomUUID } from 'node:crypto'
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { EventBridge } from './servers/moto/event-bridge.ts'

const REGION = 'eu-west-1'
const AT_ONCE = 10

/** What finds the credentials that moto does not look at. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }

/** A queue of its own in a moto, and the rule that brings imports of findings to it. */
export class FindingsQueue {
  readonly endpoint: string
  readonly url: string
  readonly #client: SQSClient
  readonly #events: EventBridge

  private constructor(endpoint: string, url: string, client: SQSClient) {
    this.endpoint = endpoint
    this.url = url
    this.#client = client
    this.#events = new EventBridge(endpoint, REGION)
  }

  /** A FIFO queue has no rule. */
  static async create(endpoint: string, { fifo = false } = {}): Promise<FindingsQueue> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const client = new SQSClient({ endpoint, region: REGION, credentials })
    const name = `findings-${randomUUID()}`
    const created = fifo
      ? { QueueName: `${name}.fifo`, Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' } }
      : { QueueName: name }
    const { QueueUrl } = await client.send(new CreateQueueCommand(created))
    const queue = new FindingsQueue(endpoint, QueueUrl!, client)
    if (fifo) return queue
    const types = ['Security Hub Findings - Imported', 'Findings Imported V2']
    const pattern = { source: ['aws.securityhub'], 'detail-type': types }
    await queue.#events.forward(name, pattern, `arn:aws:sqs:${REGION}:123456789012:${name}`)
    return queue
  }

  /** Each finding in an event of its own, as Security Hub sends them. moto takes half a second for each. */
  async put(findings: readonly object[], type = 'Security Hub Findings - Imported'): Promise<void> {
    for (let from = 0; from < findings.length; from += AT_ONCE)
      await this.#events.put(
        findings.slice(from, from + AT_ONCE).map((finding) => ({
          Source: 'aws.securityhub',
          DetailType: type,
          Detail: JSON.stringify({ findings: [finding] }),
        })),
      )
  }

  /** Bodies as they are; in a FIFO queue with the group of each. */
  async send(bodies: readonly string[], groupOf?: (index: number) => string): Promise<void> {
    for (let from = 0; from < bodies.length; from += AT_ONCE) {
      const Entries = bodies.slice(from, from + AT_ONCE).map((MessageBody, index) => ({
        Id: String(index),
        MessageBody,
        ...(groupOf === undefined ? {} : { MessageGroupId: groupOf(from + index) }),
      }))
      const { Failed = [] } = await this.#client.send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }))
      if (Failed.length > 0) throw new Error(`The queue refused ${Failed.length} messages`)
    }
  }

  /** Messages that have not been deleted, and those of them that a reader holds. */
  async left(): Promise<{ readonly all: number; readonly held: number }> {
    const [visible, hidden] = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
    const command = new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: [visible, hidden] })
    const { Attributes = {} } = await this.#client.send(command)
    const held = Number(Attributes[hidden])
    return { all: Number(Attributes[visible]) + held, held }
  }

  close(): void {
    this.#client.destroy()
  }
}
