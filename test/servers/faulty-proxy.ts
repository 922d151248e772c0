import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, send, sendHalf, type Target } from './faulty-proxy-exchange.ts'
import {
  echoOf,
  FaultRules,
  type Alter,
  type Answer,
  type Fate,
  type Matching,
  type ProxiedRequest,
  type ReceivedRequest,
  type Treatment,
} from './faulty-proxy-rules.ts'
import { HttpListener } from './http-listener.ts'

export type { Alter, Fate, Matching, ProxiedRequest, ReceivedRequest } from './faulty-proxy-rules.ts'

export interface FaultyProxyOptions {
  /** Makes it speak HTTPS: `key` and `cert` as PEM text, and, to ask the client for a certificate, `ca` and `requestCert`. */
  readonly tls?: ServerOptions
  /** PEM text of the authority of an HTTPS target. */
  readonly targetCa?: string
  /** The port of 127.0.0.1; any free one by default. */
  readonly port?: number
}

/** What an answer made here holds. */
export interface AnswerOptions extends Matching {
  readonly body?: string | Buffer | ((request: ReceivedRequest) => string)
  readonly headers?: Readonly<Record<string, string>>
}

const FATES = { pass: 'passed', answer: 'answered', stall: 'stalled', reset: 'reset' } as const

/** A proxy in front of one HTTP server, which hands on what it gets until it is told to do otherwise. */
export class FaultyProxy {
  readonly #target: Target
  readonly #tls: ServerOptions | undefined
  readonly #rules = new FaultRules()
  readonly #requests: ProxiedRequest[] = []
  readonly #sockets = new Set<Socket>()
  readonly #listener: HttpListener

  private constructor(target: string, options: FaultyProxyOptions) {
    this.#target = { url: new URL(target), ca: options.targetCa }
    this.#tls = options.tls
    this.#listener = new HttpListener(
      (request, response) => this.#serve(request, response),
      options.port,
      (serve) => this.#server(serve),
    )
  }

  static async start(target: string, options: FaultyProxyOptions = {}): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target, options)
    await proxy.startAgain()
    return proxy
  }

  /** Without a path. Whoever uses it adds the same path as to the target. */
  get url(): string {
    return this.#tls ? this.#listener.url.replace('http:', 'https:') : this.#listener.url
  }

  /** What came in, in the order in which its fate was known. */
  requests(): readonly ProxiedRequest[] {
    return this.#requests
  }

  /** Takes all faults back. What is stalled stays stalled. */
  pass(): void {
    this.#rules.clear()
  }

  /** Answers in place of the target, which hears nothing. */
  answer(status: number, { body = '', headers = {}, ...matching }: AnswerOptions = {}): void {
    const answer = (request: ReceivedRequest): Answer => ({
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(typeof body === 'function' ? body(request) : body),
    })
    this.#rules.add({ kind: 'answer', answer }, matching)
  }

  /** Answers with the request itself, headers and body, in the body: what must never get into a log. */
  echo(status: number, matching: Matching = {}): void {
    this.answer(status, { ...matching, headers: { 'content-type': 'text/plain' }, body: echoOf })
  }

  /** Changes the target's answers on their way back; they are not compressed then. */
  alter(alter: Alter, matching: Matching = {}): void {
    this.#rules.add({ kind: 'pass', alter }, matching)
  }

  /** Hands the target's answers back `ms` later than they came. */
  delay(ms: number, matching: Matching = {}): void {
    this.#rules.add({ kind: 'pass', delayMs: ms }, matching)
  }

  /** Takes requests and never answers. `passed`: the target got them. */
  stall({ passed = false, ...matching }: Matching & { readonly passed?: boolean } = {}): void {
    this.#rules.add({ kind: 'stall', passed }, matching)
  }

  /** Resets the connection while the request's body comes in: the target hears nothing. */
  resetRequest(matching: Matching = {}): void {
    this.#rules.add({ kind: 'reset', at: 'request' }, matching)
  }

  /** Resets the connection when the target has done its work, before the answer. */
  resetAnswer(matching: Matching = {}): void {
    this.#rules.add({ kind: 'reset', at: 'answer' }, matching)
  }

  /** Resets the connection when the head and half the body of the target's answer are out. */
  resetMidAnswer(matching: Matching = {}): void {
    this.#rules.add({ kind: 'reset', at: 'mid-answer' }, matching)
  }

  /** Refuses connections from now on, and resets those that are open. */
  async stop(): Promise<void> {
    const stopped = this.#listener.stop()
    // Those that have asked for nothing yet, too.
    for (const socket of this.#sockets) socket.destroy()
    await stopped
  }

  /** After `stop`: the same proxy at the same address. */
  async startAgain(): Promise<void> {
    await this.#listener.start()
  }

  #server(serve: RequestListener): Server {
    const server = this.#tls ? createTlsServer(this.#tls, serve) : createServer(serve)
    return server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket)))
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request
    const treatment = this.#rules.take(method, path)
    try {
      if (treatment.kind === 'reset' && treatment.at === 'request') {
        this.#record(request, await firstBytes(request), 'reset')
        this.#reset(request)
      } else await this.#treat(treatment, request, response)
    } catch {
      // The client or the target broke off: to the other one, so does this.
      this.#reset(request)
    }
  }

  #record({ method = 'GET', url: path = '/', headers }: IncomingMessage, body: Buffer, fate: Fate): ReceivedRequest {
    const seen = { method, path, headers, bytes: body.length, fate }
    this.#requests.push(seen)
    return { ...seen, body }
  }

  async #treat(treatment: Treatment, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = this.#record(request, await buffer(request), FATES[treatment.kind])
    switch (treatment.kind) {
      case 'answer':
        return send(response, treatment.answer(received))
      case 'stall':
        if (treatment.passed) await ask(this.#target, received, false)
        return
      case 'reset': {
        const answer = await ask(this.#target, received, false)
        if (treatment.at === 'mid-answer') await sendHalf(response, answer)
        return this.#reset(request)
      }
      case 'pass': {
        const { alter, delayMs = 0 } = treatment
        const answer = await ask(this.#target, received, alter !== undefined)
        await sleep(delayMs, undefined, { ref: false })
        return send(response, alter ? alter(answer, received) : answer)
      }
    }
  }

  /** With RST where the system lets us, so that the client sees ECONNRESET and not an early end. */
  #reset(request: IncomingMessage): void {
    const { remotePort } = request.socket
    for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.resetAndDestroy()
  }
}

/** The first part of the body; empty where there is none. */
async function firstBytes(request: IncomingMessage): Promise<Buffer> {
  for await (const part of request.iterator({ destroyOnReturn: false })) return part as Buffer
  return Buffer.alloc(0)
}
