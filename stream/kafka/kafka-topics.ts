import type { Admin } from 'kafkajs'
import type { Topic } from '../topics.ts'
import { createClient, kafkaError, type KafkaClient, type KafkaOptions } from './client.ts'
import { applyTopics, planTopics } from './topic-admin.ts'
import type { TopicPlan } from './topic-plan.ts'

/** A person waits for the answer: unreachable brokers are told after a second or two. */
const RETRIES = 3

/** The topics of one cluster in an operator's hands: looked at, created, changed. */
export class KafkaTopics implements AsyncDisposable {
  readonly #client: KafkaClient
  readonly #admin: Admin
  readonly #options: KafkaOptions
  readonly #topics: readonly Topic[]

  private constructor(client: KafkaClient, admin: Admin, options: KafkaOptions, topics: readonly Topic[]) {
    this.#client = client
    this.#admin = admin
    this.#options = options
    this.#topics = topics
  }

  /** Rejects with the reason and the remedy when no broker lets us in. */
  static async connect(options: KafkaOptions, topics: readonly Topic[]): Promise<KafkaTopics> {
    const client = createClient(options, { retries: RETRIES })
    const admin = client.admin()
    try {
      await admin.connect()
    } catch (error) {
      client.destroy()
      throw kafkaError(error, `connect to ${options.brokers.join(', ')}`)
    }
    return new KafkaTopics(client, admin, options, topics)
  }

  plan(): Promise<TopicPlan[]> {
    return planTopics(this.#admin, this.#options, this.#topics)
  }

  /** Carries out what can be mended, and resolves to what was found before. */
  apply(): Promise<TopicPlan[]> {
    return applyTopics(this.#admin, this.#options, this.#topics)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.disconnect().catch(() => undefined)
    this.#client.destroy()
  }
}
