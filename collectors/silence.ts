import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../core/component.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import type { Progress } from './checkpoint.ts'
import type { CollectedBatch } from './collector.ts'
import { sourceSilent } from './source-silent.ts'

/** A source is given this long to speak after a start, in milliseconds, however long nobody has been listening. */
const GRACE_MS = 5 * 60_000
const LOOK_MS = 30_000

interface SilenceOptions {
  readonly context: Context
  /** How long the source may say nothing, in milliseconds; undefined where nothing is expected of it. */
  readonly expectEveryMs: number | undefined
  /** How that stands in the configuration. */
  readonly expectEvery: string | undefined
  readonly progress: () => Progress
  /** Resolves once it is durable. */
  readonly save: (progress: Progress) => Promise<void>
  readonly publish: (batch: Pick<CollectedBatch, 'events'>) => Promise<void>
}

/** Whether the source gave something: records, word of a scan that took place, or a new state of a public list. */
export function isNews({ read, events }: CollectedBatch): boolean {
  return read > 0 || events.some(isWord)
}

function isWord(event: PostureEvent): boolean {
  if (event.type === 'intel.observed') return event.intel.kind === 'snapshot'
  return event.type === 'scan.completed' && event.outcome !== 'failed'
}

/**
 * Says when a source has been silent for too long, and when it speaks again: once in the log, as a metric, and as a finding
 * of our own. What it goes by is kept with the collector's progress, so that no restart makes it forget or repeat itself.
 */
export class Silence {
  readonly #options: SilenceOptions
  readonly #since: number
  #checking: Promise<void> | undefined

  constructor(options: SilenceOptions) {
    this.#options = options
    this.#since = options.context.clock()
  }

  /** To be called first. A finding about a source of which nothing is expected any more is closed. */
  async begin(): Promise<void> {
    const { expectEveryMs, progress, save } = this.#options
    const { succeededAt, expectedSince, silentSince } = progress()
    if (succeededAt !== undefined) this.#tellSuccess(succeededAt)
    if (expectEveryMs === undefined) {
      if (silentSince === undefined) return
      await this.#close('nothing is expected of this source any more', silentSince)
      return save(without(progress(), 'silentSince'))
    }
    this.#gauge(silentSince === undefined ? 0 : 1)
    if (succeededAt === undefined && expectedSince === undefined)
      await save({ ...progress(), expectedSince: this.#options.context.clock() })
  }

  /** The progress once the source has spoken; where that ends a silence, the finding is closed first. */
  async heard(): Promise<Progress> {
    const { context, progress } = this.#options
    const { silentSince } = progress()
    const now = context.clock()
    this.#tellSuccess(now)
    if (silentSince !== undefined) {
      await this.#close('the source has spoken again', silentSince)
      context.log.info({}, `The source of collector ${context.name} is silent no longer.`)
    }
    return { ...without(without(progress(), 'silentSince'), 'expectedSince'), succeededAt: now }
  }

  /** Looks again and again until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    const { expectEveryMs, context } = this.#options
    if (expectEveryMs === undefined) return
    const grace = this.#since + Math.min(GRACE_MS, expectEveryMs)
    while (!signal.aborted) {
      if (context.clock() >= grace) await this.check()
      const due = Math.max(this.#due(), grace) - context.clock()
      await sleep(due > 0 ? Math.min(due, LOOK_MS) : LOOK_MS, undefined, { signal })
    }
  }

  /** Tells of a silence that has become too long, unless it is known. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined))
    return this.#checking
  }

  async #check(): Promise<void> {
    const { context, expectEvery, progress, save, publish } = this.#options
    const now = context.clock()
    const { silentSince, succeededAt } = progress()
    if (silentSince !== undefined || now < this.#due()) return
    const last = succeededAt === undefined ? 'never' : `last at ${new Date(succeededAt).toISOString()}`
    const detail = `${context.name} is expected to be given something every ${expectEvery}, and was ${last}`
    await publish({ events: [sourceSilent(context, { value: 'fail', detail, at: now })] })
    if (progress().succeededAt !== succeededAt) return this.#close('the source has spoken meanwhile', now)
    await save({ ...progress(), silentSince: now })
    this.#gauge(1)
    context.log.warn({ expectEvery, succeededAt }, `The source of collector ${context.name} is silent: ${detail}.`)
  }

  #due(): number {
    const { expectEveryMs, progress } = this.#options
    const { succeededAt, expectedSince } = progress()
    return (succeededAt ?? expectedSince ?? this.#since) + (expectEveryMs ?? Infinity)
  }

  async #close(detail: string, silentSince: number): Promise<void> {
    const { context, publish } = this.#options
    // Later than what it closes, also where the clock was put back.
    const at = Math.max(context.clock(), silentSince + 1)
    await publish({ events: [sourceSilent(context, { value: 'pass', detail, at })] })
    this.#gauge(0)
  }

  #gauge(silent: 0 | 1): void {
    const { metrics, name: collector } = this.#options.context
    metrics.gauge('posture_collector_silent', silent, { collector })
  }

  #tellSuccess(at: number): void {
    const { metrics, name: collector } = this.#options.context
    metrics.gauge('posture_collector_last_success_seconds', at / 1000, { collector })
  }
}

function without(progress: Progress, name: 'silentSince' | 'expectedSince'): Progress {
  const { [name]: _, ...others } = progress
  return others
}
