import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { MetricsRegistry } from '../app/metrics-registry.ts'
import { enrichersOf } from '../enrichment/catalog.ts'
import type { Enricher } from '../enrichment/enricher.ts'
import type { IntelTable } from '../enrichment/intel/intel-table.ts'
import type { Intelligence } from '../enrichment/intelligence.ts'
import { openState } from '../enrichment/open-state.ts'
import { ENRICHMENT_GROUP } from '../enrichment/enrichment-group.ts'
import { runEnrichment, type RunningEnrichment } from '../enrichment/runner.ts'
import type { Tracing } from '../core/tracing.ts'
import type { LocalStore } from '../enrichment/state/local-store.ts'
import { eventRoute } from '../schemas/event-route.ts'
import type { Intel, PostureEvent } from '../schemas/generated/posture-event.ts'
import { eventHeaders, readFindingHeaders } from '../schemas/records.ts'
import { SchemaRegistry } from '../schemas/registry.ts'
import { readTopic } from '../stream/read-topic.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { intelRecords, sampleIntel } from './sample-intel.ts'
import { logInto, type Said } from './scratch-kafka.ts'

const DAY_MS = 24 * 3600 * 1000
const PERIODS = { refreshMs: 30 * DAY_MS, forgetMs: 400 * DAY_MS, memoryMs: 30 * DAY_MS }
const PATIENCE_MS = 60_000
const schemas = new SchemaRegistry()

type MakeEnrichers = (intelligence: Intelligence) => readonly Enricher[]

export interface ScratchStageOptions {
  /** Where its clock stands; it is the system's unless told. */
  readonly now?: number
  /** 2 unless told. */
  readonly partitions?: number
  /** Those of the catalogue, as they are shipped, unless told. */
  readonly enrichers?: MakeEnrichers
  /** Intelligence that is there before it starts. */
  readonly intel?: readonly Intel[]
  readonly tracing?: Tracing | undefined
}

export interface ScratchStageStart {
  readonly enrichers?: MakeEnrichers
  readonly ruleset?: string
  /** Its local store is gone, as on another machine: everything is restored from the stream. */
  readonly lost?: boolean
  readonly tickMs?: number
}

/** Enrichment on an embedded stream of its own, which can be stopped and started again as another process would. */
export class ScratchEnrichmentStage {
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-enrichment-'))
  readonly metrics = new MetricsRegistry()
  readonly said: Said[] = []
  now: number | undefined
  /** The local store's file, from the next start on. */
  state = join(this.directory, 'enrichment.db')
  stream!: EmbeddedStream
  store!: LocalStore
  running!: RunningEnrichment
  intelligence!: IntelTable
  readonly #partitions: number
  readonly #enrichers: MakeEnrichers
  readonly #tracing: Tracing | undefined
  #lost = 0

  private constructor({ now, partitions = 2, enrichers = () => enrichersOf({}), tracing }: ScratchStageOptions) {
    this.now = now
    this.#tracing = tracing
    this.#partitions = partitions
    this.#enrichers = enrichers
  }

  /** Ends with the test that calls this. */
  static async open(options: ScratchStageOptions = {}): Promise<ScratchEnrichmentStage> {
    const stage = new ScratchEnrichmentStage(options)
    await stage.#reopen()
    onTestFinished(async () => {
      await stage.stop()
      await stage.stream.close()
      rmSync(stage.directory, { recursive: true })
    })
    await stage.observe(...(options.intel ?? []))
    await stage.start()
    return stage
  }

  async start({ enrichers, ruleset = 'one', lost = false, tickMs = 20 }: ScratchStageStart = {}): Promise<void> {
    if (lost) this.state = join(this.directory, `enrichment-${++this.#lost}.db`)
    this.store = openState(this.state, PERIODS)
    const context = { schemas, log: logInto(this.said), metrics: this.metrics, clock: this.#clock }
    this.intelligence = sampleIntel(context)
    this.running = await runEnrichment({
      ...context,
      stream: this.stream,
      store: this.store,
      intelligence: this.intelligence,
      enrichers: (enrichers ?? this.#enrichers)(this.intelligence),
      periods: PERIODS,
      ruleset,
      tickMs,
      tracing: this.#tracing,
    })
  }

  /** The stream is opened anew, for what comes while nobody runs and for the next start. */
  async stop(): Promise<void> {
    await this.running.stop()
    this.store.close()
    await this.#reopen()
  }

  async publish(...events: readonly PostureEvent[]): Promise<void> {
    const records = events.map((event) => {
      const { topic: _, ...route } = eventRoute(event)
      return { ...route, value: schemas.encode('posture-event', event), headers: eventHeaders(event) }
    })
    await this.stream.publish(topics.events.name, records)
  }

  async observe(...intel: readonly Intel[]): Promise<void> {
    await this.stream.publish(topics.global.name, intelRecords(intel))
  }

  async settled(): Promise<void> {
    await vi.waitFor(
      async () => {
        expect(await this.stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(0)
        expect(await this.running.pending()).toBe(false)
      },
      { timeout: PATIENCE_MS, interval: 20 },
    )
  }

  async records(topic: string): Promise<StreamRecord[]> {
    const records: StreamRecord[] = []
    await readTopic(this.stream, topic, (record) => void records.push(record))
    return records
  }

  /** All that ever came out: revision, state and cause of each. */
  async emitted(): Promise<string[]> {
    const records = await this.records(topics.findings.name)
    return records.map(({ value, headers }) => {
      if (value === null) return 'forgotten'
      const { revision, state, cause } = readFindingHeaders(headers)
      return `${revision} ${state} ${cause}`
    })
  }

  readonly #clock = (): number => this.now ?? Date.now()

  async #reopen(): Promise<void> {
    await this.stream?.close()
    this.stream = await EmbeddedStream.open({
      directory: this.directory,
      topics: Object.values(topics),
      partitions: this.#partitions,
      clock: this.#clock,
      log: logInto(this.said),
    })
  }
}
