import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { unwatched } from '../core/condition.ts'
import type { Metrics } from '../core/telemetry.ts'
import type { Tracing } from '../core/tracing.ts'
import { findingHeaders } from '../schemas/records.ts'
import { readTopic } from '../stream/read-topic.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { OutgoingRecord, Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { runSink, type SinkRunnerOptions } from './runner.ts'
import type { PostureFinding, Sink, SinkDefinition } from './sink.ts'

export const PARTITION = 1
export const SINK = 'siem'
const FINDINGS = topics.findings.name
const delivery = { maxAttempts: 1, initialBackoffMs: 1, maxBackoffMs: 2, batch: 100 }

export type SampleSettings = Partial<Pick<SinkRunnerOptions, 'filter' | 'omit' | 'from' | 'group' | 'replay'>> & {
  readonly takes?: SinkDefinition['takes']
  /** The most records in one batch. */
  readonly batch?: number
  readonly tracing?: Tracing | undefined
  /** Why a finding is not taken. What it throws, the sink throws; what it awaits, the sink waits for. */
  readonly judge?: (finding: PostureFinding, signal: AbortSignal) => Promise<Error | undefined> | Error | undefined
}

/** A stream that holds findings, and one sink on it that can be stopped and started again with other settings. */
export class SampleStage {
  readonly stream: Stream
  /** All that the sink took, in every run. */
  readonly taken: PostureFinding[] = []
  readonly counts: Record<string, number> = {}
  readonly ages: number[] = []
  readonly latencies: number[] = []
  readonly told: string[] = []

  constructor(stream: Stream) {
    this.stream = stream
  }

  /** On a stream of its own in a file; it ends with the test that calls this. */
  static async embedded(): Promise<SampleStage> {
    const directory = mkdtempSync(join(tmpdir(), 'posture-sink-'))
    const stream = await EmbeddedStream.open({ directory, topics: Object.values(topics), partitions: 2 })
    onTestFinished(async () => {
      await stream.close()
      rmSync(directory, { recursive: true, force: true })
    })
    return new SampleStage(stream)
  }

  /** Adds revisions of findings to the one partition that is used. */
  async find(...findings: readonly PostureFinding[]): Promise<void> {
    await this.add(
      ...findings.map((finding) => ({ key: finding.key, value: finding.bytes, headers: findingHeaders(finding, 0) })),
    )
  }

  async add(...records: readonly OutgoingRecord[]): Promise<void> {
    await this.stream.publish(
      FINDINGS,
      records.map((record) => ({ ...record, partition: PARTITION })),
    )
  }

  /** Starts the sink; resolves to what stops it. */
  async start(settings: SampleSettings = {}): Promise<() => Promise<void>> {
    const { takes = 'every-revision', batch = 100, judge = () => undefined, tracing, ...selection } = settings
    const sink: Sink = {
      check: async () => {},
      deliver: async (findings, signal) => {
        const outcomes = []
        for (const finding of findings) {
          const error = await judge(finding, signal)
          if (error === undefined) this.taken.push(finding)
          outcomes.push(error === undefined ? { status: 'delivered' as const } : { status: 'failed' as const, error })
        }
        return outcomes
      },
    }
    const options = { name: SINK, tenant: 'acme', delivery: { ...delivery, batch }, ...selection }
    const say = (_: object, message: string): void => void this.told.push(message)
    const log = { debug: say, info: say, warn: say, error: say }
    const services = {
      stream: this.stream,
      log,
      metrics: this.#metrics(),
      condition: unwatched,
      tracing,
      clock: () => Date.UTC(2025, 10, 25),
    }
    const consumption = await runSink(sink, { takes }, options, services)
    onTestFinished(() => consumption.stop())
    return () => consumption.stop()
  }

  /** Resolves once the sink has committed all that there is. */
  async caughtUp(): Promise<void> {
    await vi.waitFor(async () => expect(await this.stream.lag(FINDINGS, `sink.${SINK}`)).toBe(0), {
      timeout: 30_000,
      interval: 5,
    })
  }

  /** Has a run of the sink take all that there is, and stops it; resolves to what it took, as key@revision. */
  async run(settings: SampleSettings = {}): Promise<string[]> {
    const before = this.taken.length
    const stop = await this.start(settings)
    await this.caughtUp()
    await stop()
    return this.names(before)
  }

  /** What the sink took, as key@revision, from some place on. */
  names(from = 0): string[] {
    return this.taken.slice(from).map(({ key, revision }) => `${key}@${revision}`)
  }

  /** What stands on posture.deliveries: the newest of each key, sorted. */
  async remembered(): Promise<string[]> {
    const records = await this.records(topics.deliveries.name)
    const here = records.filter(({ partition }) => partition === PARTITION)
    const newest = [...new Map(here.map((record) => [record.key, record])).values()]
    return newest.flatMap(({ key, value }) => (value === null ? [] : [key])).toSorted()
  }

  async records(topic: string): Promise<StreamRecord[]> {
    const records: StreamRecord[] = []
    await readTopic(this.stream, topic, (record) => void records.push(record))
    return records
  }

  #metrics(): Metrics {
    return {
      count: (name, by, labels) => {
        const { outcome } = labels as { readonly outcome?: string }
        if (name === 'posture_sink_records_total') this.counts[outcome!] = (this.counts[outcome!] ?? 0) + by
      },
      gauge: () => {},
      observe: (name, value) => {
        if (name === 'posture_sink_finding_age_seconds') this.ages.push(value)
        if (name === 'posture_sink_latency_seconds') this.latencies.push(value)
      },
    }
  }
}
