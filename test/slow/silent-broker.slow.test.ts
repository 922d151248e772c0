import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { logInto, ScratchKafka, type Said } from '../scratch-kafka.ts'
import { whyNoOwnBrokers } from '../servers/kafka/available.ts'
import { KafkaCluster } from '../servers/kafka/cluster.ts'
import { silentBroker } from '../servers/silent-broker.ts'

const OPEN_LIMIT_MS = 100_000
const PUBLISH_LIMIT_MS = 45_000

test('a broker that accepts and never answers fails the opening of a stream in bounded time, with one clear line and few connections', async () => {
  const { address, connections } = await silentBroker()
  const said: Said[] = []
  const kafka = new ScratchKafka({ brokers: [address], log: logInto(said) })
  const began = performance.now()
  const cpu = process.cpuUsage()
  await expect(kafka.open()).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE', retryable: true })
  expect(performance.now() - began).toBeLessThan(OPEN_LIMIT_MS)
  const { user, system } = process.cpuUsage(cpu)
  expect((user + system) / 1e6).toBeLessThan(3)
  expect(connections()).toBeLessThan(30)
  const told = said.filter(({ level }) => level !== 'debug').map(({ message }) => message)
  expect(told).toEqual([expect.stringContaining(`${address}: it accepts the connection, but does not answer within`)])
})

test('a broker that falls silent fails what is published in bounded time, and all goes on when it speaks again', async ({
  skip,
}) => {
  const why = whyNoOwnBrokers()
  if (why !== undefined) skip(why)
  await using cluster = await KafkaCluster.start({ brokers: 1 })
  const said: Said[] = []
  const kafka = new ScratchKafka({ brokers: cluster.brokers, log: logInto(said) })
  await kafka.apply()
  await using stream = closing(await kafka.open())
  const { name } = topics.findings
  const seen: string[] = []
  await stream.consume({ topic: name, group: 'reader' }, async ({ records }) => {
    seen.push(...records.map(({ key }) => key))
  })
  const publish = (key: string) => stream.publish(name, [{ key, value: Buffer.from(key), partition: 0 }])
  await publish('before')
  await vi.waitFor(() => expect(seen).toEqual(['before']), { timeout: 20_000 })
  cluster.pause(1)
  const began = performance.now()
  const cpu = process.cpuUsage()
  await expect(publish('meanwhile')).rejects.toMatchObject({ retryable: true })
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  await sleep(20_000)
  cluster.resume(1)
  const resumed = performance.now()
  await vi.waitFor(() => publish('after'), { timeout: 60_000 })
  await vi.waitFor(() => expect(seen).toContain('after'), { timeout: 60_000 })
  const told = said.filter(({ level }) => level !== 'debug').map(({ level, message }) => `  ${level}: ${message}`)
  console.log(
    `refused after ${seconds.toFixed(1)} s with ${((user + system) / 1e6).toFixed(1)} CPU s; read again ` +
      `${((performance.now() - resumed) / 1000).toFixed(1)} s after it spoke; said:\n${told.join('\n')}`,
  )
  expect(seconds).toBeLessThan(PUBLISH_LIMIT_MS / 1000)
  expect((user + system) / 1e6).toBeLessThan(5)
  expect(told.length).toBeLessThan(10)
})

/** Closed before the cluster is. */
function closing(stream: Stream): Stream & AsyncDisposable {
  return Object.assign(stream, { [Symbol.asyncDispose]: () => stream.close() })
}
