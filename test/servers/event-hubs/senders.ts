import { createHash } from 'node:crypto'
import rhea, { type Delivery, type Message } from 'rhea'
import { noSuchPartition, type HubAddress, type Incoming, type Refusal } from './amqp.ts'
import { spends, type HubFaults } from './faults.ts'
import type { PartitionLog } from './partition-log.ts'
import { serverBusy } from './receivers.ts'

/** The message format of a batch: its data sections are messages. */
const BATCH = 0x80013700

interface Writing {
  /** Undefined: the hub chooses. */
  readonly log: PartitionLog | undefined
}

export interface SenderOptions {
  readonly partitions: readonly PartitionLog[]
  /** Of an event or a batch. */
  readonly limitBytes: number
  readonly faults: HubFaults
  /** Called after an append. */
  readonly appended: (log: PartitionLog) => void
}

/** Who sends to a hub, and where what they send goes. */
export class Senders {
  readonly counts = { appended: 0, throttled: 0 }
  readonly #options: SenderOptions
  readonly #writings = new WeakMap<Incoming, Writing>()
  #turn = 0

  constructor(options: SenderOptions) {
    this.#options = options
  }

  attach(link: Incoming, { partition }: HubAddress): Refusal | undefined {
    const { partitions, limitBytes } = this.#options
    const log = partitions.find(({ id }) => id === partition)
    if (partition !== undefined && log === undefined) return noSuchPartition(partition, partitions.length)
    link.local.attach.max_message_size = limitBytes
    this.#writings.set(link, { log })
    return undefined
  }

  /** Takes what a client has sent; all of a batch or nothing. */
  receive(link: Incoming, delivery: Delivery, content: Message | Buffer): void {
    const { faults, limitBytes } = this.#options
    if (spends(faults, 'throttleSends')) {
      this.counts.throttled += 1
      return delivery.reject(serverBusy())
    }
    const bytes = Buffer.isBuffer(content) ? content : rhea.message.encode(content)
    if (bytes.length > limitBytes) return delivery.reject(tooLarge(bytes.length, limitBytes))
    const whole = rhea.message.decode(bytes) as unknown as Message
    const messages = delivery.format === BATCH ? batched(whole) : [whole]
    const key = (whole.message_annotations ?? messages[0]?.message_annotations)?.['x-opt-partition-key'] as unknown
    const log = this.#writings.get(link)?.log ?? this.choose(key === undefined ? undefined : String(key))
    for (const message of messages) this.append(log, message)
    delivery.accept()
  }

  append(log: PartitionLog, message: Message): void {
    log.append(message, rhea.message.encode(message).length)
    this.counts.appended += 1
    this.#options.appended(log)
  }

  /** The same partition for the same key, though not the one that Azure would choose; without one they take turns. */
  choose(key: string | undefined): PartitionLog {
    const { partitions } = this.#options
    const number = key === undefined ? this.#turn++ : createHash('md5').update(key).digest().readUInt32BE(0)
    return partitions[number % partitions.length]!
  }
}

function batched({ body }: Message): Message[] {
  const { content, multiple } = body as { readonly content: Buffer | readonly Buffer[]; readonly multiple?: boolean }
  const sections = multiple === true || Array.isArray(content) ? (content as readonly Buffer[]) : [content as Buffer]
  return sections.map((section) => rhea.message.decode(section) as unknown as Message)
}

function tooLarge(bytes: number, limit: number): Refusal {
  return {
    condition: 'amqp:link:message-size-exceeded',
    description: `The received message (size:${bytes} bytes) exceeds the limit (${limit} bytes) currently allowed on the link.`,
  }
}
