import type { IncomingMessage, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { HttpListener } from '../http-listener.ts'
import { spansIn, type ReceivedSpan } from './received-span.ts'

const PATH = '/v1/traces'
const PROTOBUF = 'application/x-protobuf'
/** What the OpenTelemetry collector takes, unless told. */
const MOST_BYTES = 20 * 1024 * 1024

/** How requests are answered: as they deserve, with this status, or not at all. */
export type Mood = 'well' | 'silent' | number

/**
 * A receiver of traces as OTLP over HTTP has it (https://opentelemetry.io/docs/specs/otlp/#otlphttp): protobuf alone,
 * plain or gzip, at its path. It keeps what it took.
 */
export class OtlpServer {
  readonly spans: ReceivedSpan[] = []
  /** The status of every request, in order. */
  readonly answered: number[] = []
  mood: Mood = 'well'
  /** Headers that a request must have. */
  readonly #required: Readonly<Record<string, string>>
  readonly #listener = new HttpListener((request, response) => this.#serve(request, response))

  constructor(required: Readonly<Record<string, string>> = {}) {
    this.#required = required
  }

  /** The whole URL to send to. */
  get endpoint(): string {
    return `${this.#listener.url}${PATH}`
  }

  async start(): Promise<this> {
    await this.#listener.start()
    return this
  }

  async stop(): Promise<void> {
    await this.#listener.stop()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const status = await this.#answerTo(request).catch(() => 400)
    if (status === undefined) return
    this.answered.push(status)
    response.writeHead(status, { 'content-type': PROTOBUF }).end()
  }

  /** Undefined for none. */
  async #answerTo(request: IncomingMessage): Promise<number | undefined> {
    const { headers, method, url } = request
    const body = await bytesOf(request)
    if (this.mood === 'silent') return undefined
    if (this.mood !== 'well') return this.mood
    if (url !== PATH) return 404
    if (method !== 'POST') return 405
    if (Object.entries(this.#required).some(([name, value]) => headers[name] !== value)) return 401
    if (headers['content-type'] !== PROTOBUF) return 415
    if (body === undefined) return 413
    this.spans.push(...spansIn(unpacked(body, headers['content-encoding'])))
    return 200
  }
}

/** Undefined where there are too many. */
async function bytesOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= MOST_BYTES) chunks.push(chunk)
  }
  return bytes <= MOST_BYTES ? Buffer.concat(chunks) : undefined
}

function unpacked(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding === 'gzip') return gunzipSync(body, { maxOutputLength: MOST_BYTES })
  throw new RangeError(`the encoding ${encoding} is none of OTLP's`)
}
