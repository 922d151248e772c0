import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { PermanentError, TransientError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import { STAGES, type Stage } from '../pipeline-contract.ts'
import type { BindableLogger } from '../telemetry.ts'
import { Observation } from './observation.ts'

const schemas = new SchemaRegistry()
const SINK = { stage: 'sinks', component: 'siem' } as const
const GROUP = { topic: topics.findings.name, group: 'sink.siem' }

interface Bench {
  readonly stream: Stream
  readonly observed: Stream
  readonly observation: Observation
  readonly metrics: MetricsRegistry
  readonly warned: string[]
}

/** An observed pipeline with one collector and one sink; `failing` replaces methods of the stream below. */
async function bench(failing: Partial<Stream> = {}, only: readonly Stage[] = STAGES): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), 'observation-'))
  const stream = await EmbeddedStream.open({ directory, topics: Object.values(topics), partitions: 2 })
  onTestFinished(async () => {
    await stream.close()
    rmSync(directory, { recursive: true })
  })
  const warned: string[] = []
  const say = (_: object, message: string): void => void warned.push(message)
  const log: BindableLogger = { debug() {}, info() {}, warn: say, error: say, child: () => log }
  const metrics = new MetricsRegistry()
  const instances = { collectors: [{ name: 'nightly' }], sinks: [{ name: 'siem' }], secrets: [new Secret('hunter22')] }
  const config = { tenant: 'acme', ...instances } as unknown as ConstructorParameters<typeof Observation>[0]['config']
  const observation = new Observation({ config, only: new Set(only), metrics, schemas, clock: Date.now, log })
  const below = new Proxy<Stream>(stream, {
    get: (target, name: keyof Stream) => failing[name] ?? target[name].bind(target),
  })
  return { stream, observed: observation.observe(below), observation, metrics, warned }
}

async function statusRecords(stream: Stream): Promise<StreamRecord[]> {
  const all: StreamRecord[] = []
  const following = await stream.follow(topics.status.name, (records) => void all.push(...records))
  await following.ready
  await following.stop()
  return all
}
const until = (check: () => Promise<void> | void): Promise<void> => vi.waitFor(check, { timeout: 8000, interval: 10 })
const lines = async (metrics: MetricsRegistry, name: string): Promise<string[]> =>
  (await metrics.exposition()).split('\n').filter((line) => line.startsWith(name))

describe('on posture.status', () => {
  test('a process says what it is doing at its start and once all has started, and takes leave at its end', async () => {
    const { stream, observed, observation } = await bench()
    const stop = observation.start()
    await until(async () => expect(await statusRecords(stream)).toHaveLength(1))
    observation.worksThrough(GROUP, SINK)
    await observed.publish(GROUP.topic, [{ key: 'k', value: null, partition: 1 }])
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await observed.consume(GROUP, () => held)
    observation.conditionOf(SINK).waiting(new TransientError('DOWN', 'https://siem/x?token=1 said hunter22'))
    observation.conditionOf({ stage: 'collectors', component: 'nightly' }).failed(new PermanentError('ODD', 'odd'))
    await until(() =>
      expect(observation.groups.find(({ group }) => group === 'sink.siem')?.oldestUnacknowledgedAt).toBeDefined(),
    )
    observation.started()
    await until(async () => expect(await statusRecords(stream)).toHaveLength(2))
    const [, second] = await statusRecords(stream)
    const report = schemas.decode('process-report', second!.value!)
    expect(second!.headers).toMatchObject({ schema: 'process-report/1' })
    expect(report).toMatchObject({
      process: second!.key,
      pid: process.pid,
      tenant: 'acme',
      stages: ['collectors', 'enrichment', 'sinks'],
      components: [
        {
          stage: 'collectors',
          name: 'nightly',
          owned: false,
          lastError: { code: 'ODD', message: 'odd' },
          deadLetters: 0,
        },
        { stage: 'enrichment', name: 'enrichment', deadLetters: 0, recordsPerSecond: 0 },
        { stage: 'sinks', name: 'siem', waiting: { code: 'DOWN', message: 'https://siem said [secret]' } },
      ],
      groups: [{ ...GROUP, partitions: [0, 1], oldestUnacknowledgedAt: expect.any(Number) }],
    })
    release()
    await stop()
    const last = (await statusRecords(stream)).at(-1)!
    expect([last.key, last.value]).toEqual([report.process, null])
  })

  test('nothing is said while the stream does not answer, and the end does not wait for it', async () => {
    const asked: string[] = []
    const never = (): Promise<never> => new Promise(() => {})
    const { observation, warned } = await bench({ ends: never, publish: async () => void asked.push('publish') })
    const stop = observation.start()
    observation.started()
    const began = performance.now()
    await stop()
    expect(performance.now() - began).toBeLessThan(2000)
    expect([asked, warned]).toEqual([[], []])
  })

  test('what cannot be published or looked at is told once, and holds up nothing', async () => {
    const refused = (): Promise<never> => Promise.reject(new TransientError('NOT_NOW', 'no'))
    const { observation, warned } = await bench({ publish: refused, lag: refused })
    observation.worksThrough(GROUP, SINK)
    const stop = observation.start()
    await until(() => expect(warned).toHaveLength(2))
    observation.started()
    await stop()
    expect(warned.toSorted()).toEqual([
      'The lag of the groups cannot be read now; it is tried again.',
      'What this process is doing cannot be published now; it is tried again.',
    ])
  })

  test('rates are of what was committed', async () => {
    const { stream, observed, observation } = await bench({}, ['sinks'])
    observation.worksThrough(GROUP, SINK)
    const stop = observation.start()
    await observed.publish(
      GROUP.topic,
      Array.from({ length: 50 }, () => ({ key: 'k', value: null })),
    )
    await observed.consume(GROUP, async () => {})
    await until(async () => expect(await observed.lag(GROUP.topic, GROUP.group)).toBe(0))
    observation.started()
    await until(async () => expect(await statusRecords(stream)).toHaveLength(2))
    const { components } = schemas.decode('process-report', (await statusRecords(stream))[1]!.value!)
    expect(components).toHaveLength(1)
    expect(components[0]!.recordsPerSecond).toBeGreaterThan(1)
    await stop()
  })
})

describe('as metrics', () => {
  test('what has not happened yet can be seen from the start, for the components of this process', async () => {
    const { observation, metrics } = await bench({}, ['collectors', 'sinks'])
    observation.worksThrough(GROUP, SINK)
    expect(await lines(metrics, 'posture_dead_letters_total')).toEqual([
      'posture_dead_letters_total{stage="collectors",component="nightly",code=""} 0',
      'posture_dead_letters_total{stage="sinks",component="siem",code=""} 0',
    ])
    expect(await lines(metrics, 'posture_sink_records_total')).toHaveLength(7)
    expect(await lines(metrics, 'posture_collector_sweeps_total')).toHaveLength(2)
    expect(await lines(metrics, 'posture_collector_silent')).toEqual([])
    expect(await lines(metrics, 'posture_topic_retention_seconds')).toEqual([
      'posture_topic_retention_seconds{topic="posture.events"} 604800',
      'posture_topic_retention_seconds{topic="posture.findings"} 604800',
      'posture_topic_retention_seconds{topic="posture.dead-letters"} 2592000',
    ])
    expect(await lines(metrics, 'posture_group_records_total')).toEqual([
      'posture_group_records_total{topic="posture.findings",group="sink.siem"} 0',
    ])
    expect(await lines(metrics, 'posture_ready')).toEqual(['posture_ready 0'])
  })

  test('lag is looked at in rounds, the age of what is at hand when it is read', async () => {
    const { observed, observation, metrics } = await bench()
    observation.worksThrough(GROUP, SINK)
    await observed.publish(GROUP.topic, [{ key: 'k', value: null, partition: 1 }])
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await observed.consume(GROUP, () => held)
    const stop = observation.start()
    observation.started()
    const age = 'posture_group_oldest_unacknowledged_seconds'
    const ageNow = async (): Promise<number> => Number((await lines(metrics, age))[0]!.split(' ')[1])
    await until(async () =>
      expect(await lines(metrics, 'posture_group_lag_records')).toEqual([
        'posture_group_lag_records{topic="posture.findings",group="sink.siem"} 1',
      ]),
    )
    await until(async () => expect(await ageNow()).toBeGreaterThan(0.02))
    release()
    await until(async () => expect(await ageNow()).toBe(0))
    expect(await lines(metrics, 'posture_ready')).toEqual(['posture_ready 1'])
    expect(await lines(metrics, 'posture_group_partitions')).toEqual([
      'posture_group_partitions{topic="posture.findings",group="sink.siem"} 2',
    ])
    observation.stopping()
    expect(await lines(metrics, 'posture_ready')).toEqual(['posture_ready 0'])
    await stop()
  })
})
