import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { whyNoOwnBrokers } from './available.ts'
import { KafkaCluster } from './cluster.ts'
import { readConsole } from './console-consumer.ts'
import { activeController, consumerPerformance, createTopic, producerPerformance } from './tools.ts'

const why = whyNoOwnBrokers()
const TOPIC = 'watched'
const FAILOVER_MS = 30_000
let cluster: KafkaCluster

beforeAll(async () => {
  if (why === undefined) cluster = await KafkaCluster.start({ brokers: 3 })
}, 600_000)
afterAll(() => cluster?.stop())
beforeEach(({ skip }) => skip(why !== undefined, why))

async function inSync(): Promise<number> {
  const [partition] = await cluster.partitions(TOPIC)
  return partition!.inSync.length
}

async function anotherLeader(than: number): Promise<number> {
  const leader = () => cluster.leaderOf(TOPIC, 0)
  await expect.poll(leader, { timeout: FAILOVER_MS, interval: 100 }).not.toBe(than)
  await expect.poll(leader, { timeout: FAILOVER_MS, interval: 100 }).toBeTypeOf('number')
  return (await leader())!
}

test('a partition gets another leader when its own is killed or stands still, and the broker comes back', async () => {
  await createTopic({ brokers: cluster.brokers, topic: TOPIC, partitions: 1 })
  const first = (await cluster.leaderOf(TOPIC, 0))!
  await cluster.kill(first)
  const second = await anotherLeader(first)
  expect([1, 2, 3].filter((id) => id !== first)).toContain(second)

  await cluster.restart(first)
  await expect.poll(inSync, { timeout: FAILOVER_MS }).toBe(3)

  cluster.pause(second)
  const third = await anotherLeader(second)
  expect(third).not.toBe(second)
  cluster.resume(second)
  await expect.poll(inSync, { timeout: FAILOVER_MS }).toBe(3)
})

test('the controllers have one leader', async () => {
  expect([1, 2, 3]).toContain(await activeController({ brokers: cluster.brokers }))
})

test('Kafka’s own tools measure what they write and read', async () => {
  const access = { brokers: cluster.brokers, topic: 'measured' }
  await createTopic({ ...access, partitions: 3 })
  const records = 20_000
  const written = await producerPerformance({ ...access, records, recordSize: 3000, properties: { acks: 'all' } })
  const read = await consumerPerformance({ ...access, records })
  for (const { recordsPerSecond, seconds, cpuSeconds } of [written, read]) {
    expect(recordsPerSecond * seconds).toBeGreaterThanOrEqual(records - 1)
    expect(cpuSeconds).toBeGreaterThan(0.1)
  }
  const bytes: number[] = []
  const count = await readConsole(access, ({ value }) => bytes.push(value!.length))
  expect(count).toBe(records)
  expect(bytes.every((length) => length === 3000)).toBe(true)
})
