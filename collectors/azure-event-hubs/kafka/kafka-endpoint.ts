import type { Admin } from 'kafkajs'
import type { Context } from '../../../core/component.ts'
import { PermanentError } from '../../../core/errors.ts'
import type { Inbox } from '../../messages/inbox.ts'
import type { Message } from '../../messages/message.ts'
import type { Subscription } from '../../messages/pushed-batches.ts'
import type { Config } from '../config.ts'
import { hubAddress, type HubAddress } from '../hub-address.ts'
import { scrubOf, type Scrub } from '../scrub.ts'
import type { HubTransport } from '../transport.ts'
import { requireOwnGroup } from './group-in-use.ts'
import { GroupReader } from './group-reader.ts'
import { HubClient } from './hub-client.ts'
import { hubOutlook } from './hub-outlook.ts'
import { kafkaError } from './kafka-error.ts'

/** What Event Hubs allows a session to last, in seconds. */
const SESSION = { min: 6, max: 300 }

/**
 * A hub as the topic that its namespace's Kafka endpoint shows. The namespace itself shares the partitions out among the
 * readers of a group and keeps how far they are, so that no checkpoint store is needed. Its groups are not those of AMQP,
 * and come to be when they are first named.
 */
export class KafkaEndpoint implements HubTransport {
  readonly #config: Config
  readonly #context: Context
  readonly #address: HubAddress
  readonly #scrub: Scrub
  readonly tellsSilence = true

  /** Throws a PermanentError (`EVENT_HUBS_SETTINGS`) where the settings do not say which hub, `TLS_FILE` without its authorities. */
  constructor(config: Config, context: Context) {
    this.#config = config
    this.#context = context
    this.#address = hubAddress(config)
    this.#scrub = scrubOf(config)
    const { claimSeconds } = config
    if (claimSeconds < SESSION.min || claimSeconds > SESSION.max)
      throw new PermanentError(
        'EVENT_HUBS_SETTINGS',
        `claimSeconds is ${claimSeconds}: with the protocol kafka it is ${SESSION.min} to ${SESSION.max}`,
      )
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#asking((admin) => this.#look(admin), signal)
  }

  async outlook(signal: AbortSignal): Promise<readonly string[]> {
    return this.#asking((admin) => hubOutlook(admin, this.#address.eventHub, this.#config), signal)
  }

  async open(inbox: Inbox<Message>, signal: AbortSignal): Promise<Subscription> {
    const { consumerGroup: group, startFrom, maxMessages: atMost, claimSeconds, waitSeconds } = this.#config
    const context = this.#context
    const client = this.#newClient()
    try {
      const partitions = await unlessAborted(
        client.ask((admin) => this.#enter(admin)),
        signal,
      )
      const times = { sessionMs: claimSeconds * 1000, waitMs: waitSeconds * 1000 }
      const errorOf = (thrown: unknown): Error => this.#error(thrown)
      const source = { client, hub: this.#address.eventHub, group, partitions, startFrom, atMost }
      return await GroupReader.open({ ...source, ...times, errorOf, inbox, context }, signal)
    } catch (error) {
      client.destroy()
      signal.throwIfAborted()
      throw this.#error(error)
    }
  }

  async #asking<T>(work: (admin: Admin) => Promise<T>, signal: AbortSignal): Promise<T> {
    const client = this.#newClient()
    try {
      return await unlessAborted(client.ask(work), signal)
    } catch (error) {
      signal.throwIfAborted()
      throw this.#error(error)
    } finally {
      client.destroy()
    }
  }

  #newClient(): HubClient {
    return new HubClient(this.#config, this.#address, this.#context)
  }

  async #look(admin: Admin): Promise<void> {
    const { eventHub: hub } = this.#address
    await this.#enter(admin)
    await admin.fetchTopicOffsets(hub)
    await admin.fetchOffsets({ groupId: this.#config.consumerGroup, topics: [hub] })
  }

  /**
   * Resolves to the number of partitions of the hub, which is there, and whose group nothing else reads with. The hub first:
   * an identity that may read this hub alone is cut off where it asks for all of them.
   */
  async #enter(admin: Admin): Promise<number> {
    const { eventHub: hub } = this.#address
    const { topics } = await admin.fetchTopicMetadata({ topics: [hub] })
    const { groups } = await admin.describeGroups([this.#config.consumerGroup])
    for (const group of groups) requireOwnGroup(group, hub)
    return topics.find(({ name }) => name === hub)?.partitions.length ?? 0
  }

  #error(thrown: unknown): Error {
    const { host, eventHub } = this.#address
    return kafkaError(
      thrown,
      `the hub ${eventHub} of ${host}, consumer group ${this.#config.consumerGroup}`,
      this.#scrub,
    )
  }
}

/** What was asked is let go of when the signal aborts: its client is destroyed. */
async function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  asked.catch(() => undefined)
  try {
    return await Promise.race([asked, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
