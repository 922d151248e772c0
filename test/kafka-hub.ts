import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../collectors/azure-event-hubs/config.ts'
import { Secret } from '../core/secret.ts'
import { createClient, type KafkaClient } from '../stream/kafka/client.ts'
import type { KafkaCluster } from './servers/kafka/cluster.ts'

type Admin = ReturnType<KafkaClient['admin']>
type Producer = ReturnType<KafkaClient['producer']>

export interface KafkaHubOptions {
  /** 4 unless told. */
  readonly partitions?: number
  /** Whether who reads it by the connection string may do so; so unless told. */
  readonly allowed?: boolean
}

/** What a cluster needs to be read as the Kafka endpoint of a namespace. */
export type HubCluster = Pick<KafkaCluster, 'brokers' | 'security'>

/** Numbers of the Kafka protocol: resource types, operations, "allow" and "literal". */
const RESOURCE = { topic: 2, group: 3 }
const RIGHT = { read: 3, describe: 8 }
const ALLOW = 3
const LITERAL = 3

/** A hub of its own as a namespace's Kafka endpoint shows it, with a consumer group of its own: a topic of a guarded cluster. */
export class KafkaHub {
  readonly eventHub = `hub-${randomUUID().slice(0, 8)}`
  readonly consumerGroup = `group-${randomUUID().slice(0, 8)}`
  readonly partitions: number
  readonly #cluster: HubCluster
  readonly #client: KafkaClient
  readonly #producer: Producer

  private constructor(cluster: HubCluster, partitions: number) {
    this.partitions = partitions
    this.#cluster = cluster
    const size = { prefix: 'hubs', partitions, replication: 1, minInsyncReplicas: 1, compression: 'none' } as const
    this.#client = createClient({ ...size, brokers: cluster.brokers, sessionTimeoutMs: 10_000 })
    this.#producer = this.#client.producer()
  }

  static async create(
    cluster: HubCluster,
    { partitions = 4, allowed = true }: KafkaHubOptions = {},
  ): Promise<KafkaHub> {
    const hub = new KafkaHub(cluster, partitions)
    await hub.#ask((admin) => admin.createTopics({ topics: [{ topic: hub.eventHub, numPartitions: partitions }] }))
    if (allowed) await hub.#allow()
    await hub.#producer.connect()
    return hub
  }

  /** Settings of a collector that reads it, as `create` takes them. */
  settings(changes: Partial<Config> = {}): Config {
    const { security } = this.#cluster
    return {
      connectionString: new Secret(security.hubUser.password),
      eventHub: this.eventHub,
      consumerGroup: this.consumerGroup,
      protocol: 'kafka',
      webSockets: false,
      kafka: { brokers: [...security.saslSsl], ca: security.ca },
      claimSeconds: 6,
      startFrom: 'earliest',
      waitSeconds: 2,
      maxMessages: 500,
      ...changes,
    }
  }

  /** The same as a line of a configuration file, and the environment that it needs. */
  yaml(changes: Partial<Config> = {}): string {
    const settings = { ...this.settings(changes), connectionString: '${HUB}' }
    return JSON.stringify({ type: 'azure-event-hubs', ...settings })
  }

  get environment(): Readonly<Record<string, string>> {
    return { HUB: this.#cluster.security.hubUser.password }
  }

  /** One message after the other to each partition in turn, or to that which is named; null is a message without a body. */
  async send(bodies: readonly (string | Buffer | null)[], partition?: number): Promise<void> {
    const messages = bodies.map((body, index) => ({
      value: typeof body === 'string' ? Buffer.from(body) : body,
      partition: partition ?? index % this.partitions,
    }))
    for (let each = 0; each < this.partitions; each++) {
      const ours = messages.filter((message) => message.partition === each)
      if (ours.length > 0) await this.#producer.send({ topic: this.eventHub, messages: ours })
    }
  }

  /** How many messages the consumer group has not committed. */
  async left(): Promise<number> {
    return this.#ask(async (admin) => {
      const ends = await admin.fetchTopicOffsets(this.eventHub)
      const [kept] = await admin.fetchOffsets({ groupId: this.consumerGroup, topics: [this.eventHub] })
      const committed = new Map(kept?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
      return ends.reduce(
        (sum, { partition, high }) => sum + Number(high) - Math.max(0, committed.get(partition) ?? 0),
        0,
      )
    })
  }

  /** Has the hub forget what stands before an offset of a partition, as its retention does. */
  async forget(partition: number, before: number): Promise<void> {
    const partitions = [{ partition, offset: String(before) }]
    await this.#ask(async (admin) => {
      // kafkajs has to have heard of the topic.
      await admin.fetchTopicOffsets(this.eventHub)
      await admin.deleteTopicRecords({ topic: this.eventHub, partitions })
    })
  }

  /** The members of the consumer group. */
  async readers(): Promise<number> {
    return this.#ask(async (admin) => {
      const { groups } = await admin.describeGroups([this.consumerGroup])
      return groups[0]?.members.length ?? 0
    })
  }

  /** Deletes it, and leaves the rights to it. */
  async remove(): Promise<void> {
    await this.#ask((admin) => admin.deleteTopics({ topics: [this.eventHub] }))
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined)
    this.#client.destroy()
  }

  /** What a hub's policy with Listen allows: nothing else is needed. */
  async #allow(): Promise<void> {
    const rights = [
      [RESOURCE.topic, this.eventHub],
      [RESOURCE.group, this.consumerGroup],
    ] as const
    const acl = rights.flatMap(([resourceType, resourceName]) =>
      Object.values(RIGHT).map((operation) => ({
        resourceType,
        resourceName,
        resourcePatternType: LITERAL,
        principal: `User:${this.#cluster.security.hubUser.username}`,
        host: '*',
        operation,
        permissionType: ALLOW,
      })),
    )
    // Only stream/kafka may import the client, and with it the names of these numbers.
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    await this.#ask((admin) => admin.createAcls({ acl }))
    // A broker hears of them a little later.
    await sleep(200)
  }

  async #ask<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#client.admin()
    try {
      await admin.connect()
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }
}
