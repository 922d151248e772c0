import { randomUUID } from 'node:crypto'
import type { Context } from '../../core/component.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { CollectedBatch, Collector, SetAsideBytes } from '../collector.ts'
import type { Message } from '../messages/message.ts'
import { MessageReading } from '../messages/message-reading.ts'
import { OtherMessages } from '../messages/other-messages.ts'
import { pushedBatches } from '../messages/pushed-batches.ts'
import { isObject } from '../records/fields.ts'
import type { Config } from './config.ts'
import type { HubAddress } from './hub-address.ts'
import { defenderFormat } from './mapping/defender-format.ts'
import type { HubTransport } from './transport.ts'

/** As long as a timer can be. */
const NEVER_MS = 2 ** 31 - 1

/** The hub keeps what was read, and how far that is stands in checkpoints of the consumer group; our own position is but a name. */
export class EventHubCollector implements Collector {
  readonly #config: Config
  readonly #transport: HubTransport
  readonly #reading: MessageReading
  readonly #others: OtherMessages
  #reader: string | undefined

  constructor(config: Config, context: Context, { host, eventHub }: HubAddress, transport: HubTransport) {
    this.#config = config
    this.#transport = transport
    this.#reading = new MessageReading(context, eventHub, defenderFormat)
    const remedy = 'export only recommendations, alerts and regulatory compliance to this hub'
    this.#others = new OtherMessages(context, `${eventHub} of ${host}`, remedy)
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#transport.check(signal)
  }

  async outlook(signal: AbortSignal): Promise<readonly string[]> {
    const { consumerGroup } = this.#config
    const said = (await this.#transport.outlook?.(signal)) ?? []
    if (consumerGroup.toLowerCase() !== '$default') return said
    const warning = `It reads with the consumer group ${consumerGroup}, with which anything else may read too: give it one of its own.`
    return [...said, warning]
  }

  async *collect(position: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    const { maxMessages, waitSeconds } = this.#config
    this.#reader ??= readerOf(position) ?? randomUUID()
    const reader = this.#reader
    let isSaved = readerOf(position) === reader
    const batches = pushedBatches<Message>(
      {
        open: (inbox) => this.#transport.open(inbox, signal, reader),
        make: (messages) => this.#batchesOf(messages),
        atMost: maxMessages,
        waitMs: this.#transport.tellsSilence === true ? NEVER_MS : waitSeconds * 1000,
      },
      signal,
    )
    for await (const batch of batches) {
      // A batch without anything would end a run if it were only there to save our name.
      if (isSaved || batch.read === 0) yield batch
      else yield { ...batch, position: { reader } }
      isSaved ||= batch.read > 0
    }
  }

  async reread(letter: SetAsideBytes): Promise<readonly PostureEvent[]> {
    return this.#reading.reread(letter)
  }

  *#batchesOf(messages: readonly Message[]): Generator<CollectedBatch> {
    const { batch, others } = this.#reading.read(messages)
    this.#others.note(others)
    // A batch without anything would say that the hub is read to its end.
    if (batch.read > 0 || batch.events.length > 0) yield batch
  }
}

function readerOf(position: unknown): string | undefined {
  return isObject(position) && typeof position['reader'] === 'string' ? position['reader'] : undefined
}
