import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest'
import type { Config } from '../collectors/azure-event-hubs/config.ts'
import { KafkaEndpoint } from '../collectors/azure-event-hubs/kafka/kafka-endpoint.ts'
import { Inbox } from '../collectors/messages/inbox.ts'
import type { Message } from '../collectors/messages/message.ts'
import type { Context } from '../core/component.ts'
import { KafkaHub, type KafkaHubOptions } from './kafka-hub.ts'
import { logInto, type Said } from './scratch-kafka.ts'
import { whyNoOwnBrokers } from './servers/kafka/available.ts'
import { KafkaCluster } from './servers/kafka/cluster.ts'

/**
 * A broker as a namespace's Kafka endpoint, which asks who signs in, for the tests of this file, which are skipped where
 * there can be none; and hubs of it, each of which ends with its test.
 */
export function hubCluster() {
  const why = whyNoOwnBrokers()
  let cluster: KafkaCluster | undefined
  beforeAll(async () => {
    if (why !== undefined) return
    // What a namespace gives: the brokers' default group delay would only make each test three seconds longer.
    const config = ['group.initial.rebalance.delay.ms=0']
    cluster = await KafkaCluster.start({ brokers: 1, security: 'sasl-ssl', config })
  })
  afterAll(() => cluster?.stop())
  beforeEach(({ skip }) => skip(why !== undefined, why))
  return {
    get cluster(): KafkaCluster {
      return cluster!
    },
    async newHub(options?: KafkaHubOptions): Promise<KafkaHub> {
      const hub = await KafkaHub.create(cluster!, options)
      onTestFinished(() => hub.close())
      return hub
    },
  }
}

/** The endpoint as these settings have it, with what it says. */
export function newEndpoint(settings: Config, said: Said[] = []): KafkaEndpoint {
  const count = (): void => {}
  const metrics = { count, gauge: count, observe: count }
  const context: Context = { name: 'hub', tenant: 'acme', clock: Date.now, log: logInto(said), metrics }
  return new KafkaEndpoint(settings, context)
}

/** A reader in this process that takes what comes until it is closed. */
export class Reader {
  readonly ids: string[] = []
  readonly bodies: string[] = []
  readonly inbox = new Inbox<Message>()
  failure: unknown
  /** How long what was taken takes to become durable. */
  durableMs = 0
  readonly #ending = new AbortController()
  #close: (() => Promise<void>) | undefined
  #taking: Promise<void> | undefined

  static async open(settings: Config, said: Said[] = []): Promise<Reader> {
    const reader = new Reader()
    const subscription = await newEndpoint(settings, said).open(reader.inbox, reader.#ending.signal)
    reader.#close = () => subscription.close()
    onTestFinished(() => reader.close())
    return reader
  }

  /** Takes and lets go, in the background. */
  start(): this {
    this.#taking = this.#take().catch((error: unknown) => {
      if (!this.#ending.signal.aborted) this.failure = error
    })
    return this
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error('closed'))
    this.inbox.close(new Error('closed'))
    await this.#close?.()
    await this.#taking
  }

  async #take(): Promise<void> {
    for (;;) {
      const { messages, done } = await this.inbox.next(500, 60_000, this.#ending.signal)
      if (this.durableMs > 0) await sleep(this.durableMs)
      this.ids.push(...messages.map(({ id }) => id))
      this.bodies.push(...messages.map(({ body }) => Buffer.from(body).toString()))
      done()
    }
  }
}
