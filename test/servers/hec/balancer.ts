import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { ask, send } from '../faulty-proxy-exchange.ts'
import type { Answer } from '../faulty-proxy-rules.ts'

const COOKIE = 'HECNODE'

/**
 * A pretended load balancer in front of several nodes: each request goes to the next node, unless it brings the cookie that
 * names one. A node knows nothing of the acknowledgements of another: to its client they are false for ever.
 */
export class HecBalancer {
  readonly #nodes: readonly URL[]
  readonly #sticky: boolean
  readonly #server: Server
  #turn = 0

  private constructor(nodes: readonly string[], sticky: boolean) {
    this.#nodes = nodes.map((node) => new URL(node))
    this.#sticky = sticky
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  /** `nodes`: their URLs, without a path. Without `sticky` it sets no cookie, and heeds none. */
  static async start(nodes: readonly string[], { sticky = true }: { sticky?: boolean } = {}): Promise<HecBalancer> {
    const balancer = new HecBalancer(nodes, sticky)
    await new Promise<void>((resolve) => balancer.#server.listen({ port: 0, host: '127.0.0.1' }, resolve))
    return balancer
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const node = this.#nodeFor(request)
      const { method = 'GET', url: path = '/', headers } = request
      const body = await buffer(request)
      const received = { method, path, headers, bytes: body.length, fate: 'passed', body } as const
      const answer = await ask({ url: this.#nodes[node]!, ca: undefined }, received, false).catch(() => badGateway)
      send(response, this.#sticky ? marked(answer, node) : answer)
    } catch {
      response.destroy()
    }
  }

  #nodeFor(request: IncomingMessage): number {
    const named = new RegExp(`(?:^|;\\s*)${COOKIE}=(\\d+)`).exec(request.headers.cookie ?? '')?.[1]
    const node = this.#sticky && named !== undefined ? Number(named) : this.#turn++
    return node % this.#nodes.length
  }
}

const badGateway: Answer = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body><h1>502 Bad Gateway</h1></body></html>'),
}

function marked(answer: Answer, node: number): Answer {
  const own = [answer.headers['set-cookie'] ?? []].flat().map(String)
  return { ...answer, headers: { ...answer.headers, 'set-cookie': [...own, `${COOKIE}=${node}; Path=/; HttpOnly`] } }
}
