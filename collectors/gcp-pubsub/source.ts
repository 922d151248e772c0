import { Duration, PubSub, SubscriptionCloseBehaviors, type Subscription, type protos } from '@google-cloud/pubsub'
import { PassThroughClient } from 'google-auth-library'
import { unlessAborted } from '../../core/abort.ts'
import type { Config } from './config.ts'
import { subscriptionName } from './config.ts'
import { credentialsOf, foundCredentials } from './credentials.ts'
import { pubsubError } from './pubsub-error.ts'

/** What Pub/Sub says of a subscription. */
export type Facts = protos.google.pubsub.v1.ISubscription

/** How long an answer may take, in milliseconds. */
const ANSWER_MS = 20_000
/** How long the end may take: what is durable is acknowledged, the rest is given back. */
const CLOSE_SECONDS = 3
/**
 * The SDK stops extending the deadline of a message after an hour unless told, and then takes in others for it: a stream of
 * ours that takes nothing for a night would fill the memory with copies. Held is held, for as long as Pub/Sub keeps it.
 */
const HELD_HOURS = 31 * 24
const CONSUME = 'pubsub.subscriptions.consume'

/** One subscription at Pub/Sub, and what is asked there. Each rejects with an error of ours, or with the signal's reason. */
export class Source {
  /** In full: `projects/…/subscriptions/…`. */
  readonly name: string
  readonly #config: Config
  #client: Promise<PubSub> | undefined

  /** Throws as `subscriptionName` does. */
  constructor(config: Config) {
    this.name = subscriptionName(config)
    this.#config = config
  }

  async facts(signal: AbortSignal): Promise<Facts> {
    return this.#answer('pubsub.subscriptions.get', signal, async (pubsub) => {
      const [facts] = await pubsub.subscription(this.name).getMetadata(ONE_ANSWER)
      return facts
    })
  }

  /** Whether its messages may be read; asking that needs no right. Rejects as well where the server cannot say. */
  async mayConsume(signal: AbortSignal): Promise<boolean> {
    return this.#answer(CONSUME, signal, async (pubsub) => {
      const [granted] = await pubsub.subscription(this.name).iam.testPermissions([CONSUME], ONE_ANSWER)
      return (granted as Readonly<Record<string, boolean>>)[CONSUME] === true
    })
  }

  /** Messages flow once someone listens for them. */
  async pulled(): Promise<Subscription> {
    const { ackDeadlineSeconds, maxMessages, maxBytes } = this.#config
    const deadline = Duration.from({ seconds: ackDeadlineSeconds })
    const pubsub = await this.#connected()
    return pubsub.subscription(this.name, {
      minAckDeadline: deadline,
      maxAckDeadline: deadline,
      maxExtensionTime: Duration.from({ hours: HELD_HOURS }),
      flowControl: { maxMessages, maxBytes },
      // Pub/Sub counts what is held by stream, and one brings 10 MB a second.
      streamingOptions: { maxStreams: 1 },
      closeOptions: {
        behavior: SubscriptionCloseBehaviors.NackImmediately,
        timeout: Duration.from({ seconds: CLOSE_SECONDS }),
      },
    })
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined)
    this.#client = undefined
    await client?.close()
  }

  async #answer<Answer>(
    action: string,
    signal: AbortSignal,
    ask: (pubsub: PubSub) => Promise<Answer>,
  ): Promise<Answer> {
    signal.throwIfAborted()
    try {
      return await unlessAborted(this.#connected().then(ask), signal)
    } catch (error) {
      signal.throwIfAborted()
      throw pubsubError(error, { action, where: this.name })
    }
  }

  /** A file that could not be read is read anew at the next attempt: it may have been mended. */
  async #connected(): Promise<PubSub> {
    this.#client ??= clientOf(this.#config, this.name)
    try {
      return await this.#client
    } catch (error) {
      this.#client = undefined
      throw error
    }
  }
}

const ONE_ANSWER = { timeout: ANSWER_MS, retry: null }

async function clientOf({ credentials, endpoint }: Config, name: string): Promise<PubSub> {
  // The SDK takes the address of an emulator from there too.
  const address = endpoint ?? (process.env['PUBSUB_EMULATOR_HOST'] || undefined)
  const inPlainText = address?.startsWith('https:') === false
  return new PubSub({
    projectId: name.split('/')[1]!,
    ...(address === undefined ? {} : { apiEndpoint: address, emulatorMode: inPlainText }),
    authClient: inPlainText
      ? new PassThroughClient()
      : await (credentials === undefined ? foundCredentials() : credentialsOf(credentials)),
  })
}
