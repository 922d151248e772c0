import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs'
import type { BrokerReport } from './broker-report.ts'

/** How long a broker may take to accept a connection, and with TLS to agree on its terms, in milliseconds. */
const CONNECT_MS = 2000
const CONNECT_TLS_MS = 4000
/** How long a broker may take for the first answer, which says what it can do. */
const FIRST_ANSWER_MS = 4000
/** How long a broker that left a request unanswered is left alone, in milliseconds. */
const AVOID_MS = 5000
const KEEP_ALIVE_MS = 30_000
const API_VERSIONS = 18
const SILENT = `it accepts the connection, but does not answer within ${FIRST_ANSWER_MS / 1000} s`

/** More than any of ours, so that kafkajs never counts: it would not tell a silent broker from a busy one. */
export const KAFKAJS_CONNECT_MS = CONNECT_TLS_MS + 1000

/**
 * Every socket of one client. It bounds what kafkajs does not (a broker that accepts and never answers is asked again and
 * again, the others never), tells the operator, and can end all connections at once, so that a client that has been
 * given up sends nothing more.
 */
export class Sockets {
  readonly #report: BrokerReport
  readonly #tls: (() => ConnectionOptions) | undefined
  readonly #open = new Map<Socket, string>()
  /** By broker, until when it is left alone. */
  readonly #avoided = new Map<string, number>()
  #destroyed = false

  /** `tls` is asked at every connection: certificates are renewed while we run. */
  constructor(report: BrokerReport, tls: (() => ConnectionOptions) | undefined) {
    this.#report = report
    this.#tls = tls
  }

  readonly factory: ISocketFactory = (target) => {
    if (this.#destroyed) throw new EndedByUs('this client has been given up')
    const broker = `${target.host}:${target.port}`
    if (performance.now() < (this.#avoided.get(broker) ?? 0)) throw new Error('it did not answer just now')
    const socket = this.#connect(target)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#open.set(socket, broker)
    new Watch(socket, broker, this.#report, this.#tls !== undefined).begin()
    socket.once('close', () => {
      this.#open.delete(socket)
      // kafkajs does so at every end of a connection; on one that is closed, node would wait for it to connect again.
      socket.unref = () => socket
    })
    return socket
  }

  get isDestroyed(): boolean {
    return this.#destroyed
  }

  /**
   * Ends the connections to one broker (`host:port`), and makes none for a moment. A process that stands still still has
   * its connections accepted: kafkajs would go on asking that one, of all brokers, who leads its partitions now.
   */
  drop(broker: string): void {
    this.#avoided.set(broker, performance.now() + AVOID_MS)
    for (const [socket, each] of this.#open) if (each === broker) socket.destroy(new EndedByUs('it does not answer'))
  }

  /** Ends every connection, and refuses new ones. */
  destroy(): void {
    this.#destroyed = true
    for (const socket of this.#open.keys()) socket.destroy(new EndedByUs('this client has been given up'))
  }

  #connect({ host, port, onConnect }: ISocketFactoryArgs): Socket {
    if (this.#tls === undefined) return connectTcp({ host, port }, onConnect)
    const name = isIP(host) === 0 ? { servername: host } : {}
    return connectTls({ host, port, ...name, ...this.#tls() }, onConnect)
  }
}

/** No fault of the broker. */
class EndedByUs extends Error {}

/** Looks after one socket until its broker has answered for the first time. */
class Watch {
  readonly #socket: Socket
  readonly #broker: string
  readonly #report: BrokerReport
  readonly #withTls: boolean
  #timer: NodeJS.Timeout | undefined
  #answered = false
  #givenUp = false

  constructor(socket: Socket, broker: string, report: BrokerReport, withTls: boolean) {
    this.#socket = socket
    this.#broker = broker
    this.#report = report
    this.#withTls = withTls
  }

  begin(): void {
    const socket = this.#socket
    const withTls = this.#withTls
    const ms = withTls ? CONNECT_TLS_MS : CONNECT_MS
    this.#endAfter(ms, `no connection within ${ms / 1000} s`)
    socket.once(withTls ? 'secureConnect' : 'connect', () => clearTimeout(this.#timer))
    socket.once('data', () => this.#firstAnswer())
    socket.once('error', (error) => this.#failed(error))
    // Comes before kafkajs hears of it and closes its own side.
    socket.once('end', () => this.#closed())
    socket.once('close', () => clearTimeout(this.#timer))
    this.#boundFirstAnswer()
  }

  #firstAnswer(): void {
    clearTimeout(this.#timer)
    this.#answered = true
    this.#report.answered(this.#broker)
  }

  #failed(error: Error & { code?: string }): void {
    clearTimeout(this.#timer)
    if (this.#answered || this.#givenUp || error instanceof EndedByUs) return
    this.#givenUp = true
    const hint = error.code === 'EPROTO' || error.code?.startsWith('ERR_SSL') ? '; does the port expect TLS?' : ''
    this.#report.failed(this.#broker, problemOf(error) + hint)
  }

  #closed(): void {
    clearTimeout(this.#timer)
    if (this.#answered || this.#givenUp || this.#socket.writableEnded) return
    this.#givenUp = true
    const hint = this.#withTls ? 'does it take our certificate?' : 'does it expect TLS (stream.tls)?'
    this.#report.failed(this.#broker, `it closes the connection without an answer; ${hint}`)
  }

  /**
   * Only the first request of a new client is known to be answered at once. Its requests that may take long (joining a
   * group) have other numbers, and kafkajs's own limit for them.
   */
  #boundFirstAnswer(): void {
    const socket = this.#socket
    const write = socket.write.bind(socket)
    socket.write = (data: Uint8Array | string, ...rest: unknown[]): boolean => {
      socket.write = write
      if (Buffer.isBuffer(data) && data.length > 6 && data.readInt16BE(4) === API_VERSIONS)
        this.#endAfter(FIRST_ANSWER_MS, SILENT)
      return (write as (...all: unknown[]) => boolean)(data, ...rest)
    }
  }

  #endAfter(ms: number, problem: string): void {
    this.#timer = setTimeout(() => this.#socket.destroy(Object.assign(new Error(problem), { code: 'ETIMEDOUT' })), ms)
  }
}

function problemOf({ code, message }: Error & { code?: string }): string {
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'it refuses the connection',
    ECONNRESET: 'it ends the connection',
    ENOTFOUND: 'the name is not known',
    EAI_AGAIN: 'the name cannot be looked up',
    EHOSTUNREACH: 'there is no way to the host',
    ENETUNREACH: 'there is no way to the network',
  }
  return (code === undefined ? undefined : words[code]) ?? message
}
