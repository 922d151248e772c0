import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { MetricsRegistry } from '../../app/metrics-registry.ts'
import { enrichersOf } from '../../enrichment/catalog.ts'
import { IntelTable } from '../../enrichment/intel/intel-table.ts'
import type { Periods } from '../../enrichment/lifecycle/periods.ts'
import { MINUTE, START, completed, observed, started, uidOf } from '../../enrichment/lifecycle/sample-assets.ts'
import { openState } from '../../enrichment/open-state.ts'
import { ENRICHMENT_GROUP, runEnrichment, type RunningEnrichment } from '../../enrichment/runner.ts'
import type { LocalStore } from '../../enrichment/state/local-store.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { eventRoute } from '../../schemas/event-route.ts'
import { eventHeaders, readFindingHeaders } from '../../schemas/records.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../sample-statement.ts'

const DAY = 24 * 60 * MINUTE
const periods: Periods = { refreshMs: 30 * DAY, forgetMs: 400 * DAY, memoryMs: 30 * DAY }
const schemas = new SchemaRegistry()
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Enrichment on a stream of its own, of one partition. */
class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), 'asset-scans-'))
  #stream!: EmbeddedStream
  #store!: LocalStore
  #running!: RunningEnrichment

  static async open(): Promise<Bench> {
    const bench = new Bench()
    onTestFinished(async () => {
      await bench.stop()
      rmSync(bench.directory, { recursive: true })
    })
    await bench.start()
    return bench
  }

  /** With `fresh`, as another machine would: everything is restored from the stream. */
  async start(options: { readonly fresh?: boolean } = {}): Promise<void> {
    const metrics = new MetricsRegistry()
    const state = join(this.directory, options.fresh ? 'fresh.db' : 'enrichment.db')
    this.#stream = await EmbeddedStream.open({
      directory: this.directory,
      topics: Object.values(topics),
      partitions: 1,
    })
    this.#store = openState(state, periods)
    this.#running = await runEnrichment({
      intelligence: new IntelTable({ schemas, log: quiet, metrics, significance: () => 0 }),
      stream: this.#stream,
      store: this.#store,
      schemas,
      enrichers: enrichersOf({}),
      periods,
      ruleset: 'one',
      metrics,
      log: quiet,
      clock: () => START + DAY,
      tickMs: 20,
    })
  }

  async stop(): Promise<void> {
    await this.#running.stop()
    await this.#stream.close()
    this.#store.close()
  }

  async publish(...events: readonly PostureEvent[]): Promise<void> {
    const records = events.map((event) => {
      const { topic: _, ...route } = eventRoute(event)
      return { ...route, value: schemas.encode('posture-event', event), headers: eventHeaders(event) }
    })
    await this.#stream.publish(topics.events.name, records)
  }

  async settled(): Promise<void> {
    await vi.waitFor(async () => {
      expect(await this.#stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(0)
      expect(await this.#running.pending()).toBe(false)
    }, 20_000)
  }

  async records(topic: string): Promise<StreamRecord[]> {
    const records: StreamRecord[] = []
    const following = await this.#stream.follow(topic, (batch) => void records.push(...batch))
    await following.ready
    await following.stop()
    return records
  }

  async emitted(): Promise<string[]> {
    const records = await this.records(topics.findings.name)
    return records.map(({ headers }) => {
      const { revision, state, cause } = readFindingHeaders(headers)
      return `${revision} ${state} ${cause}`
    })
  }

  /** How many records of posture.state there are of each kind. */
  async written(): Promise<Record<string, number>> {
    const records = await this.records(topics.state.name)
    return Object.fromEntries(
      Object.entries(Object.groupBy(records, ({ key }) => key.split('/')[0]!)).map(([kind, all]) => [
        kind,
        all!.length,
      ]),
    )
  }
}

const LATER = START + 60 * MINUTE

/** Every asset as the scan that starts at `at` sees it. */
function scanOf(ids: readonly string[], uid: string, at: number): PostureEvent[] {
  const scan = { uid, time: at }
  const assets = ids.map((id) => observed({ id, at: at + MINUTE, scan, document: { name: id } }))
  return [started({ uid, at }), ...assets, completed({ uid, at, assets: ids.length })]
}

test('what a complete scan does not see any more is gone with its findings, also where enrichment was stopped between', async () => {
  const ids = Array.from({ length: 1200 }, (_, index) => `sg-${index}`)
  const bench = await Bench.open()
  await bench.publish(...scanOf(ids, 'one', START), statement(uidOf('sg-7'), { at: START + 2 * MINUTE }))
  await bench.settled()
  expect(await bench.emitted()).toEqual(['1 open observed'])

  await bench.publish(...scanOf(ids.slice(1100), 'two', LATER))
  await bench.stop()
  await bench.start()
  await bench.stop()
  await bench.start({ fresh: true })
  await bench.settled()
  expect(await bench.emitted()).toEqual(['1 open observed', '2 gone deleted'])
  const deleted = (await bench.records(topics.state.name)).filter(
    ({ key, value }) => key.startsWith('asset/') && value !== null && JSON.parse(Buffer.from(value).toString()).deleted,
  )
  expect(deleted).toHaveLength(1100)
}, 60_000)

test('a scan that sees nothing new writes a small mark for each asset, and no document', async () => {
  const ids = Array.from({ length: 300 }, (_, index) => `sg-${index}`)
  const bench = await Bench.open()
  await bench.publish(...scanOf(ids, 'one', START))
  await bench.settled()
  const before = await bench.written()
  await bench.publish(...scanOf(ids, 'two', LATER))
  await bench.settled()
  const after = await bench.written()
  expect(before['asset']).toBe(300)
  expect(after['asset']).toBe(300)
  expect(after['asset-seen']).toBe(600)
})

test('an invalid document becomes a dead letter, and its scan deletes nothing', async () => {
  const bench = await Bench.open()
  await bench.publish(...scanOf(['sg-1', 'sg-2'], 'one', START))
  const [start, seen, end] = scanOf(['sg-1'], 'two', LATER) as [PostureEvent, PostureEvent, PostureEvent]
  await bench.publish(start, { ...seen, document: { type: 'AWS::EC2::SecurityGroup', name: 7 } } as PostureEvent, end)
  await bench.settled()
  const dead = await bench.records(topics.deadLetters.name)
  expect(dead.map(({ headers }) => headers['dl_code'])).toEqual(['ASSET_DOCUMENT_INVALID'])
  expect((await bench.written())['asset']).toBe(2)
})
