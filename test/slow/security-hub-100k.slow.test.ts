import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { unwatched } from '../../core/condition.ts'
import { HubBench } from '../../collectors/aws-security-hub/sample-hub.ts'
import { HOME } from '../../collectors/aws-security-hub/sample-finding.ts'
import { collectOnce } from '../../collectors/once.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { ScratchStages } from '../scratch-stages.ts'
import { HubProcess } from '../security-hub-process.ts'

const FINDINGS = 100_000
/** Of 5 sample findings one has passed: it opens nothing. */
const OPEN = (FINDINGS / 5) * 4
/** AWS allows 3 calls a second; the server allows so many times as many, and the collector is set to ask for a few more. */
const FASTER = 5
const RATE = { perSecond: 3 * FASTER * 1.1, burst: 6 }
const MB = 1024 * 1024

/** Sweeps the server into a stream; its tokens expire once after a third and once after two thirds of the findings. */
async function sweep(hub: HubProcess, stream: Stream, { signal }: TestContext) {
  const { url, accessKeyId, secretAccessKey } = await hub.count()
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
  onTestFinished(() => void vi.unstubAllEnvs())
  const bench = new HubBench({ url }, { regions: [HOME], rate: RATE }, Date.now)
  const source = await bench.open()
  const rss: number[] = []
  let read = 0
  let expired = 0
  const collector = {
    check: async () => {},
    async *collect(position: unknown, until: AbortSignal) {
      for await (const batch of source.collect(position, until)) {
        read += batch.read
        if (read > ((expired + 1) * FINDINGS) / 3 && expired < 2) {
          expired += 1
          hub.expireTokens()
        }
        if (read > (rss.length * FINDINGS) / 10) rss.push(process.memoryUsage.rss() / MB)
        yield batch
      }
    },
  }
  const context = { ...bench.context, condition: unwatched }
  const instance = { collector, kind: 'aws-security-hub', runs: 'once' as const, settings: {}, context }
  const before = process.cpuUsage()
  const began = performance.now()
  await collectOnce(instance, { stream, schemas: new SchemaRegistry(), signal })
  const { user, system } = process.cpuUsage(before)
  return {
    rss,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - began) / 1000,
    logged: bench.logged,
    read,
  }
}

function startHub(): HubProcess {
  const hub = HubProcess.start(FINDINGS, FASTER)
  onTestFinished(() => hub.stop())
  return hub
}

test('100,000 findings, tokens that expire twice, and throttling: complete, and memory is flat', async (context) => {
  const hub = startHub()
  const directory = mkdtempSync(join(tmpdir(), 'posture-sweep-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const stream = await EmbeddedStream.open({ directory, topics: Object.values(topics), partitions: 2 })
  onTestFinished(() => stream.close())
  const { rss, cpuSeconds, seconds, logged, read } = await sweep(hub, stream, context)

  const schemas = new SchemaRegistry()
  const keys = new Set<string>()
  const completed: unknown[] = []
  const following = await stream.follow(topics.events.name, (records) => {
    for (const { value } of records) {
      const event = schemas.decode('posture-event', value!)
      if (event.type === 'finding.observed') keys.add(event.key)
      else if (event.type === 'scan.completed') completed.push(event)
    }
  })
  await following.ready
  await following.stop()
  const { calls, refused } = await hub.count()
  const progress = logged.filter(({ message }) => /findings on/.test(message)).map(({ message }) => message)
  console.log(
    `${read} findings read for ${FINDINGS} in ${seconds.toFixed(0)} s, ${cpuSeconds.toFixed(1)} s of CPU: ` +
      `${Math.round(FINDINGS / cpuSeconds)} findings per CPU second; ${calls} calls, refused ${JSON.stringify(refused)}\n` +
      `RSS in MB by tenths: ${rss.map((each) => each.toFixed(0)).join(' ')}\n${progress.join('\n')}`,
  )
  expect(keys.size).toBe(FINDINGS)
  expect(completed).toMatchObject([{ outcome: 'complete', findings: FINDINGS }])
  expect(refused['InvalidInputException']).toBe(2)
  expect(Object.keys(refused).length).toBeGreaterThan(1)
  expect(progress.length).toBeGreaterThan(0)
  // It remembers 8 bytes and a place in a set for each finding.
  expect(Math.max(...rss.slice(3)) - rss[2]!).toBeLessThan(120)
})

test('100,000 findings through the pipeline: every open one comes once', async (context) => {
  const hub = startHub()
  const stages = await ScratchStages.start('embedded', context)
  const { read, seconds } = await sweep(hub, stages.stream, context)
  await vi.waitFor(async () => stages.settled(), { timeout: 900_000, interval: 1000 })
  const { delivered } = stages
  console.log(`${read} findings read in ${seconds.toFixed(0)} s beside the other stages, ${delivered.length} came out`)
  expect(delivered).toHaveLength(OPEN)
  expect(new Set(delivered.map(({ key }) => key)).size).toBe(OPEN)
  expect(stages.said.filter(({ message }) => /counts as partial/.test(message))).toEqual([])
})
