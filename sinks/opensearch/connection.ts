import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { errors, type Connection } from '@opensearch-project/opensearch'

type Params = Parameters<Connection['request']>[0]
type Callback = Parameters<Connection['request']>[1]

/** Long enough for the farthest node, short enough that the next one is tried before the request's own limit. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * The client's connection, with what it loses put right: an error keeps its code (ENOTFOUND, CERT_HAS_EXPIRED, …), which
 * alone tells a wrong configuration from an outage; a node that takes no connection is given up in time for the next; and
 * nothing is printed when a connection breaks while an answer is read. How long a request may take is for `exchange`: the
 * client's own limit ends with the first byte of the answer.
 */
export function steady(Base: typeof Connection): typeof Connection {
  return class SteadyConnection extends Base {
    override request(params: Params, callback: Callback): ClientRequest {
      const { timeout: _, ...options } = this.buildRequestObject(params)
      const request = (this.makeRequest as (options: object) => ClientRequest)(options)
      let answered = false
      const answer = (error: Error | null, response: IncomingMessage | null): void => {
        if (answered) return
        answered = true
        callback(error, response)
      }
      request.on('response', (response) => answer(null, response))
      request.on('error', (error) => answer(Object.assign(error, { reusedSocket: request.reusedSocket }), null))
      // A request that we gave up must not count as the node's failure.
      Object.assign(request, { abort: () => request.destroy(new errors.RequestAbortedError('Request aborted')) })
      request.on('socket', (socket) => limitConnecting(socket, request))
      request.setNoDelay(true)
      sendBody(request, params.body)
      return request
    }
  }
}

function limitConnecting(socket: Socket, request: ClientRequest): void {
  if (!socket.connecting) return
  const timer = setTimeout(() => {
    request.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }))
  }, CONNECT_TIMEOUT_MS)
  const clear = (): void => clearTimeout(timer)
  socket.once('connect', clear).once('close', clear)
}

function sendBody(request: ClientRequest, body: Params['body']): void {
  if (body === null || body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) request.end(body)
  else body.on('error', (error) => request.destroy(error)).pipe(request)
}
