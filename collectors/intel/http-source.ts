import { Agent, ProxyAgent, request, type Dispatcher } from 'undici'
import { durationMs } from '../../core/duration.ts'
import { PermanentError } from '../../core/errors.ts'
import { readPem } from '../../core/pem.ts'
import type { FeedConfig, IntelConfig } from './config.ts'
import type { FeedSource, Fetched } from './feed-source.ts'
import { statusError, transportError } from './http-error.ts'
import { quoted, tooLarge } from './refused.ts'

type Answer = Dispatcher.ResponseData

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MOST_REDIRECTS = 5
const CONNECT_LIMIT_MS = 10_000
/** A longer tag is not kept. */
const LONGEST_ETAG = 500

type Access = Pick<FeedConfig, 'headers' | 'ca' | 'proxy'> & {
  readonly url: string
  /** As the operator knows it: `epss`. */
  readonly setting: string
}

/** A list at an address. Nothing is tried again here. */
export class HttpSource implements FeedSource {
  readonly name: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #config: Pick<IntelConfig, 'timeout' | 'maxBytes'>
  readonly #dispatcher: Dispatcher

  /** Throws a PermanentError: `TLS_FILE` when a certificate cannot be read, `INTEL_CONFIG` for an address that is none. */
  constructor({ url, headers = {}, ...access }: Access, config: Pick<IntelConfig, 'timeout' | 'maxBytes'>) {
    if (!URL.canParse(url)) throw new PermanentError('INTEL_CONFIG', `${access.setting}.url: ${url} is no address`)
    this.name = url
    this.#headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))
    this.#config = config
    this.#dispatcher = dispatcherOf(access, durationMs(config.timeout))
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#exchange(undefined, signal, async ({ body }) => {
      // Only whether it is there: the list itself is not wanted now.
      body.on('error', () => {}).destroy()
    })
  }

  async read(etag: string | undefined, signal: AbortSignal): Promise<Fetched | undefined> {
    return await this.#exchange(etag, signal, async ({ body, headers, statusCode }) => {
      if (statusCode === 304) {
        await body.dump()
        return undefined
      }
      return {
        bytes: await this.#whole(body),
        etag: etagOf(headers),
        encoded: headers['content-encoding'] !== undefined,
      }
    })
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
  }

  async #exchange<T>(etag: string | undefined, signal: AbortSignal, use: (answer: Answer) => Promise<T>): Promise<T> {
    const { timeout } = this.#config
    const either = AbortSignal.any([signal, AbortSignal.timeout(durationMs(timeout))])
    try {
      const answer = await this.#follow(etag, either)
      const { statusCode, headers, body } = answer
      if (statusCode === 200 || (statusCode === 304 && etag !== undefined)) return await use(answer)
      await body.dump()
      throw statusError(this.name, statusCode, textOf(headers['retry-after']), Date.now())
    } catch (error) {
      signal.throwIfAborted()
      throw transportError(either.aborted ? (either.reason as unknown) : error, this.name, timeout)
    }
  }

  /** Goes where it is sent, at most five times: FIRST's address has moved before. */
  async #follow(etag: string | undefined, signal: AbortSignal): Promise<Answer> {
    const first = new URL(this.name)
    for (let url = first, hops = 0; ; hops++) {
      const headers = {
        ...(url.origin === first.origin ? this.#headers : {}),
        'user-agent': 'posture-stream',
        accept: '*/*',
        'accept-encoding': 'gzip',
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      }
      const answer = await request(url, { dispatcher: this.#dispatcher, headers, signal })
      const location = textOf(answer.headers['location'])
      if (!REDIRECTS.has(answer.statusCode) || location === undefined) return answer
      await answer.body.dump()
      if (hops === MOST_REDIRECTS) throw redirected(this.name, `redirects more than ${MOST_REDIRECTS} times`)
      url = target(location, url, this.name)
    }
  }

  async #whole(body: Answer['body']): Promise<Buffer> {
    const { maxBytes } = this.#config
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maxBytes) throw tooLarge(this.name, maxBytes)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks, length)
  }
}

function dispatcherOf({ ca, proxy, setting }: Omit<Access, 'url' | 'headers'>, timeoutMs: number): Dispatcher {
  const tls = { minVersion: 'TLSv1.2' as const, ...(ca === undefined ? {} : { ca: readPem(`${setting}.ca`, ca) }) }
  const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
  const timeout = Math.min(CONNECT_LIMIT_MS, timeoutMs)
  if (proxy === undefined) return new Agent({ ...limits, connect: { ...tls, timeout } })
  return new ProxyAgent({ ...limits, uri: proxy, requestTls: { ...tls, timeout }, proxyTls: { timeout } })
}

/** Away from the first server only by https: not to an address inside, nor without TLS. */
function target(location: string, from: URL, name: string): URL {
  const url = URL.parse(location, from.href)
  if (url === null) throw redirected(name, `redirects to ${quoted(location)}, which is no address`)
  if (url.protocol === 'https:' || url.origin === from.origin) return url
  throw redirected(name, `redirects to ${quoted(url.origin)}, which is not https`)
}

function redirected(name: string, what: string): PermanentError {
  return new PermanentError('INTEL_ANSWER', `${name} ${what}: check the address`)
}

function etagOf(headers: Answer['headers']): string | undefined {
  const etag = textOf(headers['etag'])
  return etag !== undefined && etag.length <= LONGEST_ETAG && /^(W\/)?"[!#-~]*"$/.test(etag) ? etag : undefined
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
