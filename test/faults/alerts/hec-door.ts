import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { HttpListener } from '../../servers/http-listener.ts'

/** A destination of the Splunk sink that takes everything and keeps nothing: slowly, refusing, or not at all if told. */
export class HecDoor {
  /** How long each delivery takes, in milliseconds. */
  delayMs = 0
  /** Whether it knows the token. */
  knows = true
  readonly #listener: HttpListener

  private constructor() {
    this.#listener = new HttpListener((request, response) => this.#serve(request, response))
  }

  static async open(): Promise<HecDoor> {
    const door = new HecDoor()
    await door.#listener.start()
    return door
  }

  /** A sink that writes here. */
  sink(settings: object = {}): object {
    const delivery = { initialBackoffMs: 100, maxBackoffMs: 1000, ...settings }
    return { type: 'splunk', endpoints: [this.#listener.url], token: 'token', delivery }
  }

  /** Refuses connections from now on. */
  close(): Promise<void> {
    return this.#listener.stop()
  }

  openAgain(): Promise<void> {
    return this.#listener.start()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isHealth = request.url?.includes('/health') === true
    await buffer(request).catch(() => undefined)
    if (!isHealth && this.delayMs > 0) await sleep(this.delayMs)
    const [status, text, code] = this.knows
      ? ([200, isHealth ? 'HEC is healthy' : 'Success', isHealth ? 17 : 0] as const)
      : ([403, 'Invalid token', 4] as const)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ text, code }))
  }
}
