import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi, type TestContext } from 'vitest'
import { unwatched } from '../core/condition.ts'
import { MetricsRegistry } from '../app/metrics-registry.ts'
import type { Collector } from '../collectors/collector.ts'
import { collectOnce } from '../collectors/once.ts'
import type { Clock } from '../core/component.ts'
import type { Logger } from '../core/telemetry.ts'
import { enrichersOf } from '../enrichment/catalog.ts'
import type { Enricher } from '../enrichment/enricher.ts'
import type { Intelligence } from '../enrichment/intelligence.ts'
import { openState } from '../enrichment/open-state.ts'
import { ENRICHMENT_GROUP } from '../enrichment/enrichment-group.ts'
import { runEnrichment, type RunningEnrichment } from '../enrichment/runner.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../schemas/registry.ts'
import { runSink } from '../sinks/runner.ts'
import type { PostureFinding, Sink } from '../sinks/sink.ts'
import { readTopic } from '../stream/read-topic.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { sampleIntel } from './sample-intel.ts'
import { logInto, ScratchKafka, type Said } from './scratch-kafka.ts'
import { sharedBrokers } from './servers/kafka/shared-brokers.ts'

const DAY_MS = 24 * 3600 * 1000
const PARTITIONS = 2
const PATIENCE_MS = 30_000
const SINK = 'kept'

export type StreamType = 'embedded' | 'kafka'

export interface StagesOptions {
  readonly clock?: Clock
  /** Beside those of the catalogue. */
  readonly enricher?: Enricher | ((intelligence: Intelligence) => Enricher)
  /** How often enrichment's clock comes where no record does, in milliseconds; 100 unless told. */
  readonly tickMs?: number
  /** Why the sink will not have a finding; it may throw as well. */
  readonly judge?: (finding: PostureFinding) => Error | undefined
}

/** The three stages in this process, on a stream of their own of either type, with a sink that keeps what it is given. */
export class ScratchStages {
  readonly stream: Stream
  /** Undefined on an embedded stream. */
  readonly kafka: ScratchKafka | undefined
  readonly metrics = new MetricsRegistry()
  readonly said: Said[]
  readonly delivered: PostureFinding[] = []
  readonly schemas = new SchemaRegistry()
  readonly #clock: Clock
  readonly #log: Logger
  #enrichment!: RunningEnrichment

  private constructor(stream: Stream, kafka: ScratchKafka | undefined, said: Said[], clock: Clock) {
    this.stream = stream
    this.kafka = kafka
    this.said = said
    this.#log = logInto(said)
    this.#clock = clock
  }

  /** Ends with the test that calls this. */
  static async start(type: StreamType, context: TestContext, options: StagesOptions = {}): Promise<ScratchStages> {
    const directory = mkdtempSync(join(tmpdir(), 'posture-stages-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const said: Said[] = []
    const kafka =
      type === 'kafka'
        ? await ScratchKafka.create({ brokers: await sharedBrokers(context), partitions: PARTITIONS })
        : undefined
    const embedded = { directory, topics: Object.values(topics), partitions: PARTITIONS }
    const stream = (await kafka?.open({ log: logInto(said) })) ?? (await EmbeddedStream.open(embedded))
    const stages = new ScratchStages(stream, kafka, said, options.clock ?? Date.now)
    onTestFinished(() => stream.close())
    await stages.#startEnrichment(directory, options)
    await stages.#startSink(options.judge ?? (() => undefined))
    return stages
  }

  /** Has a collector read these events, and resolves once they are published. */
  async collect(events: readonly PostureEvent[], collector = 'numbered'): Promise<void> {
    const source: Collector = {
      check: async () => {},
      collect: async function* () {
        yield { events, read: events.length, position: { read: events.length } }
      },
    }
    const context = this.#context(collector)
    const instance = { collector: source, kind: 'numbered', runs: 'once', settings: {}, context } as const
    const { signal } = new AbortController()
    await collectOnce(instance, { stream: this.stream, schemas: this.schemas, signal })
  }

  /** Resolves once every stage has committed everything. */
  async settled(): Promise<void> {
    await vi.waitFor(
      async () => {
        expect(await this.stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(0)
        expect(await this.#enrichment.pending()).toBe(false)
        expect(await this.stream.lag(topics.findings.name, `sink.${SINK}`)).toBe(0)
      },
      { timeout: PATIENCE_MS, interval: 50 },
    )
  }

  /** Everything in a topic, by partition and offset. */
  async records(topic: keyof typeof topics): Promise<StreamRecord[]> {
    const records: StreamRecord[] = []
    await readTopic(this.stream, topics[topic].name, (record) => void records.push(record))
    return records.toSorted((one, other) => one.partition - other.partition || Number(one.offset - other.offset))
  }

  async #startEnrichment(directory: string, { enricher, tickMs = 100 }: StagesOptions): Promise<void> {
    const periods = { refreshMs: 30 * DAY_MS, forgetMs: 400 * DAY_MS, memoryMs: 30 * DAY_MS }
    const store = openState(join(directory, 'enrichment.db'), periods)
    const context = this.#context('enrichment')
    const intelligence = sampleIntel({ ...context, schemas: this.schemas })
    const added = typeof enricher === 'function' ? enricher(intelligence) : enricher
    this.#enrichment = await runEnrichment({
      ...context,
      intelligence,
      stream: this.stream,
      store,
      schemas: this.schemas,
      enrichers: [...enrichersOf({}, intelligence), ...(added === undefined ? [] : [added])],
      periods,
      ruleset: 'one',
      tickMs,
    })
    onTestFinished(async () => {
      await this.#enrichment.stop()
      store.close()
    })
  }

  async #startSink(judge: (finding: PostureFinding) => Error | undefined): Promise<void> {
    const sink: Sink = {
      check: async () => {},
      deliver: async (findings) => {
        const outcomes = findings.map((finding) => ({ finding, error: judge(finding) }))
        this.delivered.push(...outcomes.filter(({ error }) => error === undefined).map(({ finding }) => finding))
        return outcomes.map(({ error }) =>
          error === undefined ? { status: 'delivered' } : { status: 'failed', error },
        )
      },
    }
    const delivery = { maxAttempts: 2, initialBackoffMs: 10, maxBackoffMs: 20, batch: 500 }
    const options = { name: SINK, tenant: 'acme', delivery }
    const consumption = await runSink(sink, { takes: 'every-revision' }, options, {
      ...this.#context(SINK),
      stream: this.stream,
    })
    onTestFinished(() => consumption.stop())
  }

  #context(name: string) {
    return { name, tenant: 'acme', log: this.#log, metrics: this.metrics, clock: this.#clock, condition: unwatched }
  }
}
