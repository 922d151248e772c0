import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createClient, kafkaError, physicalGroup, physicalTopic, type KafkaOptions } from './client.ts'
import { BrokerReport } from './broker-report.ts'
import { Sockets } from './sockets.ts'

/** A listener on 127.0.0.1 that does with each connection what it is told. */
async function listener(onConnection: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function options(brokers: readonly string[], lines: string[] = []): KafkaOptions {
  const line = (level: string) => (_fields: object, message: string) => {
    if (level !== 'debug') lines.push(`${level} ${message}`)
  }
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  const size = { partitions: 1, replication: 1, minInsyncReplicas: 1 }
  return { brokers, prefix: 'p', ...size, compression: 'zstd', sessionTimeoutMs: 10_000, log }
}

test('a connection that has ended does not gather listeners, however often the client lets go of it', async () => {
  const address = await listener((socket) => socket.end())
  const [host = '', port] = address.split(':')
  const sockets = new Sockets(new BrokerReport([address], undefined), undefined)
  const socket = sockets.factory({ host, port: Number(port), ssl: {}, onConnect: () => undefined })
  socket.resume()
  await once(socket, 'close')
  const before = socket.listenerCount('connect')
  for (let times = 0; times < 20; times++) socket.unref()
  expect(socket.listenerCount('connect')).toBe(before)
})

async function connect(brokers: readonly string[], retries: number, lines: string[] = []): Promise<Error> {
  const client = createClient(options(brokers, lines), { retries })
  onTestFinished(() => client.destroy())
  return await client
    .admin()
    .connect()
    .then(
      () => new Error('connected'),
      (error: unknown) => kafkaError(error, 'connect'),
    )
}

describe('a client', () => {
  test('gives a broker that accepts and never answers up in time, and says so', async () => {
    const lines: string[] = []
    const silent = await listener(() => undefined)
    const began = performance.now()
    const error = await connect([silent], 0, lines)
    expect(performance.now() - began).toBeLessThan(8000)
    expect(error).toMatchObject({ code: 'KAFKA_UNREACHABLE', fault: 'outage' })
    expect(error.message).toContain(`cannot connect at broker ${silent}: `)
    expect(error.message).toContain('it accepts the connection, but does not answer within 4 s')
    expect(lines).toEqual([expect.stringContaining(`No Kafka broker can be reached (${silent}: it accepts`)])
  })

  test('asks the next broker after one that does not answer', async () => {
    const asked = Promise.withResolvers<void>()
    const silent = await listener(() => undefined)
    const other = await listener((socket) => {
      asked.resolve()
      socket.destroy()
    })
    const connecting = connect([silent, other], 1)
    await asked.promise
    expect(await connecting).toMatchObject({ code: 'KAFKA_UNREACHABLE' })
  })

  test('says in one line that a broker refuses the connection, however often it tries', async () => {
    const lines: string[] = []
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const refused = `127.0.0.1:${(server.address() as AddressInfo).port}`
    await new Promise((resolve) => server.close(resolve))
    expect(await connect([refused], 3, lines)).toMatchObject({ code: 'KAFKA_UNREACHABLE', fault: 'outage' })
    expect(lines).toEqual([expect.stringContaining(`(${refused}: it refuses the connection)`)])
  })

  test('hints at TLS where a broker closes the connection without an answer', async () => {
    const lines: string[] = []
    const closing = await listener((socket) => void socket.once('data', () => socket.end()))
    const error = await connect([closing], 0, lines)
    expect(error.message).toContain('does it expect TLS (stream.tls)')
    expect(lines).toEqual([expect.stringContaining('it closes the connection without an answer')])
  })

  test('that is given up opens nothing more, and ends its attempts by itself', async () => {
    let connections = 0
    const closing = await listener((socket) => {
      connections += 1
      socket.destroy()
    })
    const client = createClient(options([closing]))
    const connecting = client.admin().connect()
    client.destroy()
    await expect(connecting).rejects.toThrow()
    expect(connections).toBeLessThanOrEqual(1)
  })

  test('puts the prefix before topics and groups', () => {
    expect(physicalTopic('acme', 'posture.events')).toBe('acme.events')
    expect(physicalTopic('acme', 'contract.input')).toBe('acme.contract.input')
    expect(physicalGroup('acme', 'sink.archive')).toBe('acme.sink.archive')
  })
})
