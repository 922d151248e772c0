import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { Logger } from '../core/telemetry.ts'
import { createClient, physicalTopic, type KafkaClient } from '../stream/kafka/client.ts'
import { KafkaStream, type KafkaStreamOptions } from '../stream/kafka/kafka-stream.ts'
import { applyTopics } from '../stream/kafka/topic-admin.ts'
import { topics as allTopics, type Topic } from '../stream/topics.ts'

const SESSION_MS = 10_000

/** A record as the client takes it, whatever stands in it. */
export type RawMessage = Parameters<ReturnType<KafkaClient['producer']>['send']>[0]['messages'][number]

export interface Said {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface ScratchKafkaOptions {
  readonly brokers: readonly string[]
  readonly topics?: readonly Topic[]
  /** Of topics with `many`; 2 unless told. */
  readonly partitions?: number
  readonly sessionTimeoutMs?: number
  readonly log?: Logger
  /** One of its own unless told. */
  readonly prefix?: string
}

/** The part of a shared cluster that belongs to one test: topics, groups and transactional ids under a prefix of its own. */
export class ScratchKafka implements AsyncDisposable {
  readonly options: KafkaStreamOptions

  constructor({
    brokers,
    topics = Object.values(allTopics),
    partitions = 2,
    sessionTimeoutMs = SESSION_MS,
    log,
    prefix,
  }: ScratchKafkaOptions) {
    this.options = {
      brokers,
      topics,
      partitions,
      prefix: prefix ?? `test-${randomUUID().slice(0, 8)}`,
      replication: 1,
      minInsyncReplicas: 1,
      compression: 'zstd',
      sessionTimeoutMs,
      log,
    }
  }

  /** With its topics created, and removed again when the test that calls this is over. */
  static async create(options: ScratchKafkaOptions): Promise<ScratchKafka> {
    const scratch = new ScratchKafka(options)
    onTestFinished(() => scratch[Symbol.asyncDispose]())
    await scratch.apply()
    return scratch
  }

  async apply(): Promise<void> {
    await this.#asAdmin((admin) => applyTopics(admin, this.options, this.options.topics))
  }

  open(settings: { readonly log?: Logger } = {}): Promise<KafkaStream> {
    return KafkaStream.open({ ...this.options, ...settings })
  }

  /** The sections of a configuration that have a pipeline work here. */
  get yaml(): string {
    return `stream: ${JSON.stringify(this.section)}\nenrichment: { directory: ./data/enrichment }`
  }

  /** The section `stream` of them. */
  get section(): object {
    const { brokers, prefix, partitions, replication, minInsyncReplicas, sessionTimeoutMs } = this.options
    return { type: 'kafka', brokers, prefix, partitions, replication, minInsyncReplicas, sessionTimeoutMs }
  }

  /** The broker's name of a topic. */
  physical(topic: string): string {
    return physicalTopic(this.options.prefix, topic)
  }

  /** A client that does what it is told, for what the port refuses to write. */
  client(): KafkaClient {
    return createClient(this.options)
  }

  /** Removes topics, or all of this part. */
  async remove(names?: readonly string[]): Promise<void> {
    await this.#asAdmin(async (admin) => {
      const ours = (await admin.listTopics()).filter((name) => name.startsWith(`${this.options.prefix}.`))
      const going = names?.map((name) => this.physical(name)) ?? ours
      if (going.length > 0) await admin.deleteTopics({ topics: going })
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }

  async #asAdmin<T>(work: (admin: ReturnType<KafkaClient['admin']>) => Promise<T>): Promise<T> {
    const admin = this.client().admin()
    try {
      await admin.connect()
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }
}

/** A log that keeps everything. */
export function logInto(said: Said[]): Logger {
  const at = (level: Said['level']) => (fields: object, message: string) =>
    void said.push({ level, message, fields: fields as Said['fields'] })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
