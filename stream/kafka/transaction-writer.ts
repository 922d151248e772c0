import type { Message, PartitionerArgs, Producer, Transaction } from 'kafkajs'
import { Backoff } from '../../core/backoff.ts'
import { errorCode, TransientError } from '../../core/errors.ts'
import { kafkaError, type KafkaClient, type KafkaOptions } from './client.ts'
import { compressionType } from './codecs.ts'
import { sendsOf } from './sends.ts'

/** Longer, and every read-committed reader would wait that long behind the transaction of a process that died. */
const TRANSACTION_TIMEOUT_MS = 15_000
/** CONCURRENT_TRANSACTIONS is the rule right after a commit; the default pause of 300 ms would be most of the time. */
const RETRY = { initialRetryTime: 20, maxRetryTime: 2000, retries: 12 }
const BEGIN_ATTEMPTS = 8

export interface Output {
  /** The broker's name of the topic. */
  readonly topic: string
  readonly partition: number
  readonly message: Message
}

export interface Progress {
  readonly topic: string
  readonly partition: number
  /** The offset to go on from. */
  readonly next: bigint
}

interface WriterOptions extends Pick<KafkaOptions, 'compression' | 'log'> {
  readonly transactionalId: string
  readonly groupId: string
}

/**
 * The one transactional producer of one input partition: what a batch publishes and its progress become visible
 * together. Opening it fences whoever had it before: the broker refuses that one's later writes. After any error the
 * producer is useless, since its sequence numbers may be wrong in a way that only shows as records that are not there;
 * the owner must open a new one and find out from posture.state whether the last commit happened.
 */
export class TransactionWriter {
  readonly #kafka: KafkaClient
  readonly #options: WriterOptions
  #current: { readonly client: KafkaClient; readonly producer: Producer } | undefined

  constructor(kafka: KafkaClient, options: WriterOptions) {
    this.#kafka = kafka
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#current !== undefined
  }

  /** Fences the former owner with a new producer and an empty transaction. */
  async open(signal: AbortSignal): Promise<void> {
    this.discard()
    const { transactionalId } = this.#options
    // With connections of its own: when it is given up, nothing of it may reach a broker any more.
    const client = this.#kafka.fork()
    const producer = client.producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      allowAutoTopicCreation: false,
      createPartitioner: () => explicitPartition,
      retry: RETRY,
    })
    this.#current = { client, producer }
    try {
      await producer.connect()
      const empty = await this.#begin(producer, signal)
      await empty.abort()
    } catch (error) {
      this.discard()
      signal.throwIfAborted()
      throw kafkaError(error, `take over ${transactionalId}`)
    }
  }

  /**
   * Commits the outputs and the progress as one. Resolves to the offset behind the last output by topic, for the
   * outputs that lie in the batch's own partition. Rejects with a TransientError; whether the commit happened is
   * then unknown.
   */
  async commit(
    outputs: readonly Output[],
    batch: { readonly partition: number; readonly progress: Progress | undefined },
    signal: AbortSignal,
  ): Promise<Map<string, bigint>> {
    if (this.#current === undefined)
      throw new TransientError('KAFKA_WRITER_CLOSED', 'the transactional producer is not open')
    const { producer } = this.#current
    try {
      const transaction = await this.#begin(producer, signal)
      const ends = await this.#send(transaction, outputs, batch.partition)
      if (batch.progress !== undefined) await this.#sendProgress(transaction, batch.progress)
      // Revoked in the meantime: the next owner has fenced this producer or will; it must not be asked to commit.
      signal.throwIfAborted()
      await transaction.commit()
      return ends
    } catch (thrown) {
      this.discard()
      const error = kafkaError(thrown, `commit a transaction of ${this.#options.transactionalId}`)
      this.#reportRefusal(error)
      signal.throwIfAborted()
      throw error
    }
  }

  /** Gives the producer up at once. A transaction that it leaves open is aborted by the next one to open, or in time. */
  discard(): void {
    this.#current?.client.destroy()
    this.#current = undefined
  }

  async close(): Promise<void> {
    await this.#current?.producer.disconnect().catch(() => undefined)
    this.discard()
  }

  /** Told also where the partition has been taken away since, when nobody waits for the error any more. */
  #reportRefusal(error: Error): void {
    if (errorCode(error) !== 'KAFKA_FENCED') return
    const { log, transactionalId } = this.#options
    log?.warn(
      { code: 'KAFKA_LATE_WRITE_REFUSED', transactionalId, err: error },
      'A late write was refused, since the partition has another owner; nothing of it is visible, and that owner goes on.',
    )
  }

  /** kafkajs gives up on connection errors here, which a broker that is just being replaced causes. */
  async #begin(producer: Producer, signal: AbortSignal): Promise<Transaction> {
    const backoff = new Backoff({ initialMs: 50, maxMs: 1000 })
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await producer.transaction()
      } catch (error) {
        if (attempt === BEGIN_ATTEMPTS || isFenced(error)) throw error
        await backoff.wait(signal)
      }
    }
  }

  async #send(transaction: Transaction, outputs: readonly Output[], own: number): Promise<Map<string, bigint>> {
    const ends = new Map<string, bigint>()
    const compression = compressionType(this.#options.compression)
    for (const { topic, partition, messages } of sendsOf(outputs)) {
      const answers = await transaction.send({ topic, messages, acks: -1, compression })
      const answer = answers.find((each) => each.topicName === topic && each.partition === partition)
      // The client can leave a partition out and resolve all the same.
      if (answer?.baseOffset === undefined || answer.errorCode !== 0) {
        throw new TransientError(
          'KAFKA_NOT_ACKNOWLEDGED',
          `${messages.length} records for ${topic}/${partition} were not acknowledged`,
        )
      }
      if (partition === own) ends.set(topic, BigInt(answer.baseOffset) + BigInt(messages.length))
    }
    return ends
  }

  async #sendProgress(transaction: Transaction, { topic, partition, next }: Progress): Promise<void> {
    const offsets = {
      consumerGroupId: this.#options.groupId,
      topics: [{ topic, partitions: [{ partition, offset: String(next) }] }],
    }
    await transaction.sendOffsets(offsets)
  }
}

function isFenced(error: unknown): boolean {
  const type =
    (error as { type?: string; cause?: { type?: string } }).type ?? (error as { cause?: { type?: string } }).cause?.type
  return (
    type === 'INVALID_PRODUCER_EPOCH' || type === 'PRODUCER_FENCED' || type === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
  )
}

/** Every record names its partition; kafkajs would ask its own partitioner for those that do not. */
function explicitPartition({ message }: PartitionerArgs): number {
  return message.partition!
}
