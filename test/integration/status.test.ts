import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { LiveStatus } from '../../app/status/live-status.ts'
import type { SeenConfiguration } from '../../app/status/observation.ts'
import type { Status } from '../../app/status/status-shape.ts'
import { ENRICHMENT_GROUP } from '../../enrichment/enrichment-group.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ScratchPipeline } from '../scratch-pipeline.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

const PATIENCE = { timeout: 60_000, interval: 500 }

function configurationOf({ options }: ScratchKafka, sinks: readonly string[]): SeenConfiguration {
  const stream = { type: 'kafka', where: options.brokers.join(', ') } as const
  return {
    file: 'a.yaml',
    tenant: 'acme',
    stream,
    collectors: [],
    sinks: sinks.map((name) => ({ name, type: 'file' })),
  }
}

function statusOn(kafka: ScratchKafka, sinks: readonly string[]): LiveStatus {
  return new LiveStatus(configurationOf(kafka, sinks), async () => {
    const stream = await kafka.open()
    return Object.assign(stream, { [Symbol.asyncDispose]: () => stream.close() })
  })
}

/** Commits the first records of a group, and holds back whatever comes then. */
async function committed(stream: Stream, topic: string, group: string, records: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = records
  const consumption = await stream.consume({ topic, group, maxRecords: 1 }, async (batch) => {
    if (left === 0) {
      resolve()
      throw new Error('held back')
    }
    left -= batch.records.length
  })
  await promise
  await consumption.stop()
}

test('on Kafka, the lag of a group and the age of its oldest record are those of the records, whoever runs', async (context) => {
  const kafka = await ScratchKafka.create({ brokers: await sharedBrokers(context), partitions: 2 })
  const stream = await kafka.open()
  onTestFinished(() => stream.close())
  const { findings, events } = topics
  const record = (key: string, partition: number) => ({ key, value: Buffer.from('{}'), partition })
  await stream.publish(events.name, [record('a', 0)])
  await stream.publish(findings.name, [record('a', 0), record('b', 0)])
  await committed(stream, findings.name, 'sink.archive', 1)
  await sleep(1500)
  await stream.publish(findings.name, [record('c', 1), record('d', 0)])
  const wroteAt = Date.now()
  // What enrichment writes stands in transactions, whose ends take offsets as well.
  const copying = await stream.consume({ topic: events.name, group: ENRICHMENT_GROUP }, async (batch) => {
    batch.publish(findings.name, [record('e', batch.partition)])
  })
  await vi.waitFor(async () => expect(await stream.lag(events.name, ENRICHMENT_GROUP)).toBe(0), PATIENCE)
  await using live = statusOn(kafka, ['archive', 'new'])
  const status = await live.look()
  const [archive, unused] = status.sinks
  expect(status.enrichment).toMatchObject({ lagRecords: 0, neverRead: false })
  // One more for the end of the transaction.
  expect(archive).toMatchObject({ lagRecords: 5, neverRead: false, oldest: { from: 'stream' } })
  expect(unused).toMatchObject({ lagRecords: 6, neverRead: true })
  const age = (each: typeof archive): number => Date.parse(status.at) - Date.parse(each!.oldest!.at)
  expect(age(unused)).toBeGreaterThan(1400 + Date.parse(status.at) - wroteAt)
  expect(Math.abs(age(archive) - age(unused))).toBeLessThan(300)
  expect(status.everywhere).toMatchObject({ missing: 6 })
  expect(status.troubles.map(({ summary, detail }) => `${summary}: ${detail}`)).toEqual([
    expect.stringMatching(/^nobody runs 2 sinks: 11 records wait, the oldest for \d+ s$/),
  ])
  const before = performance.now()
  await live.look()
  expect(performance.now() - before).toBeLessThan(2000)
  await copying.stop()
})

test('beside a running pipeline on Kafka, status says who runs what, what waits and why, and that it has ended', async (context) => {
  const kafka = await ScratchKafka.create({ brokers: await sharedBrokers(context) })
  const pipeline = new ScratchPipeline(kafka, ['stuck: { type: file, directory: ./stuck }'])
  onTestFinished(() => pipeline.remove())
  writeFileSync(join(pipeline.directory, 'stuck'), 'a file where a directory must be')
  pipeline.addSample('account/prowler.ocsf.json')
  const child = pipeline.spawn(['run', '--config', pipeline.config, '--log-level', 'silent'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await using live = statusOn(kafka, ['archive', 'stuck'])
  await vi.waitFor(async () => {
    const { sinks } = await live.look()
    expect(sinks[1]).toMatchObject({ state: 'waiting', assigned: [{ partitions: [0, 1] }] })
    expect(sinks[1]!.lagRecords).toBeGreaterThan(100)
    expect(sinks[0]).toMatchObject({ state: 'running', lagRecords: 0, neverRead: false })
  }, PATIENCE)
  const { code, stdout, stderr } = await pipeline.command('status', '--json')
  expect(code, stderr).toBe(0)
  const status = JSON.parse(stdout) as Status
  const stuck = status.sinks.find(({ name }) => name === 'stuck')!
  expect(stuck.waiting).toMatchObject({ code: 'STORAGE_NOT_A_DIRECTORY', process: status.processes[0]!.process })
  expect(status.everywhere!.missing).toBe(stuck.lagRecords)
  expect(status.processes).toEqual([expect.objectContaining({ pid: child.pid, stale: false, tenant: 'acme' })])
  expect(status.collectors).toEqual([
    expect.objectContaining({ name: 'scanner', checkpoint: 'readable', neverRead: false }),
  ])
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
  const { processes, troubles } = await live.look()
  expect(processes).toEqual([])
  expect(troubles.map(({ summary }) => summary)).toEqual(['nobody runs sink stuck'])
})
