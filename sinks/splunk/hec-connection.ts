import { Pool, type buildConnector } from 'undici'
import { PermanentError } from '../../core/errors.ts'
import { readTls } from '../tls.ts'
import { retryAfterMs, type HecResponse } from './answer.ts'
import type { SplunkConfig } from './config.ts'
import type { Quote } from './quote.ts'
import { transportError } from './transport-error.ts'

type BuildOptions = Partial<buildConnector.BuildOptions>

export type ConnectionConfig = Pick<SplunkConfig, 'token' | 'requestTimeoutMs' | 'tls'>

export interface HecRequest {
  readonly method: 'GET' | 'POST'
  /** From the address of the endpoint on, with its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

export interface ConnectionAnswer extends HecResponse {
  readonly setCookies: readonly string[]
}

const CONNECT_LIMIT_MS = 10_000
/** HEC's answers are a line; an error page of somebody else's is a few kilobytes. */
const ANSWER_LIMIT_BYTES = 1024 * 1024

/** The connections to one endpoint. Nothing is sent before the first request; nothing is tried again, and no redirect followed. */
export class HecConnection {
  /** Scheme, host and port, as errors call it. */
  readonly name: string
  readonly #path: string
  readonly #config: ConnectionConfig
  readonly #quote: Quote
  readonly #pool: Pool

  /** Throws a PermanentError when the endpoint is no URL (`SPLUNK_ENDPOINT`) or a certificate cannot be read (`TLS_FILE`). */
  constructor(endpoint: string, config: ConnectionConfig, quote: Quote) {
    const url = URL.parse(endpoint)
    if (url === null) {
      const message = `endpoints: ${endpoint} is no address; write for example https://splunk.example.com:8088`
      throw new PermanentError('SPLUNK_ENDPOINT', message)
    }
    this.name = url.origin
    // Many copy the whole address of the collector, as Splunk's documentation shows it.
    this.#path = url.pathname.replace(/\/services\/collector(\/.*)?$/, '').replace(/\/+$/, '')
    this.#config = config
    this.#quote = quote
    this.#pool = new Pool(url.origin, {
      connect: connectOptions(config),
      headersTimeout: config.requestTimeoutMs,
      bodyTimeout: config.requestTimeoutMs,
      maxResponseSize: ANSWER_LIMIT_BYTES,
    })
  }

  /** The answer, whatever its status. Throws a TransientError when there is none; the signal's reason when it aborts. */
  async request({ method, path, headers, body }: HecRequest, signal: AbortSignal): Promise<ConnectionAnswer> {
    signal.throwIfAborted()
    const { token, requestTimeoutMs } = this.#config
    try {
      const answer = await this.#pool.request({
        method,
        path: this.#path + path,
        headers: { ...headers, authorization: `Splunk ${token.reveal()}` },
        body: body ?? null,
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      })
      return {
        from: this.name,
        status: answer.statusCode,
        retryAfterMs: retryAfterMs(textOf(answer.headers['retry-after']), Date.now()),
        setCookies: [answer.headers['set-cookie'] ?? []].flat(),
        body: await answer.body.text(),
      }
    } catch (thrown) {
      signal.throwIfAborted()
      throw transportError(thrown, this.name, requestTimeoutMs, this.#quote)
    }
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    if (!this.#pool.destroyed) await this.#pool.destroy()
  }
}

function connectOptions({ requestTimeoutMs, tls }: ConnectionConfig): NonNullable<Pool.Options['connect']> {
  const timeout = Math.min(CONNECT_LIMIT_MS, requestTimeoutMs)
  return tls === undefined ? { timeout } : { ...(readTls(tls) as BuildOptions), timeout }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
