import { setTimeout as sleep } from 'node:timers/promises'
import { TransientError } from '../../core/errors.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { readAcknowledged, readAnswer, readHealth, type HecAnswer } from './answer.ts'
import { Channel, Channels } from './channels.ts'
import type { SplunkConfig } from './config.ts'
import { HecConnection, type ConnectionAnswer, type ConnectionConfig } from './hec-connection.ts'
import type { Quote } from './quote.ts'

/** What became of a request; `acknowledged` resolves, with the reason if it will not be, and never rejects. */
export type Sent = HecAnswer & { readonly acknowledged?: Promise<Error | undefined> }

export type EndpointConfig = ConnectionConfig & Pick<SplunkConfig, 'acknowledge' | 'compression'>

const COLLECTOR = '/services/collector'
const SLOW_MS = 250
const SLOW_LIMIT_MS = 10_000

/** One HEC, its connections, its channels, and how it fares. */
export class Endpoint {
  readonly #connection: HecConnection
  readonly #compressed: boolean
  readonly #quote: Quote
  readonly #closed: AbortSignal
  readonly #channels = new Channels()
  readonly #acknowledgements: Acknowledgements | undefined
  #restsUntil = 0
  #slowMs = 0
  #slowUntil = 0

  /** Once `closed` aborts, nothing is sent and nobody waits any more. */
  constructor(url: string, config: EndpointConfig, quote: Quote, closed: AbortSignal) {
    this.#connection = new HecConnection(url, config, quote)
    this.#compressed = config.compression
    this.#quote = quote
    this.#closed = closed
    this.#acknowledgements =
      config.acknowledge &&
      new Acknowledgements(this.name, (...asked) => this.#ask(...asked), config.acknowledge, closed)
  }

  get name(): string {
    return this.#connection.name
  }

  get isResting(): boolean {
    return performance.now() < this.#restsUntil
  }

  /** Leaves it alone for a while. */
  rest(ms: number): void {
    this.#restsUntil = performance.now() + ms
  }

  /** Waits while it has asked for a slower pace. */
  async ready(signal: AbortSignal): Promise<void> {
    const pauseMs = this.#slowUntil - performance.now()
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal })
  }

  /** Sends events, compressed already where they are to be. Throws a TransientError where the answer is not about them. */
  async send(body: Uint8Array): Promise<Sent> {
    // Unless it is acknowledged, nobody gets the channel again: it may hold a number that nobody asks for.
    const channel = this.#acknowledgements && this.#channels.take()
    const headers = { ...(this.#compressed ? { 'content-encoding': 'gzip' } : {}), ...channel?.headers }
    const answer = await this.#post('/event', body, headers, this.#closed)
    channel?.note(answer.setCookies)
    const read = readAnswer(answer, this.#quote)
    this.#restsUntil = 0
    if (read.kind === 'taken') this.#pace(read.slowly)
    if (!channel || read.kind !== 'taken') return read
    return { ...read, acknowledged: this.#acknowledged(channel, read.ackId) }
  }

  /** Whether it would take events now: throws a TransientError with the fault. Leaves no trace, not even an empty event. */
  async check(signal: AbortSignal): Promise<void> {
    readHealth(await this.#connection.request({ method: 'GET', path: `${COLLECTOR}/health` }, signal), this.#quote)
    // Of a token without acknowledgements Splunk says so; on a channel of its own the question takes nobody's answer away.
    if (this.#acknowledgements) await this.#ask(new Channel(), 0, signal)
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  async #acknowledged(channel: Channel, id: number | undefined): Promise<Error | undefined> {
    if (id === undefined) return this.#noAcknowledgement()
    const error = await this.#acknowledgements!.wait(channel, id)
    if (error === undefined) this.#channels.giveBack(channel)
    return error
  }

  async #ask(channel: Channel, id: number, signal: AbortSignal): Promise<boolean> {
    const body = JSON.stringify({ acks: [id] })
    const answer = await this.#post(`/ack?channel=${channel.id}`, body, channel.headers, signal)
    return readAcknowledged(answer, this.#quote).has(id)
  }

  async #post(
    path: string,
    body: Uint8Array | string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ConnectionAnswer> {
    const all = { 'content-type': 'application/json', ...headers }
    return await this.#connection.request({ method: 'POST', path: COLLECTOR + path, headers: all, body }, signal)
  }

  #pace(slowly: boolean): void {
    this.#slowMs = slowly ? Math.min(Math.max(this.#slowMs * 2, SLOW_MS), SLOW_LIMIT_MS) : 0
    this.#slowUntil = performance.now() + this.#slowMs
  }

  #noAcknowledgement(): TransientError {
    return new TransientError(
      'SPLUNK_ACK_MISSING',
      `${this.name} took findings without a number to ask for: set Enable indexer acknowledgement for the token, or take "acknowledge" off this sink`,
      { fault: 'configuration' },
    )
  }
}
