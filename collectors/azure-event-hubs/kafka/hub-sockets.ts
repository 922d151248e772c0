import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { connect, type ConnectionOptions } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'

/** Azure forgets a connection of which it has not heard for 240 s. */
const KEEP_ALIVE_MS = 60_000

/** Every connection of one client, which all go over TLS, and what ends them at once. */
export class HubSockets {
  readonly #tls: () => ConnectionOptions
  readonly #open = new Set<Socket>()
  #destroyed = false

  /** `tls` is asked at every connection: certificates are renewed while we run. */
  constructor(tls: () => ConnectionOptions) {
    this.#tls = tls
  }

  readonly factory: ISocketFactory = ({ host, port, onConnect }) => {
    if (this.#destroyed) throw new Error('this client has been given up')
    const name = isIP(host) === 0 ? { servername: host } : {}
    const socket = connect({ host, port, minVersion: 'TLSv1.2', ...name, ...this.#tls() }, onConnect)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#open.add(socket)
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

  /** Ends every connection, and refuses new ones. */
  destroy(): void {
    this.#destroyed = true
    for (const socket of this.#open) socket.destroy(new Error('this client has been given up'))
  }
}
