import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** An HTTP server in this process, on 127.0.0.1, which may stop and start again at the same address. */
export class HttpListener {
  readonly #serve: RequestListener
  readonly #make: (serve: RequestListener) => Server
  #server: Server | undefined
  #port: number

  /** `serve` must not reject. `port`: any free one where it is 0. `make`: of plain HTTP unless told. */
  constructor(serve: Serve, port = 0, make: (serve: RequestListener) => Server = createServer) {
    this.#serve = (request, response) => void serve(request, response)
    this.#make = make
    this.#port = port
  }

  /** Without a path: `http://127.0.0.1:PORT`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const server = this.#make(this.#serve)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ port: this.#port, host: '127.0.0.1' }, resolve)
    })
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  /** Ends all connections, with whatever is under way on them. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}
