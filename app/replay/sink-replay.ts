import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { unwatched } from '../../core/condition.ts'
import { errorCode } from '../../core/errors.ts'
import { Filter, type SinkFilter } from '../../sinks/selection/filter.ts'
import { ReplayPlan } from '../../sinks/selection/replay-plan.ts'
import { runSink } from '../../sinks/runner.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { LoadedConfig, SinkInstance } from '../config/catalogs.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import { openStream } from '../open-stream.ts'
import type { BindableLogger } from '../telemetry.ts'
import { whileRunning } from './take-run-lock.ts'

export interface WhatToReplay {
  /** From when on, in milliseconds since the epoch; everything that is kept unless told. */
  readonly since?: number | undefined
  /** On top of the sink's own filter. */
  readonly only?: SinkFilter | undefined
}

export interface ReplayServices {
  readonly config: LoadedConfig
  readonly log: BindableLogger
  /** Aborted, the batch at hand is let go of, and the replay ends. */
  readonly signal: AbortSignal
}

const FINDINGS = topics.findings.name
const LOOK_MS = 1000
/** How long a group may still have a member that has left, in the eyes of a cluster. */
const LEAVING_MS = 10_000

/** What a sink would be given; changes nothing, and may be asked beside a running pipeline. */
export async function planReplay(
  stream: Stream,
  { name, definition, filter }: SinkInstance,
  { since, only }: WhatToReplay,
  { config, signal }: Pick<ReplayServices, 'config' | 'signal'>,
): Promise<ReplayPlan> {
  const from = since === undefined ? new Map<number, bigint>() : await stream.offsetsSince(FINDINGS, since)
  const filters = {
    filter: filter === undefined ? undefined : new Filter(filter),
    only: only === undefined ? undefined : new Filter(only),
  }
  return await ReplayPlan.make(stream, {
    name,
    tenant: config.tenant,
    takes: definition.takes,
    ...filters,
    from,
    signal,
  })
}

/**
 * Gives a sink what was planned, in this process and in a group of its own that is forgotten afterwards. Resolves when all
 * of it is given, or when the signal aborts: the plan knows how far it came. On an embedded stream no pipeline may run
 * meanwhile (`STREAM_LOCKED`).
 */
export async function runReplay(plan: ReplayPlan, instance: SinkInstance, services: ReplayServices): Promise<void> {
  const { config, log, signal } = services
  const { name, definition, delivery, omit } = instance
  const group = `replay.${name}.${randomUUID().slice(0, 8)}`
  const stream = await openToRun(services)
  try {
    const own = log.child({ stage: 'sinks', name })
    const { tenant } = config
    const context = { name, tenant, log: own, metrics: new MetricsRegistry(), clock: Date.now, condition: unwatched }
    const sink = await definition.create(instance.config, context)
    try {
      const settings = { name, tenant, delivery, omit, group, replay: plan }
      const consumption = await runSink(sink, definition, settings, { ...context, stream, signal })
      try {
        await untilDone(plan, stream, group, signal)
      } finally {
        await consumption.stop()
      }
    } finally {
      await sink.close?.()
      await forget(stream, group, log)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await stream.close()
  }
}

async function openToRun({ config: { stream }, log, signal }: ReplayServices): Promise<Stream> {
  try {
    return await openStream(stream, log.child({ part: 'stream' }), signal)
  } catch (error) {
    if (stream.type !== 'embedded' || errorCode(error) !== 'STREAM_LOCKED') throw error
    throw whileRunning(stream.directory, 'one of them', error)
  }
}

/** What was planned may be compacted away before it is read: then nothing is left to read where more was expected. */
async function untilDone(plan: ReplayPlan, stream: Stream, group: string, signal: AbortSignal): Promise<void> {
  while (!plan.isDone && !signal.aborted) {
    const pause = new AbortController()
    const either = AbortSignal.any([signal, pause.signal])
    await Promise.race([plan.done, sleep(LOOK_MS, undefined, { signal: either }).catch(() => undefined)])
    pause.abort()
    if (plan.isDone || signal.aborted) return
    if ((await stream.lag(FINDINGS, group).catch(() => 1)) === 0) plan.end()
  }
}

/** One that cannot be forgotten is in nobody's way: a cluster lets it expire. */
async function forget(stream: Stream, group: string, log: BindableLogger): Promise<void> {
  for (const until = performance.now() + LEAVING_MS; ;) {
    try {
      await stream.forgetGroup(FINDINGS, group)
      return
    } catch (error) {
      if (errorCode(error) !== 'GROUP_IN_USE' || performance.now() > until) {
        log.warn({ group, error }, "The replay's own group could not be removed; it expires by itself.")
        return
      }
      await sleep(LOOK_MS / 4)
    }
  }
}
