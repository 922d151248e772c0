import type { Admin, Message } from 'kafkajs'
import { PermanentError, TransientError } from '../../core/errors.ts'
import type {
  BatchHandler,
  ConsumeOptions,
  Consumption,
  FollowOptions,
  Following,
  GroupConsumption,
  OutgoingRecord,
  RecordsHandler,
  Stream,
} from '../stream.ts'
import { requireFits } from '../record-limit.ts'
import type { Topic } from '../topics.ts'
import {
  createClient,
  kafkaError,
  physicalGroup,
  physicalTopic,
  type KafkaClient,
  type KafkaOptions,
} from './client.ts'
import { KafkaConsumption } from './consumption.ts'
import { deleteGroup } from './delete-group.ts'
import { groupPositions } from './group-positions.ts'
import { Publisher } from './publisher.ts'
import { Reader } from './reader.ts'
import { outputOf } from './records.ts'
import { restore, type Place } from './restore.ts'
import { requireTopics } from './topic-admin.ts'
import { placesToBegin, topicOffsets, topicOffsetsSince, type TopicOffsets } from './topic-offsets.ts'
import type { Output } from './transaction-writer.ts'

export interface KafkaStreamOptions extends KafkaOptions {
  readonly topics: readonly Topic[]
}

/** The stream on Apache Kafka, through kafkajs; nothing outside this folder knows either. */
export class KafkaStream implements Stream {
  readonly #kafka: KafkaClient
  readonly #options: KafkaOptions
  readonly #topics: ReadonlyMap<string, Topic>
  readonly #admin: Admin
  readonly #publisher: Publisher
  readonly #running = new Set<Consumption>()
  /** By transactional id, when the partition's former owner in this process has let go. */
  readonly #released = new Map<string, Promise<void>>()
  readonly #ending = new AbortController()
  #closing: Promise<void> | undefined

  private constructor(kafka: KafkaClient, admin: Admin, options: KafkaStreamOptions) {
    this.#kafka = kafka
    this.#admin = admin
    this.#options = options
    this.#topics = new Map(options.topics.map((topic) => [topic.name, topic]))
    this.#publisher = new Publisher(kafka, options)
  }

  /**
   * Connects, and makes sure that every topic is there with the partitions that the configuration says.
   * Throws a PermanentError with the remedy, or a TransientError where no broker answers.
   */
  static async open(options: KafkaStreamOptions): Promise<KafkaStream> {
    const kafka = createClient(options)
    const admin = kafka.admin()
    try {
      await admin.connect()
      await requireTopics(admin, options, options.topics)
      return new KafkaStream(kafka, admin, options)
    } catch (error) {
      await admin.disconnect().catch(() => undefined)
      throw kafkaError(error, `open the stream on ${options.brokers.join(', ')}`)
    }
  }

  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    this.#requireOpen()
    const byPartition = new Map<number, Message[]>()
    for (const { partition, message } of this.#place(topic, records)) {
      const messages = byPartition.get(partition)
      if (messages === undefined) byPartition.set(partition, [message])
      else messages.push(message)
    }
    if (byPartition.size > 0) await this.#publisher.publish(this.#physical(topic), byPartition)
  }

  async consume(options: ConsumeOptions, handle: BatchHandler): Promise<GroupConsumption> {
    this.#requireOpen()
    this.#topic(options.topic)
    const offsets = (name: string) => this.#offsets(name)
    const services = {
      ...this.#reading,
      place: (name: string, records: readonly OutgoingRecord[]) => this.#place(name, records),
      named: (reached: ReadonlyMap<string, bigint>) => this.#named(reached),
      restore: (...place: Place) => restore({ ...this.#reading, offsets }, ...place),
      beginnings: (name: string) => this.beginnings(name),
      ends: (name: string) => this.ends(name),
      positions: (name: string, group: string) => this.positions(name, group),
      released: this.#released,
    }
    return this.#register(await KafkaConsumption.start(services, options, handle))
  }

  async follow(topic: string, handle: RecordsHandler, { from: asked }: FollowOptions = {}): Promise<Following> {
    this.#requireOpen()
    const { beginnings, ends: until } = await this.#offsets(topic)
    const from = placesToBegin(beginnings, asked)
    const reader = new Reader({ ...this.#reading, topic, from, until, handle })
    await reader.start()
    const ready = reader.done.catch((cause: unknown) => {
      throw new TransientError('STREAM_STOPPED', `${topic} was not read whole`, { cause })
    })
    ready.catch(() => undefined)
    return this.#register({ ready, stop: () => reader.stop() })
  }

  async lag(topic: string, group: string): Promise<number> {
    const [{ beginnings, ends }, committed] = await Promise.all([this.#offsets(topic), this.positions(topic, group)])
    const behind = [...ends].map(([partition, end]) => {
      const begin = beginnings.get(partition) ?? 0n
      const position = committed.get(partition) ?? begin
      return end - (position > begin ? position : begin)
    })
    return Number(behind.reduce((sum, each) => sum + (each > 0n ? each : 0n), 0n))
  }

  async positions(topic: string, group: string): Promise<ReadonlyMap<number, bigint>> {
    this.#requireOpen()
    const groupId = physicalGroup(this.#options.prefix, group)
    return groupPositions(this.#admin, { group, groupId, topic: this.#physical(topic) }, this.#ending.signal)
  }

  async ends(topic: string): Promise<ReadonlyMap<number, bigint>> {
    return (await this.#offsets(topic)).ends
  }

  async beginnings(topic: string): Promise<ReadonlyMap<number, bigint>> {
    return (await this.#offsets(topic)).beginnings
  }

  async offsetsSince(topic: string, time: number): Promise<ReadonlyMap<number, bigint>> {
    this.#requireOpen()
    return topicOffsetsSince(this.#admin, { topic, physical: this.#physical(topic) }, time, this.#ending.signal)
  }

  async forgetGroup(topic: string, group: string): Promise<void> {
    this.#requireOpen()
    this.#topic(topic)
    await deleteGroup(this.#admin, group, physicalGroup(this.#options.prefix, group), this.#ending.signal)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#ending.abort()
    await Promise.all([...this.#running].map((consumption) => consumption.stop()))
    await this.#publisher.close()
    await this.#admin.disconnect().catch(() => undefined)
  }

  async #offsets(topic: string): Promise<TopicOffsets> {
    this.#requireOpen()
    return topicOffsets(this.#admin, { topic, physical: this.#physical(topic) }, this.#ending.signal)
  }

  get #reading(): { readonly kafka: KafkaClient; readonly options: KafkaOptions } {
    return { kafka: this.#kafka, options: this.#options }
  }

  #place(topic: string, records: readonly OutgoingRecord[]): Output[] {
    const { partitions } = this.#topic(topic)
    const count = partitions === 'many' ? this.#options.partitions : 1
    const physical = this.#physical(topic)
    return records.map((record) => {
      requireFits(this.#topic(topic), record)
      const output = outputOf(record, physical, count)
      if (Number.isInteger(output.partition) && output.partition >= 0 && output.partition < count) return output
      throw new PermanentError(
        'STREAM_UNKNOWN_PARTITION',
        `${topic} has the partitions 0 to ${count - 1}, not ${output.partition}`,
      )
    })
  }

  #named(ends: ReadonlyMap<string, bigint>): Map<string, bigint> {
    const names = new Map([...this.#topics.keys()].map((name) => [this.#physical(name), name]))
    return new Map([...ends].map(([physical, end]) => [names.get(physical)!, end]))
  }

  #physical(topic: string): string {
    this.#topic(topic)
    return physicalTopic(this.#options.prefix, topic)
  }

  #topic(name: string): Topic {
    const topic = this.#topics.get(name)
    if (topic === undefined) {
      const known = [...this.#topics.keys()].join(', ')
      throw new PermanentError('STREAM_UNKNOWN_TOPIC', `there is no topic ${name}; known are ${known}`)
    }
    return topic
  }

  #register<Kind extends Consumption>(consumption: Kind): Kind {
    this.#running.add(consumption)
    return consumption
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new PermanentError('STREAM_CLOSED', 'the stream is closed')
  }
}
