import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpListener } from '../http-listener.ts'
import type { HecCode } from './codes.ts'
import { Collector } from './collector.ts'
import type { HecEvent, HecOptions, HecRequest, NextOptions } from './options.ts'
import { refusalReply, type Reply } from './reply.ts'
import { readBody } from './request-body.ts'

/**
 * A stand-in for the HTTP Event Collector of one Splunk node. It keeps to the documented contract, and where the documents
 * are silent to what was measured on Splunk 10.4. It lives in this process, on 127.0.0.1.
 */
export class HecServer {
  readonly #collector: Collector
  readonly #requests: HecRequest[] = []
  readonly #listener: HttpListener

  private constructor(options: HecOptions) {
    this.#collector = new Collector(options)
    this.#listener = new HttpListener((request, response) => this.#serve(request, response), options.port)
  }

  static async start(options: HecOptions): Promise<HecServer> {
    const server = new HecServer(options)
    await server.startAgain()
    return server
  }

  /** Without a path: `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#listener.url
  }

  /** How many events were indexed; also where `take` gets them. */
  get indexed(): number {
    return this.#collector.indexed
  }

  /** What was indexed, in order. */
  events(): readonly HecEvent[] {
    return this.#collector.events
  }

  /** All requests that were answered, in the order of the answers. */
  requests(): readonly HecRequest[] {
    return this.#requests
  }

  /**
   * The next `count` requests with events, of those that come with a good token and channel, are answered `code`. Their
   * events are indexed where that is a 200 (24, 25), else not, unless `indexed` says so.
   */
  next(count: number, code: HecCode, options?: NextOptions): void {
    this.#collector.faults.add(count, code, options)
  }

  /** As `next` with code 9. */
  busy(count: number, retryAfter?: string): void {
    this.next(count, 9, { retryAfter })
  }

  /** The next `count` requests are answered 200, and then lost on the way to the index: never there, never acknowledged. */
  lose(count: number): void {
    this.next(count, 0, { indexed: false })
  }

  /** What is taken in from now on is indexed but never acknowledged, until this is called with false. */
  neverAck(never = true): void {
    this.#collector.faults.neverAck = never
  }

  /** As a restart does: all acknowledgements that wait are gone, and each channel counts from 0 again. */
  forgetAcks(): void {
    this.#collector.acks.forget()
  }

  /** What the health endpoint says: 18 queues full, 19 no acknowledgements, 20 both; 17 is well. */
  unhealthy(code: 17 | 18 | 19 | 20 = 18): void {
    this.#collector.faults.health = code
  }

  /** Takes back whatever was provoked and has not happened yet. */
  behave(): void {
    this.#collector.faults.clear()
  }

  /** Ends all connections, with whatever is under way on them. What was indexed stays; acknowledgements do not. */
  async stop(): Promise<void> {
    this.forgetAcks()
    await this.#listener.stop()
  }

  /** After `stop`: the same server at the same address. */
  async startAgain(): Promise<void> {
    await this.#listener.start()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { limit, options } = this.#collector
    try {
      const { body, bytes } = await readBody(request, limit)
      const reply = await this.#collector
        .replyTo(request, body, bytes)
        .catch((error: unknown) => refusalReply(error, options.cloud === true))
      const { method = '', url: path = '', headers } = request
      const { status, code, unpackedBytes } = reply
      this.#requests.push({ method, path, headers, bytes, unpackedBytes, status, code })
      this.#send(response, reply)
    } catch {
      // The client, or this server, went away amid the request.
      response.destroy()
    }
  }

  #send(response: ServerResponse, { status, body, type, retryAfter, channel }: Reply): void {
    const { channelCookie } = this.#collector.options
    response.writeHead(status, {
      'content-type': type ?? 'application/json; charset=UTF-8',
      'x-content-type-options': 'nosniff',
      'content-length': Buffer.byteLength(body),
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      ...(channelCookie === undefined || channel === undefined ? {} : { 'set-cookie': `${channelCookie}=${channel}` }),
    })
    response.end(body)
  }
}
