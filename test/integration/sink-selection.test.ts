import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { findingHeaders } from '../../schemas/records.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { SampleStage, SINK } from '../../sinks/sample-stage.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { Worker } from '../faults/worker.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

const PATIENCE = { timeout: 60_000, interval: 20 }
const PARTITIONS = 2
const FINDINGS = 4000

async function kafkaWith(context: TestContext): Promise<{ kafka: ScratchKafka; stream: Stream }> {
  const kafka = await ScratchKafka.create({ brokers: await sharedBrokers(context), partitions: PARTITIONS })
  const stream = await kafka.open()
  onTestFinished(() => stream.close())
  return { kafka, stream }
}

/** A revision of many findings, on every partition. */
function find(stream: Stream, revision: number): Promise<void> {
  const records = Array.from({ length: FINDINGS }, (_, at) => {
    const finding = sampleFinding(`k${at}`, revision)
    const { key, bytes: value } = finding
    return { key, value, headers: findingHeaders(finding, 0), partition: at % PARTITIONS }
  })
  return stream.publish(topics.findings.name, records)
}

/** By finding, the revisions that a file sink has written, each once, in their order. */
function writtenIn(directory: string): Map<string, number[]> {
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.ndjson')) : []
  const lines = names.flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
  const revisions = new Map<string, number[]>()
  for (const line of lines) {
    const { finding_info, metadata } = JSON.parse(line) as {
      finding_info: { uid: string }
      metadata: { sequence: number }
    }
    const known = revisions.get(finding_info.uid) ?? []
    if (!known.includes(metadata.sequence)) revisions.set(finding_info.uid, [...known, metadata.sequence])
  }
  return revisions
}

test('a new sink that is killed in the middle of its first read gets the latest state, and then every revision', async (context) => {
  const { kafka, stream } = await kafkaWith(context)
  for (const revision of [1, 2, 3]) await find(stream, revision)
  const directory = mkdtempSync(join(tmpdir(), 'posture-first-read-'))
  const config = join(directory, 'pipeline.yaml')
  const sink = { type: 'file', directory: './out', delivery: { batch: 20 } }
  writeFileSync(config, `tenant: acme\n${kafka.yaml}\nsinks: ${JSON.stringify({ [SINK]: sink })}\n`)
  const worker = new Worker({ name: 'sinks', stage: 'sinks', config, logs: join(directory, 'logs') })
  onTestFinished(async () => {
    await worker.kill()
    rmSync(directory, { recursive: true, force: true })
  })
  const out = join(directory, 'out')
  worker.start()
  for (const enough of [FINDINGS / 10, FINDINGS / 4]) {
    await vi.waitFor(() => expect(writtenIn(out).size).toBeGreaterThan(enough), PATIENCE)
    await worker.kill()
    const written = writtenIn(out).size
    expect(written).toBeLessThan(FINDINGS)
    worker.start()
  }
  for (const revision of [4, 5]) await find(stream, revision)
  await vi.waitFor(async () => expect(await stream.lag(topics.findings.name, `sink.${SINK}`)).toBe(0), PATIENCE)
  const written = writtenIn(out)
  expect(written.size).toBe(FINDINGS)
  expect([...written].filter(([, revisions]) => revisions.join() !== '3,4,5')).toEqual([])
  const first = worker.said().filter(({ msg }) => msg.startsWith('The sink is new'))
  expect(first).toHaveLength(1)
})

test('a finding that leaves the filter, and closes after a restart of the sink with another one, is told to the end', async (context) => {
  const { stream } = await kafkaWith(context)
  const stage = new SampleStage(stream)
  const p1 = (key: string, revision: number): PostureFinding => sampleFinding(key, revision, { priority: 'P1' })
  const p3 = (key: string, revision: number): PostureFinding => sampleFinding(key, revision, { priority: 'P3' })
  const closed = (key: string, revision: number): PostureFinding => sampleFinding(key, revision, { state: 'resolved' })
  await stage.find(p1('a', 1), p3('b', 1))
  expect(await stage.run({ filter: { priority: ['P1'] } })).toEqual(['a@1'])
  await stage.find(p3('a', 2), p3('b', 2), p1('c', 1))
  expect(await stage.run({ filter: { priority: ['P1'] } })).toEqual(['a@2', 'c@1'])
  expect(await stage.remembered()).toEqual([SINK, `${SINK}/a`, `${SINK}/c`])
  await stage.find(p1('d', 1), closed('a', 3), closed('b', 3), closed('c', 2))
  expect(await stage.run({ filter: { account: ['999999999999'] } })).toEqual(['a@3', 'c@2'])
  expect(await stage.remembered()).toEqual([SINK])
})

test('a sink that got a filter later closes what it was given without one', async (context) => {
  const { stream } = await kafkaWith(context)
  const stage = new SampleStage(stream)
  await stage.find(sampleFinding('a', 1), sampleFinding('b', 1), sampleFinding('b', 2, { state: 'gone' }))
  await stage.run({ from: 'earliest' })
  await stage.find(sampleFinding('c', 1), sampleFinding('a', 2, { state: 'resolved' }), sampleFinding('b', 3))
  expect(await stage.run({ filter: { priority: ['P1'] } })).toEqual(['a@2'])
})

test('a sink that started with what comes from now on misses nothing of what came while it was away', async (context) => {
  const { stream } = await kafkaWith(context)
  const stage = new SampleStage(stream)
  await stage.find(sampleFinding('old', 1))
  const stop = await stage.start({ from: 'now' })
  await stop()
  await stage.find(sampleFinding('a', 1), sampleFinding('a', 2))
  expect(await stage.run({ from: 'now' })).toEqual(['a@1', 'a@2'])
})
