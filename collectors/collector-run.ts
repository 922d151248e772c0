import { setTimeout as sleep } from 'node:timers/promises'
import type { RunContext } from '../core/component.ts'
import { durationMs } from '../core/duration.ts'
import { asError } from '../core/errors.ts'
import type { Tracing } from '../core/tracing.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import type { Stream, StreamRecord } from '../stream/stream.ts'
import { progressOf, type Progress } from './checkpoint.ts'
import type { CollectedBatch, Collector, CollectorDefinition } from './collector.ts'
import { Publisher } from './publisher.ts'
import { Schedule } from './schedule.ts'
import type { CollectorSettings } from './settings.ts'
import { isNews, Silence } from './silence.ts'

/** Between two sweeps of a collector that runs continuously, in milliseconds. */
const PAUSE_MS = 1000
/** After a permanent error of one that runs continuously. */
const FAILED_PAUSE_MS = 60_000
/** How long a wait may be before the clock is looked at again: it may have been put forward. */
const LOOK_MS = 30_000
/** How often the time of the last success is saved where no position is, in milliseconds. */
const SAVE_SUCCESS_MS = 60_000

/** A collector as it was configured. */
export interface CollectorInstance {
  readonly collector: Collector
  /** Its type. */
  readonly kind: string
  readonly runs: NonNullable<CollectorDefinition['runs']>
  readonly settings: CollectorSettings
  readonly context: RunContext
}

export interface CollectorRunServices {
  readonly stream: Pick<Stream, 'publish'>
  readonly schemas: SchemaRegistry
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined
  /** Resolves once it is durable; rejects only when nothing may be saved any more. */
  readonly save: (progress: Progress) => Promise<void>
  /** One sweep, now, whatever the schedule says. */
  readonly untilIdle: boolean
  /** Aborted, the batch at hand becomes durable and is the last. */
  readonly signal: AbortSignal
}

/**
 * Runs one collector from its last checkpoint on, sweep after sweep, never two at once. What it read is durable before its
 * checkpoint is saved, and that before it is asked for more, so that a crash repeats and never loses. What is transient is
 * waited out.
 */
export class CollectorRun {
  /** Resolves when the collector is not touched any more; never rejects. */
  readonly ended: Promise<void>
  readonly #instance: CollectorInstance
  readonly #services: CollectorRunServices
  readonly #publisher: Publisher
  readonly #silence: Silence
  readonly #schedule: Schedule | undefined
  #progress: Progress = {}
  #savedAt: number
  #isIdle = false
  #failure: Error | undefined

  constructor(instance: CollectorInstance, services: CollectorRunServices, checkpoint: StreamRecord | undefined) {
    const { context, settings } = instance
    const { schedule, expectEvery } = settings
    this.#instance = instance
    this.#services = services
    this.#publisher = new Publisher({ ...services, context }, services.signal)
    this.#savedAt = context.clock()
    this.#silence = new Silence({
      context,
      expectEvery,
      expectEveryMs: expectEvery === undefined ? undefined : durationMs(expectEvery),
      progress: () => this.#progress,
      save: (progress) => this.#save(progress),
      publish: (batch) => this.#publisher.publish(batch),
    })
    this.#schedule = schedule === undefined ? undefined : new Schedule(schedule)
    this.ended = this.#run(checkpoint).catch((error: unknown) => {
      if (!services.signal.aborted) this.#failed(asError(error), false)
    })
  }

  /** The source had nothing more, or the collector has failed for good. */
  get isIdle(): boolean {
    return this.#isIdle
  }

  /** Why the last sweep failed, if it did. */
  get failure(): Error | undefined {
    return this.#failure
  }

  async #run(checkpoint: StreamRecord | undefined): Promise<void> {
    const { signal, untilIdle } = this.#services
    this.#progress = progressOf(checkpoint, { ...this.#services, ...this.#instance })
    await this.#silence.begin()
    if (untilIdle) await this.#sweep()
    else await Promise.all([this.#sweeps(), this.#silence.watch(signal)])
  }

  async #sweeps(): Promise<void> {
    const { sweptAt } = this.#progress
    for (let due = this.#tickAfter(sweptAt); due !== undefined; due = this.#nextTick()) {
      await this.#until(due)
      await this.#sweep()
    }
  }

  /** A sweep that never took place is due, and so is one whose time passed while nobody was there. */
  #tickAfter(sweptAt: number | undefined): number | undefined {
    const now = this.#instance.context.clock()
    if (this.#schedule === undefined || sweptAt === undefined) return now
    return this.#schedule.after(Math.min(sweptAt, now))
  }

  #nextTick(): number | undefined {
    const { context, runs } = this.#instance
    if (this.#schedule !== undefined)
      return this.#failure === undefined
        ? this.#tickAfter(this.#progress.sweptAt)
        : this.#schedule.after(context.clock())
    if (runs === 'once') return undefined
    return context.clock() + (this.#failure === undefined ? PAUSE_MS : FAILED_PAUSE_MS)
  }

  /** Rejects when the signal aborts. */
  async #sweep(): Promise<void> {
    const { context, collector: source, runs, settings } = this.#instance
    const { signal, untilIdle } = this.#services
    const startedAt = context.clock()
    const count = (outcome: 'completed' | 'failed'): void =>
      context.metrics.count('posture_collector_sweeps_total', 1, { collector: context.name, outcome })
    try {
      await this.#publisher.untilDone('read its source', async (progressed) => {
        const isLast = untilIdle || (runs === 'once' && this.#schedule === undefined)
        for await (const batch of source.collect(this.#progress.position, signal, { isLast })) {
          await this.#keep(batch)
          signal.throwIfAborted()
          progressed()
          if (untilIdle && runs === 'continuously' && isEmpty(batch)) break
        }
      })
      this.#failure = undefined
      context.condition.working()
      count('completed')
    } catch (error) {
      signal.throwIfAborted()
      count('failed')
      this.#failed(asError(error), !untilIdle && (this.#schedule !== undefined || runs === 'continuously'))
    }
    if (this.#failure === undefined && this.#schedule !== undefined)
      await this.#save({ ...this.#progress, sweptAt: startedAt })
    else if (settings.expectEvery !== undefined && (this.#progress.succeededAt ?? 0) > this.#savedAt)
      await this.#save(this.#progress)
    await this.#silence.check()
    this.#isIdle = true
  }

  async #keep(batch: CollectedBatch): Promise<void> {
    const { context } = this.#instance
    context.metrics.count('posture_collector_findings_read_total', batch.read, { collector: context.name })
    await this.#publisher.publish(batch)
    const { silentSince } = this.#progress
    if (isNews(batch)) this.#progress = await this.#silence.heard()
    const { position } = batch
    if (position !== undefined) await this.#save({ ...this.#progress, position })
    else if (silentSince !== undefined || context.clock() - this.#savedAt >= SAVE_SUCCESS_MS)
      await this.#save(this.#progress)
  }

  async #save(progress: Progress): Promise<void> {
    this.#progress = progress
    const at = this.#instance.context.clock()
    await this.#publisher.untilDone('save its checkpoint', async () => this.#services.save(progress))
    this.#savedAt = at
  }

  #failed(error: Error, goesOn: boolean): void {
    const { log, name, condition } = this.#instance.context
    if (goesOn) condition.failed(error)
    else condition.waiting(error)
    this.#isIdle = true
    this.#failure = error
    const what = goesOn ? 'could not finish its sweep and tries again at the next' : 'ended before it was done'
    log.error({ error }, `Collector ${name} ${what}; the rest of the pipeline goes on.`)
  }

  async #until(due: number): Promise<void> {
    const { clock } = this.#instance.context
    for (let left = due - clock(); left > 0; left = due - clock())
      await sleep(Math.min(left, LOOK_MS), undefined, { signal: this.#services.signal })
  }
}

function isEmpty({ read, events, unreadable = [] }: CollectedBatch): boolean {
  return read === 0 && events.length === 0 && unreadable.length === 0
}
