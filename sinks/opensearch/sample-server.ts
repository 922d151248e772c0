import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What the next request is answered with: JSON with a status, or whatever is done with the response. */
export type Reply = readonly [status: number, body: unknown] | ((response: ServerResponse, request: Received) => void)

export interface SampleServer {
  readonly url: string
  readonly received: readonly Received[]
  readonly server: Server
}

/** A server in this process for what a real cluster cannot be made to answer; the last reply is for all that follow. */
export async function sampleServer(...replies: readonly Reply[]): Promise<SampleServer> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers } = request
      const one = { method, path: url, headers, body }
      received.push(one)
      const reply = replies[Math.min(received.length, replies.length) - 1]!
      if (typeof reply === 'function') return reply(response, one)
      const [status, content] = reply
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof content === 'string' ? content : JSON.stringify(content))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, server }
}
