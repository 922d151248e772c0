import { asError, errorCode } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { Inbox } from '../messages/inbox.ts'
import type { Message } from '../messages/message.ts'
import type { Subscription } from '../messages/pushed-batches.ts'
import { pubsubError } from './pubsub-error.ts'

/** A message as the SDK hands it over. */
export interface PulledMessage {
  readonly id: string
  readonly data: Buffer
  readonly publishTime: Date
  /** Resolves at once where nobody answers: without exactly-once delivery. */
  ackWithResponse(): Promise<string>
}

/** What the SDK deals with by itself; of acknowledgements and deadlines the cause lies deeper, beside their ids. */
interface DealtWith {
  readonly error?:
    | (object & { readonly error?: unknown; readonly ackIds?: unknown; readonly code?: unknown })
    | undefined
}

/** The SDK's subscription, as far as it is used here. */
export interface PulledSubscription {
  on(event: 'message', listener: (message: PulledMessage) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  /** A stream that it opens anew, acknowledgements that were not taken. */
  on(event: 'debug', listener: (told: DealtWith) => void): unknown
  close(): Promise<void>
}

interface DeliveryOptions {
  readonly inbox: Inbox<Message>
  /** The full name, for messages. */
  readonly where: string
  /** As many messages are put together at most. */
  readonly atOnce: number
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Pub/Sub ends a stream now and then, which means nothing; one that fails so often within the time below is in trouble. */
const FAILURES = 3
const FAILURES_MS = 60_000
/** gRPC: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION, UNAUTHENTICATED. */
const FINAL = new Set<unknown>([5, 7, 9, 16])
const SUCCESS = 'SUCCESS'

/**
 * Puts what a subscription brings into the inbox, in its order, and acknowledges it once it is durable there: what was put
 * before is durable before. The SDK extends the deadlines meanwhile, and takes in no more than it may hold.
 */
export class Delivery implements Subscription {
  readonly #pulled: PulledSubscription
  readonly #options: DeliveryOptions
  readonly #underWay = new Set<Promise<void>>()
  #gathered: PulledMessage[] = []
  #failures: number[] = []
  #unacknowledgedTold = false
  #closed = false

  constructor(pulled: PulledSubscription, options: DeliveryOptions) {
    this.#pulled = pulled
    this.#options = options
    pulled.on('error', (error) => this.#fail(error))
    pulled.on('debug', (told) => this.#dealtWith(told))
    pulled.on('message', (message) => this.#gather(message))
  }

  async close(): Promise<void> {
    this.#closed = true
    // The inbox has refused what it did not see through: nobody waits here for more than what must be acknowledged.
    await Promise.race([Promise.all(this.#underWay), new Promise((resolve) => setImmediate(resolve))])
    await this.#pulled.close().catch(() => undefined)
  }

  /** Each comes by itself; those of one turn are one parcel. */
  #gather(message: PulledMessage): void {
    this.#failures = []
    if (this.#closed) return
    if (this.#gathered.length === 0) setImmediate(() => this.#putGathered())
    this.#gathered.push(message)
  }

  #putGathered(): void {
    const gathered = this.#gathered
    this.#gathered = []
    for (let from = 0; from < gathered.length; from += this.#options.atOnce) {
      const delivery = this.#deliver(gathered.slice(from, from + this.#options.atOnce))
      this.#underWay.add(delivery)
      void delivery.finally(() => this.#underWay.delete(delivery))
    }
  }

  async #deliver(messages: readonly PulledMessage[]): Promise<void> {
    const { inbox, signal } = this.#options
    try {
      await inbox.put(messages.map(read), signal)
    } catch {
      // Closed or aborted: closing gives them back.
      return
    }
    await Promise.all(messages.map((message) => this.#acknowledge(message)))
  }

  async #acknowledge(message: PulledMessage): Promise<void> {
    try {
      const response = await message.ackWithResponse()
      if (response !== SUCCESS) this.#unacknowledged(new Error(response))
    } catch (error) {
      this.#unacknowledged(error)
    }
  }

  #unacknowledged(error: unknown): void {
    if (this.#unacknowledgedTold || this.#closed) return
    this.#unacknowledgedTold = true
    const { log, where } = this.#options
    log.warn(
      { error, code: errorCode(error) },
      `Messages of ${where} could not be acknowledged, or kept. They come again, which changes nothing; this is not said again of this stream.`,
    )
  }

  /** The SDK goes on by itself. So do we, unless that cannot help, or does not. */
  #dealtWith({ error: told }: DealtWith): void {
    if (told === undefined || this.#closed) return
    const error = told.error instanceof Error ? told.error : asError(told)
    if (FINAL.has(told.code)) return this.#fail(error)
    if (told.ackIds !== undefined) return this.#unacknowledged(error)
    const now = performance.now()
    this.#failures = [...this.#failures.filter((at) => now - at < FAILURES_MS), now]
    if (this.#failures.length >= FAILURES) this.#fail(error)
  }

  #fail(error: Error): void {
    if (this.#closed) return
    const { inbox, where } = this.#options
    inbox.fail(pubsubError(error, { action: 'pubsub.subscriptions.consume', where }))
  }
}

function read({ id, data, publishTime }: PulledMessage): Message {
  const sentAt = publishTime.getTime()
  return { id, body: data, sentAt: Number.isFinite(sentAt) ? sentAt : undefined }
}
