import { connect } from 'node:net'

/**
 * The two questions of Kafka's protocol that a test puts to a broker while others die around it: fast enough to be asked
 * ten times a second, and answered by no client that is under test.
 */
const METADATA = { key: 3, version: 5 }
const FIND_COORDINATOR = { key: 10, version: 2 }
const TIMEOUT_MS = 2000
const NONE = 0

export interface TopicPartition {
  readonly id: number
  /** Undefined while the partition has none. */
  readonly leader: number | undefined
  readonly replicas: readonly number[]
  readonly inSync: readonly number[]
}

/** The partitions of a topic in order, as one broker knows them; empty where the topic is not there. */
export async function topicPartitions(address: string, topic: string): Promise<TopicPartition[]> {
  const reply = await ask(address, METADATA, [int32(1), text(topic), Buffer.of(0)])
  reply.int32() // throttle time
  reply.array(() => [reply.int32(), reply.text(), reply.int32(), reply.text()]) // brokers
  reply.text() // cluster
  reply.int32() // any broker, since KRaft hides the controllers
  const topics = reply.array(() => {
    const header = [reply.int16(), reply.text(), reply.int8()]
    return { header, partitions: reply.array(() => partition(reply)) }
  })
  return topics.flatMap(({ partitions }) => partitions).toSorted((a, b) => a.id - b.id)
}

function partition(reply: Reply): TopicPartition {
  reply.int16() // LEADER_NOT_AVAILABLE says the same as leader -1
  const id = reply.int32()
  const leader = reply.int32()
  const [replicas = [], inSync = []] = [0, 1, 2].map(() => reply.array(() => reply.int32()))
  return { id, leader: leader < 0 ? undefined : leader, replicas, inSync }
}

/** The broker that coordinates a group or the transactions of an id; undefined while none does. */
export async function findCoordinator(
  address: string,
  what: 'group' | 'transaction',
  name: string,
): Promise<number | undefined> {
  const reply = await ask(address, FIND_COORDINATOR, [text(name), Buffer.of(what === 'group' ? 0 : 1)])
  reply.int32() // throttle time
  const error = reply.int16()
  reply.text()
  return error === NONE ? reply.int32() : undefined
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)])
}

/** Sends one request over a connection of its own. */
function ask(address: string, api: { key: number; version: number }, body: readonly Buffer[]): Promise<Reply> {
  const [host, port] = address.split(':') as [string, string]
  const request = Buffer.concat([int16(api.key), int16(api.version), int32(1), text('test'), ...body])
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), timeout: TIMEOUT_MS })
    const fail = (why: string) => socket.destroy(new Error(`Broker ${address} ${why}`))
    let received = Buffer.alloc(0)
    socket.write(Buffer.concat([int32(request.length), request]))
    socket.on('timeout', () => fail(`did not answer within ${TIMEOUT_MS / 1000} s`))
    socket.on('end', () => fail('closed the connection'))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      socket.destroy()
      resolve(new Reply(received))
    })
  })
}

/** Reads an answer from its front to its end. */
class Reply {
  readonly #bytes: Buffer
  /** Behind the size and the correlation. */
  #at = 8

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8(): number {
    return this.#bytes.readInt8(this.#forward(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#forward(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#forward(4))
  }

  text(): string | undefined {
    const length = this.int16()
    if (length < 0) return undefined
    const from = this.#forward(length)
    return this.#bytes.toString('utf8', from, from + length)
  }

  array<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item)
  }

  #forward(bytes: number): number {
    this.#at += bytes
    return this.#at - bytes
  }
}
