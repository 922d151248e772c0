import { errors, type Client } from '@opensearch-project/opensearch'
import { requestError, stalled, unexpectedStatus } from './faults.ts'
import type { Scrub } from './scrub.ts'

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly querystring?: Readonly<Record<string, string>>
  /** An object is sent as JSON; bytes are sent as they are, as NDJSON unless `headers` say else. */
  readonly body?: object | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** Statuses from 400 on that are answers, not errors. */
  readonly accept?: readonly number[]
}

export interface Answer {
  readonly status: number
  /** What the JSON says; text where it is none. */
  readonly body: unknown
}

export interface ExchangeOptions {
  readonly signal: AbortSignal
  /** For the whole exchange: all nodes that are tried, and the answer to its end. */
  readonly timeoutMs: number
  readonly scrub: Scrub
}

/**
 * Sends one request and gives back its answer; where a node cannot be reached, of the next one, each once.
 * Rejects with the signal's reason, or with an error of ours (`OPENSEARCH_…`) that says whose turn it is and holds
 * nothing of the request.
 */
export async function exchange(client: Client, request: Request, options: ExchangeOptions): Promise<Answer> {
  const { signal, timeoutMs, scrub } = options
  const deadline = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any([signal, deadline])
  let nodes = client.connectionPool.connections.length
  let again = true
  for (;;) {
    try {
      signal.throwIfAborted()
      return await send(client, request, either)
    } catch (thrown) {
      signal.throwIfAborted()
      if (deadline.aborted) throw stalled(timeoutMs)
      // A node may close a connection that was idle just when we use it again: that says nothing about the node.
      if (again && isStale(thrown)) again = false
      else if (mayTryNext(thrown) && nodes > 1) nodes -= 1
      else throw requestError(thrown, scrub)
    }
  }
}

async function send(client: Client, request: Request, signal: AbortSignal): Promise<Answer> {
  const { method, path, querystring = {}, body, headers = {}, accept = [] } = request
  const content = body === undefined ? {} : Buffer.isBuffer(body) ? { bulkBody: body } : { body }
  const options = { headers: { ...headers }, ignore: [...accept] }
  const sent = client.transport.request({ method, path, querystring: { ...querystring }, ...content }, options)
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => {
    sent.abort()
    // The client answers an abort only where it got as far as a connection: it may still wait for credentials.
    reject(signal.reason as Error)
  }
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    const answer = await Promise.race([sent, aborted])
    const status = answer.statusCode ?? 0
    if (status >= 300 && status < 400) throw unexpectedStatus(answer)
    return { status, body: answer.body as unknown }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function isStale(thrown: unknown): boolean {
  const { code, reusedSocket } = thrown as { readonly code?: unknown; readonly reusedSocket?: unknown }
  return reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE')
}

/** Where nobody answered, or only somebody in front of the node. */
function mayTryNext(thrown: unknown): boolean {
  if (thrown instanceof errors.ResponseError) return [502, 503, 504].includes(thrown.meta.statusCode ?? 0)
  return thrown instanceof errors.ConnectionError || 'reusedSocket' in (thrown as object)
}
