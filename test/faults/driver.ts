import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff } from '../../core/backoff.ts'
import { asError, PipelineError } from '../../core/errors.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { OutgoingRecord, Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { statementRecord, type NumberedFinding } from './statements.ts'

const BEAT_MS = 50
const MAX_PER_PUBLISH = 500
/** A partition that is this far behind gets no more statements until it has caught up. */
const MAX_WAITING = 10_000
const PAUSE = { initialMs: 100, maxMs: 2000 }

export interface DriverOptions {
  readonly stream: Stream
  readonly findings: readonly NumberedFinding[]
  /** Statements a second, over all findings. */
  readonly rate: number
}

/**
 * Publishes numbered statements about findings, in turn, as a collector would: what is not acknowledged is published
 * again before anything else of its partition, so that in the end every statement was acknowledged.
 */
export class Driver {
  readonly #options: DriverOptions
  readonly #schemas = new SchemaRegistry()
  readonly #lanes = new Map<number, Lane>()
  /** By finding, how many statements were made about it. */
  readonly #made = new Map<string, number>()
  readonly #at = new Map<string, number>()
  #turn = 0
  #beats: Promise<void> | undefined
  #ending = false
  #startedAt = 0
  #endedAt = 0

  constructor(options: DriverOptions) {
    this.#options = options
    for (const { partition } of options.findings)
      if (!this.#lanes.has(partition)) this.#lanes.set(partition, new Lane(options.stream))
  }

  start(signal: AbortSignal): void {
    for (const lane of this.#lanes.values()) lane.start(signal)
    this.#beats = this.#beat(signal)
    // Whoever stops the driver hears of it.
    this.#beats.catch(() => undefined)
  }

  /** From now on there is always something to write: what came before was the start of the pipeline. */
  flows(): void {
    this.#startedAt = Date.now()
  }

  /** Makes no more statements; resolves once all are acknowledged, rejects when one never can be. */
  async stop(): Promise<void> {
    this.#ending = true
    await this.#beats
    this.#endedAt = Date.now()
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drain()))
  }

  get acknowledged(): number {
    return this.#sum(({ acknowledged }) => acknowledged)
  }

  /** How often a publish failed and was done again. */
  get repeated(): number {
    return this.#sum(({ repeated }) => repeated)
  }

  /** When statements were made, in milliseconds since the epoch. */
  get flow(): { readonly from: number; readonly until: number } {
    return { from: this.#startedAt, until: this.#endedAt }
  }

  /** By finding, the number of its last statement; all below it were made too. */
  get statements(): ReadonlyMap<string, number> {
    return this.#made
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { rate } = this.#options
    const began = performance.now()
    let made = 0
    while (!this.#ending) {
      const due = Math.floor(((performance.now() - began) * rate) / 1000)
      for (; made < due; made++) this.#makeNext()
      await sleep(BEAT_MS, undefined, { signal })
    }
  }

  #makeNext(): void {
    const { findings } = this.#options
    const finding = findings[this.#turn++ % findings.length]!
    const lane = this.#lanes.get(finding.partition)!
    if (lane.waiting >= MAX_WAITING) return
    const number = (this.#made.get(finding.key) ?? 0) + 1
    const at = Math.max(Date.now(), (this.#at.get(finding.key) ?? 0) + 1)
    this.#made.set(finding.key, number)
    this.#at.set(finding.key, at)
    lane.add(statementRecord(finding, number, at, this.#schemas))
  }

  #sum(of: (lane: Lane) => number): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + of(lane), 0)
  }
}

/** What waits to be published on one partition, in order. */
class Lane {
  readonly #stream: Stream
  readonly #waiting: OutgoingRecord[] = []
  readonly #pause = new Backoff(PAUSE)
  #working: Promise<void> | undefined
  #draining = false
  acknowledged = 0
  repeated = 0

  constructor(stream: Stream) {
    this.#stream = stream
  }

  get waiting(): number {
    return this.#waiting.length
  }

  start(signal: AbortSignal): void {
    this.#working = this.#work(signal)
    this.#working.catch(() => undefined)
  }

  add(record: OutgoingRecord): void {
    this.#waiting.push(record)
  }

  async drain(): Promise<void> {
    this.#draining = true
    await this.#working
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!this.#draining || this.#waiting.length > 0) {
      const records = this.#waiting.slice(0, MAX_PER_PUBLISH)
      if (records.length === 0) await sleep(BEAT_MS, undefined, { signal })
      else await this.#publish(records, signal)
    }
  }

  async #publish(records: readonly OutgoingRecord[], signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      try {
        await this.#stream.publish(topics.events.name, records)
        this.#waiting.splice(0, records.length)
        this.acknowledged += records.length
        return this.#pause.reset()
      } catch (thrown) {
        const error = asError(thrown)
        if (error instanceof PipelineError && !error.retryable) throw error
        this.repeated += 1
        await this.#pause.wait(signal)
      }
    }
  }
}
