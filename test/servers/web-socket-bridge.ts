import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const BINARY = 2
const CLOSE = 8

/** Takes bytes out of WebSockets (RFC 6455) and hands them to a port of this machine, as Event Hubs does at its port 443. */
export class WebSocketBridge {
  readonly #server: Server
  readonly #sockets = new Set<Duplex>()
  /** The paths and protocols that were asked for. */
  readonly asked: string[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(tls: { readonly key: string; readonly cert: string }, to: number): Promise<WebSocketBridge> {
    const bridge = new WebSocketBridge(createServer(tls))
    bridge.#server.on('upgrade', ({ url, headers }, socket: Duplex) => {
      const protocol = headers['sec-websocket-protocol'] ?? ''
      bridge.asked.push(`${url} ${protocol}`)
      bridge.#sockets.add(socket)
      accept(socket, headers['sec-websocket-key'] ?? '', protocol)
      relay(socket, to)
    })
    await new Promise<void>((resolve) => bridge.#server.listen(0, '127.0.0.1', resolve))
    return bridge
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function accept(socket: Duplex, key: string, protocol: string): void {
  const accepted = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
  head.push(`Sec-WebSocket-Accept: ${accepted}`, `Sec-WebSocket-Protocol: ${protocol}`)
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
}

function relay(socket: Duplex, port: number): void {
  const inside = connect(port, '127.0.0.1')
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (let frame = frameOf(received); frame !== undefined; frame = frameOf(received)) {
      received = received.subarray(frame.end)
      if (frame.opcode === CLOSE) socket.end()
      else inside.write(frame.payload)
    }
  })
  inside.on('data', (chunk: Buffer) => socket.write(Buffer.concat([header(chunk.length), chunk])))
  for (const [one, other] of [
    [socket, inside],
    [inside, socket],
  ] as const) {
    one.on('close', () => other.destroy())
    one.on('error', () => other.destroy())
  }
}

/** A whole frame of a client, which masks what it sends; undefined until it is there. */
function frameOf(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (bytes.length < 6) return undefined
  const short = bytes[1]! & 0x7f
  const extra = { 126: 2, 127: 8 }[short] ?? 0
  const start = 2 + extra + 4
  if (bytes.length < start) return undefined
  const length = extra === 0 ? short : bytes.readUIntBE(extra === 8 ? 4 : 2, extra === 8 ? 6 : 2)
  if (bytes.length < start + length) return undefined
  const mask = bytes.subarray(start - 4, start)
  const payload = Buffer.from(bytes.subarray(start, start + length).map((byte, index) => byte ^ mask[index % 4]!))
  return { opcode: bytes[0]! & 0x0f, payload, end: start + length }
}

function header(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | BINARY, length])
  const long = Buffer.alloc(10)
  long[0] = 0x80 | BINARY
  long[1] = 127
  long.writeUIntBE(length, 4, 6)
  return long
}
