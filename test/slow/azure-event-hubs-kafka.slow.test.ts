import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sampleAssessment } from '../../collectors/azure-event-hubs/mapping/sample-defender.ts'
import { Reader, hubCluster } from '../kafka-hub-reader.ts'
import type { KafkaHub } from '../kafka-hub.ts'
import { pipelineOf } from '../kills-while-messages-arrive.ts'
import type { Said } from '../scratch-kafka.ts'
import { ended, type ScratchPipeline } from '../scratch-pipeline.ts'

const CLAIM_MS = 6000
const KILLS = 20
const namespace = hubCluster()
const newHub = namespace.newHub

function newPipeline(hub: KafkaHub): ScratchPipeline {
  return pipelineOf({ collector: hub.yaml(), environment: hub.environment })
}

function assessments(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => JSON.stringify(sampleAssessment(from + index)))
}

test('a process that is killed leaves its messages to the next one, which waits until it is no member any more', async () => {
  const hub = await newHub()
  const pipeline = newPipeline(hub)
  await hub.send(assessments(0, 2000))
  for (let kill = 0; kill < KILLS; kill++) {
    const child = pipeline.start()
    const end = ended(child)
    const left = await hub.left()
    const until = Date.now() + 20_000
    while ((await hub.left()) === left && Date.now() < until) await sleep(20)
    child.kill('SIGKILL')
    await end
  }
  await pipeline.run()
  expect(await hub.left()).toBe(0)
  expect(pipeline.revisions()).toHaveLength(new Set(pipeline.revisions()).size)
  expect(new Set(pipeline.revisions()).size).toBe(2000)
})

test('a broker that restarts in the middle is waited for, and nothing is lost', async () => {
  const hub = await newHub()
  const said: Said[] = []
  const reader = (await Reader.open(hub.settings({ claimSeconds: 30 }), said)).start()
  await hub.send(Array.from({ length: 400 }, () => 'before'))
  await expect.poll(() => new Set(reader.ids).size, { timeout: 20_000 }).toBe(400)
  await namespace.cluster.restart(1)
  await hub.send(Array.from({ length: 400 }, () => 'after'))
  await expect.poll(() => new Set(reader.ids).size, { timeout: 60_000 }).toBe(800)
  expect(reader.failure).toBeUndefined()
  await expect.poll(() => hub.left(), { timeout: 20_000 }).toBe(0)
})

test('publishing for longer than a session lasts loses neither the membership nor a message, and repeats none', async () => {
  const hub = await newHub({ partitions: 1 })
  const reader = await Reader.open(hub.settings())
  reader.durableMs = CLAIM_MS * 2
  reader.start()
  await hub.send(['slow'])
  await expect.poll(() => reader.ids.length, { timeout: 30_000 }).toBe(1)
  reader.durableMs = 0
  await hub.send(['fast'])
  await expect.poll(() => reader.bodies, { timeout: 20_000 }).toEqual(['slow', 'fast'])
  expect(await hub.readers()).toBe(1)
  await expect.poll(() => hub.left()).toBe(0)
  expect(reader.failure).toBeUndefined()
})

test('a reader that joins while another publishes slowly gets its part after a while; what was not durable comes again', async () => {
  const hub = await newHub({ partitions: 2 })
  const slow = await Reader.open(hub.settings())
  slow.durableMs = 14_000
  slow.start()
  await hub.send(['a', 'b'])
  await sleep(1000)
  const joined = performance.now()
  const second = (await Reader.open(hub.settings())).start()
  expect(performance.now() - joined).toBeLessThan(20_000)
  await expect.poll(() => second.ids.length, { timeout: 10_000 }).toBe(1)
  await expect.poll(() => new Set([...slow.ids, ...second.ids]).size, { timeout: 60_000 }).toBe(2)
  await expect.poll(() => hub.left(), { timeout: 60_000 }).toBe(0)
  expect(slow.failure).toBeUndefined()
})
