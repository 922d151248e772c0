import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { MetricsRegistry } from '../../app/metrics-registry.ts'
import { enrichersOf } from '../../enrichment/catalog.ts'
import type { Enricher } from '../../enrichment/enricher.ts'
import { IntelTable } from '../../enrichment/intel/intel-table.ts'
import type { Periods } from '../../enrichment/lifecycle/periods.ts'
import { openState } from '../../enrichment/open-state.ts'
import { ENRICHMENT_GROUP, runEnrichment, type RunningEnrichment } from '../../enrichment/runner.ts'
import type { LocalStore } from '../../enrichment/state/local-store.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { eventHeaders, readFindingHeaders, type Headers } from '../../schemas/records.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { samplePriority } from '../sample-priority.ts'
import { statement } from '../sample-statement.ts'

const DAY = 24 * 3600 * 1000
const START = Date.UTC(2026, 10, 25, 12)
const periods: Periods = { refreshMs: 30 * DAY, forgetMs: 400 * DAY, memoryMs: 30 * DAY }
const schemas = new SchemaRegistry()
const allEnrichers = enrichersOf({})

/** Enrichment on a stream of its own, which can be stopped and started again as another process would. */
class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-enrichment-'))
  readonly metrics = new MetricsRegistry()
  readonly said: string[] = []
  now = START
  stream!: EmbeddedStream
  store!: LocalStore
  running!: RunningEnrichment

  static async open(): Promise<Bench> {
    const bench = new Bench()
    onTestFinished(async () => {
      await bench.stop()
      rmSync(bench.directory, { recursive: true })
    })
    await bench.start()
    return bench
  }

  async start(options: { enrichers?: readonly Enricher[]; ruleset?: string; statePath?: string } = {}): Promise<void> {
    const { enrichers = allEnrichers, ruleset = 'one', statePath = join(this.directory, 'enrichment.db') } = options
    const say = (_fields: object, message: string): number => this.said.push(message)
    this.stream = await EmbeddedStream.open({
      directory: this.directory,
      topics: Object.values(topics),
      partitions: 2,
      clock: () => this.now,
    })
    this.store = openState(statePath, periods)
    const log = { debug: () => undefined, info: say, warn: say, error: say }
    const { metrics } = this
    this.running = await runEnrichment({
      intelligence: new IntelTable({ schemas, log, metrics, significance: () => 0 }),
      stream: this.stream,
      store: this.store,
      schemas,
      enrichers,
      periods,
      ruleset,
      metrics,
      log,
      clock: () => this.now,
      tickMs: 20,
    })
  }

  async stop(): Promise<void> {
    await this.running.stop()
    await this.stream.close()
    this.store.close()
  }

  async publish(...events: FindingObserved[]): Promise<void> {
    for (const event of events) await this.publishBytes(schemas.encode('posture-event', event), eventHeaders(event))
  }

  async publishBytes(value: Uint8Array | null, headers: Headers): Promise<void> {
    await this.stream.publish(topics.events.name, [{ key: 'k', value, headers, partitionBy: 'acme/123456789012' }])
  }

  async settled(): Promise<void> {
    await vi.waitFor(async () => {
      expect(await this.stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(0)
      expect(await this.running.pending()).toBe(false)
    }, 5000)
  }

  async records(topic: string): Promise<StreamRecord[]> {
    const records: StreamRecord[] = []
    const following = await this.stream.follow(topic, (batch) => void records.push(...batch))
    await following.ready
    await following.stop()
    return records
  }

  async emitted(): Promise<string[]> {
    const records = await this.records(topics.findings.name)
    return records.map(({ value, headers }) => {
      if (value === null) return 'forgotten'
      const { revision, state, cause } = readFindingHeaders(headers)
      return `${revision} ${state} ${cause}`
    })
  }
}

test('findings lie in the partition of their event, with what their readers need in the headers', async () => {
  const bench = await Bench.open()
  await bench.publish(statement('bucket-a'), statement('bucket-a', { verdict: 'pass', at: START + DAY }))
  await bench.settled()
  const [event] = await bench.records(topics.events.name)
  const findings = await bench.records(topics.findings.name)
  expect(findings.map(({ partition }) => partition)).toEqual([event!.partition, event!.partition])
  expect(await bench.emitted()).toEqual(['1 open observed', '2 resolved observed'])
  expect(bench.metrics.total('enrichment_emitted_total')).toBe(2)
})

test('a poison record becomes a dead letter with its bytes and origin, and blocks nothing', async () => {
  const bench = await Bench.open()
  const poison = Buffer.from('{"type": "finding.observed"')
  const wrongKey = { ...statement('bucket-b'), key: `v1:${'0'.repeat(32)}` }
  await bench.publish(statement('bucket-a'))
  await bench.publishBytes(poison, eventHeaders(statement('bucket-b')))
  await bench.publishBytes(null, eventHeaders(statement('bucket-b')))
  await bench.publishBytes(Buffer.from('{}'), {})
  await bench.publish(wrongKey, statement('bucket-c'))
  await bench.settled()
  const dead = await bench.records(topics.deadLetters.name)
  expect(dead.map(({ headers }) => headers['dl_code'])).toEqual([
    'JSON_INVALID',
    'RECORD_EMPTY',
    'SCHEMA_UNKNOWN',
    'FINDING_KEY_MISMATCH',
  ])
  expect(Buffer.from(dead[0]!.value!)).toEqual(poison)
  expect(dead[0]!.headers['dl_origin']).toMatch(/^posture\.events\/\d\/1$/)
  expect(await bench.emitted()).toEqual(['1 open observed', '1 open observed'])
})

test('an enricher that throws costs the finding in hand alone, and leaves its state as it was', async () => {
  const bench = await Bench.open()
  await bench.stop()
  const faulty: Enricher = {
    name: 'faulty',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich: ({ identity }) => {
      if (identity.resource === 'bucket-b') throw new TypeError('a defect')
      return {}
    },
  }
  await bench.start({ enrichers: [...allEnrichers, faulty] })
  await bench.publish(statement('bucket-a'), statement('bucket-b'), statement('bucket-c'))
  await bench.settled()
  expect(await bench.emitted()).toHaveLength(2)
  expect((await bench.records(topics.deadLetters.name)).map(({ headers }) => headers['dl_message'])).toEqual([
    'a defect',
  ])
  await bench.stop()
  await bench.start()
  await bench.publish(statement('bucket-b'))
  await bench.settled()
  expect(await bench.emitted()).toHaveLength(3)
})

test('a record of a newer version stops the partition and is no dead letter', async () => {
  const bench = await Bench.open()
  await bench.publishBytes(Buffer.from('{}'), { ...eventHeaders(statement('bucket-a')), schema: 'posture-event/2' })
  await bench.publish(statement('bucket-a'))
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await bench.stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(2)
  expect(await bench.records(topics.deadLetters.name)).toEqual([])
})

test('a local store that is lost, or belongs to another stream, is restored from posture.state', async () => {
  const bench = await Bench.open()
  await bench.publish(statement('bucket-a'), statement('bucket-b'))
  await bench.settled()
  await bench.stop()
  await bench.start({ statePath: join(bench.directory, 'another.db') })
  await bench.publish(statement('bucket-a'), statement('bucket-b', { verdict: 'pass', at: START + DAY }))
  await bench.settled()
  expect(await bench.emitted()).toEqual(['1 open observed', '1 open observed', '2 resolved observed'])
  expect(bench.store.counts()).toEqual({ open: 1, resolved: 1 })

  const other = await Bench.open()
  await other.stop()
  await other.start({ statePath: join(bench.directory, 'enrichment.db') })
  await other.publish(statement('bucket-a'))
  await other.settled()
  expect(await other.emitted()).toEqual(['1 open observed'])
})

test('what time alone brings happens without any record: refresh, then forgetting', async () => {
  const bench = await Bench.open()
  await bench.publish(statement('bucket-a'))
  await bench.settled()
  bench.now += 30 * DAY
  await vi.waitFor(async () => expect(await bench.emitted()).toEqual(['1 open observed', '2 open refresh']), 5000)
  await bench.publish(statement('bucket-a', { verdict: 'pass', at: bench.now }))
  await bench.settled()
  bench.now += 400 * DAY
  await vi.waitFor(
    async () =>
      expect(await bench.emitted()).toEqual(['1 open observed', '2 open refresh', '3 resolved observed', 'forgotten']),
    5000,
  )
  expect(bench.store.counts()).toEqual({})
})

test('other rules have every finding enriched again, in steps, and only what means something else comes out', async () => {
  const bench = await Bench.open()
  const resources = Array.from({ length: 700 }, (_, index) => `bucket-${index}`)
  await bench.publish(...resources.map((resource) => statement(resource)))
  await bench.settled()
  await bench.stop()
  await bench.start({ ruleset: 'two' })
  await bench.settled()
  expect(await bench.emitted()).toHaveLength(700)
  await bench.stop()
  const raised: Enricher = {
    name: 'raised',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich: ({ identity }) => (identity.resource.endsWith('7') ? { priority: samplePriority('P1') } : {}),
  }
  await bench.start({ ruleset: 'three', enrichers: [...allEnrichers, raised] })
  await bench.settled()
  const context = (await bench.emitted()).slice(700)
  expect(context).toEqual(Array.from({ length: 70 }, () => '2 open context'))
})
