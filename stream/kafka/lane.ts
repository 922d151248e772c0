import type { Producer } from 'kafkajs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PipelineError, TransientError } from '../../core/errors.ts'
import type { KafkaClient } from './client.ts'
import { compressionType, type Compression } from './codecs.ts'
import { kafkaError } from './kafka-error.ts'
import type { Send } from './sends.ts'

/** How long one send may take, connecting and all repetitions included: more than two failovers of a leader. */
const SEND_MS = 30_000
/** How long the leader waits for its followers before it says so. */
const ACKS_MS = 10_000
const REQUEST_MS = ACKS_MS + 2000
/** After a request without an answer kafkajs asks the same broker again, for as long as it believes in its metadata. */
const METADATA_MS = 5000

/** One idempotent producer at a time, made when it is needed and replaced after a failure. */
export class Lane {
  readonly #kafka: KafkaClient
  readonly #compression: Compression
  #current: Sender | undefined

  constructor(kafka: KafkaClient, compression: Compression) {
    this.#kafka = kafka
    this.#compression = compression
  }

  /**
   * Resolves once all in-sync replicas have the records, each of which names its partition. Rejects with a PermanentError when a record can never be
   * written, else with a TransientError: then it is unknown whether they were.
   */
  async send(send: Send): Promise<void> {
    this.#current ??= new Sender(this.#kafka.fork({ requestTimeoutMs: REQUEST_MS }), this.#compression)
    const sender = this.#current
    try {
      await sender.send(send)
    } catch (thrown) {
      const error = kafkaError(thrown, `publish to ${send.topic}/${send.partition}`)
      // A refusal leaves the producer's sequence numbers as they were; after anything else they cannot be trusted.
      const refused = error instanceof PipelineError && !error.retryable
      if (!refused) {
        if (this.#current === sender) this.#current = undefined
        sender.giveUp(send)
      }
      throw error
    }
  }

  close(): void {
    this.#current?.retire()
    this.#current = undefined
  }
}

/** A producer with connections of its own, so that one that was given up sends nothing afterwards. */
class Sender {
  readonly #client: KafkaClient
  readonly #producer: Producer
  readonly #compression: Compression
  readonly #connected: Promise<void>
  /** Partitions whose send was given up: kafkajs goes on trying, and is stopped at its next attempt. */
  readonly #givenUp = new Set<string>()
  #sending = 0
  #retired = false

  constructor(client: KafkaClient, compression: Compression) {
    this.#client = client
    this.#compression = compression
    this.#producer = client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MS,
      createPartitioner: () => (args) => this.#partition(args.topic, args.message.partition),
    })
    this.#producer.on(this.#producer.events.REQUEST_TIMEOUT, ({ payload }) => client.drop(payload.broker))
    this.#connected = this.#producer.connect()
    // Whoever sends first waits for it and hears of a failure.
    this.#connected.catch(() => undefined)
  }

  async send({ topic, partition, messages }: Send): Promise<void> {
    this.#sending += 1
    try {
      const answers = await this.#inTime(async () => {
        await this.#connected
        const compression = compressionType(this.#compression)
        return this.#producer.send({ topic, messages, acks: -1, timeout: ACKS_MS, compression })
      })
      // kafkajs can leave a partition out whose leader changed, and resolve all the same.
      const answer = answers.find((each) => each.topicName === topic && each.partition === partition)
      if (answer?.errorCode !== 0)
        throw new TransientError(
          'KAFKA_NOT_ACKNOWLEDGED',
          `${messages.length} records for ${topic}/${partition} were not acknowledged`,
        )
    } finally {
      this.#sending -= 1
      this.#endWhenDone()
    }
  }

  /** Sees to it that a send that failed for us is not repeated behind our back, and takes nothing more. */
  giveUp({ topic, partition }: Send): void {
    this.#givenUp.add(`${topic}/${partition}`)
    this.retire()
  }

  /** Takes nothing more; what is on its way for other partitions is let through. */
  retire(): void {
    this.#retired = true
    this.#endWhenDone()
  }

  #endWhenDone(): void {
    if (this.#retired && this.#sending === 0) this.#client.destroy()
  }

  async #inTime<Result>(work: () => Promise<Result>): Promise<Result> {
    const over = new AbortController()
    const late = sleep(SEND_MS, undefined, { signal: over.signal }).then(() => {
      throw new TransientError(
        'KAFKA_NO_ANSWER',
        `no acknowledgement from Kafka within ${SEND_MS / 1000} s; it is tried again`,
        {
          fault: 'outage',
        },
      )
    })
    const working = work()
    working.catch(() => undefined)
    late.catch(() => undefined)
    try {
      return await Promise.race([working, late])
    } finally {
      over.abort()
    }
  }

  #partition(topic: string, partition: number | undefined): number {
    if (partition === undefined || this.#givenUp.has(`${topic}/${partition}`)) {
      // kafkajs repeats any error but these, and this one must not be repeated.
      throw Object.assign(new Error(`the records for ${topic}/${partition} were given up`), { retriable: false })
    }
    return partition
  }
}
