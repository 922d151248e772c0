import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, vi } from 'vitest'
import { ENRICHMENT_GROUP } from '../enrichment/enrichment-group.ts'
import type { Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { Driver } from './faults/driver.ts'
import { numberedFindings, TENANT } from './faults/statements.ts'
import { Worker, type LogLine } from './faults/worker.ts'
import { ScratchKafka } from './scratch-kafka.ts'

const PARTITIONS = 3
const ACCOUNTS = 2
const FINDINGS_PER_ACCOUNT = 20
const SAMPLE_MS = 250
const START_MS = 60_000

export interface Outage {
  readonly brokers: readonly string[]
  /** Statements a second, each of which makes one revision. */
  readonly rate: number
  /** How long the sink `stuck` cannot write, in milliseconds. */
  readonly outageMs: number
  readonly drainLimitMs: number
  readonly signal: AbortSignal
}

export interface OutageOutcome {
  readonly acknowledged: number
  /** Records that the sink `free` had not committed, at every look during the outage, in order of size. */
  readonly freeLags: readonly number[]
  /** Of the sink `stuck`, the most. */
  readonly stuckLag: number
  /** From the end of the outage until it had caught up. */
  readonly drainSeconds: number
  /** What the sinks' process said about the sink `stuck`. */
  readonly said: readonly (LogLine & { readonly sink?: string; readonly reason?: string })[]
  readonly free: readonly string[]
  readonly stuck: readonly string[]
  readonly deadLetters: number
}

/**
 * Enrichment and two file sinks, in processes of their own, under a steady flow; for a while a file stands where the
 * directory of one of them must be, which stops even root.
 */
export async function oneSinkDown(outage: Outage): Promise<OutageOutcome> {
  const kafka = await ScratchKafka.create({ brokers: outage.brokers, partitions: PARTITIONS })
  const scene = new Scene(kafka, await kafka.open(), outage)
  onTestFinished(() => scene.end())
  await scene.start()
  const freeLags: number[] = []
  let stuckLag = 0
  scene.block()
  for (const until = performance.now() + outage.outageMs; performance.now() < until;) {
    const [free, stuck] = await Promise.all([scene.lag('free'), scene.lag('stuck')])
    freeLags.push(free)
    stuckLag = Math.max(stuckLag, stuck)
    await sleep(SAMPLE_MS, undefined, { signal: outage.signal })
  }
  scene.unblock()
  const drainSeconds = await scene.drain()
  return {
    acknowledged: scene.driver.acknowledged,
    freeLags: freeLags.toSorted((a, b) => a - b),
    stuckLag,
    drainSeconds,
    said: scene.sinks.said().filter((line: LogLine & { sink?: string }) => line.sink === 'stuck'),
    free: scene.written('free'),
    stuck: scene.written('stuck'),
    deadLetters: await scene.deadLetters(),
  }
}

class Scene {
  readonly driver: Driver
  readonly sinks: Worker
  readonly #directory = mkdtempSync(join(tmpdir(), 'posture-stream-outage-'))
  readonly #enrichment: Worker
  readonly #stream: Stream
  readonly #outage: Outage

  constructor(kafka: ScratchKafka, stream: Stream, outage: Outage) {
    const config = join(this.#directory, 'pipeline.yaml')
    const delivery = { initialBackoffMs: 100, maxBackoffMs: 2000 }
    const sink = (name: string) => `  ${name}: ${JSON.stringify({ type: 'file', directory: `./${name}`, delivery })}`
    writeFileSync(config, `tenant: ${TENANT}\n${kafka.yaml}\nsinks:\n${sink('free')}\n${sink('stuck')}\n`)
    const logs = join(this.#directory, 'logs')
    this.#enrichment = new Worker({ name: 'enrichment', stage: 'enrichment', config, logs })
    this.sinks = new Worker({ name: 'sinks', stage: 'sinks', config, logs })
    this.#stream = stream
    this.#outage = outage
    const findings = numberedFindings(PARTITIONS, ACCOUNTS, FINDINGS_PER_ACCOUNT)
    this.driver = new Driver({ stream, findings, rate: outage.rate })
  }

  async start(): Promise<void> {
    this.#enrichment.start()
    this.sinks.start()
    this.driver.start(this.#outage.signal)
    await this.#until(START_MS, async () => {
      expect(this.written('free').length).toBeGreaterThan(0)
      expect(this.written('stuck').length).toBeGreaterThan(0)
      expect((await this.lag('free')) + (await this.lag('stuck'))).toBeLessThan(this.#outage.rate)
    })
  }

  lag(sink: 'free' | 'stuck'): Promise<number> {
    return this.#stream.lag(topics.findings.name, `sink.${sink}`)
  }

  block(): void {
    renameSync(join(this.#directory, 'stuck'), join(this.#directory, 'away'))
    writeFileSync(join(this.#directory, 'stuck'), 'in the way')
  }

  unblock(): void {
    rmSync(join(this.#directory, 'stuck'))
    renameSync(join(this.#directory, 'away'), join(this.#directory, 'stuck'))
  }

  /** Ends the flow and waits until everything is committed; resolves to how long that took, in seconds. */
  async drain(): Promise<number> {
    const began = performance.now()
    await this.driver.stop()
    await this.#until(this.#outage.drainLimitMs, async () => {
      expect(await this.#stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(0)
      expect([await this.lag('free'), await this.lag('stuck')]).toEqual([0, 0])
    })
    return (performance.now() - began) / 1000
  }

  async deadLetters(): Promise<number> {
    const ends = await this.#stream.ends(topics.deadLetters.name)
    return [...ends.values()].reduce((sum, end) => sum + Number(end), 0)
  }

  /** The (key, revision) of every line of a sink, sorted. */
  written(sink: 'free' | 'stuck'): string[] {
    const directory = join(this.#directory, sink)
    const names = existsSync(directory) ? readdirSync(directory).filter((name) => /\.ndjson(\.gz)?$/.test(name)) : []
    const lines = names.flatMap((name) => {
      const bytes = readFileSync(join(directory, name))
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').slice(0, -1)
    })
    return lines.map((line) => keyAndRevision(JSON.parse(line) as Line)).toSorted()
  }

  async end(): Promise<void> {
    await Promise.all([this.#enrichment.kill(), this.sinks.kill()])
    await this.#stream.close()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #until(timeout: number, check: () => Promise<void>): Promise<void> {
    await vi.waitFor(check, { timeout, interval: SAMPLE_MS })
  }
}

interface Line {
  readonly finding_info: { readonly uid_alt: string }
  readonly metadata: { readonly sequence: number }
}

function keyAndRevision({ finding_info, metadata }: Line): string {
  return `${finding_info.uid_alt} ${metadata.sequence}`
}
