import { collectOnce, dryRun, type Shown } from '../collectors/once.ts'
import { errorCode } from '../core/errors.ts'
import { unwatched } from '../core/condition.ts'
import { SchemaRegistry } from '../schemas/registry.ts'
import type { CollectorInstance, LoadedConfig } from './config/catalogs.ts'
import { closeCollectors, createCollectors } from './create-collectors.ts'
import { MetricsRegistry } from './metrics-registry.ts'
import { openStreamToRead } from './open-stream.ts'
import type { BindableLogger } from './telemetry.ts'

/** One collector, to be run by hand. */
export interface OpenCollector extends AsyncDisposable {
  /** Sweeps once, publishes, and saves checkpoints; rejects with what made it fail. */
  once(): Promise<Collected>
  /** What one sweep would publish. Changes nothing. */
  dryRun(fromStart: boolean): AsyncIterable<Shown>
}

/** What a sweep made by hand did. */
export interface Collected {
  /** Finding records read, dead letters included. */
  readonly in: number
  readonly published: number
  readonly deadLetters: number
}

interface OpenCollectorOptions {
  readonly log: BindableLogger
  /** Aborted, the batch at hand is the last. */
  readonly signal: AbortSignal
}

/** Makes a collector of a configuration, beside a pipeline that may be running. */
export async function openCollector(
  config: LoadedConfig,
  wanted: CollectorInstance,
  { log, signal }: OpenCollectorOptions,
): Promise<OpenCollector> {
  const metrics = new MetricsRegistry()
  const { tenant } = config
  const contextOf = (name: string) => {
    return {
      name,
      tenant,
      log: log.child({ stage: 'collector', name }),
      metrics,
      clock: Date.now,
      condition: unwatched,
    }
  }
  const made = await createCollectors({ collectors: [wanted] }, contextOf)
  const [instance] = made
  const schemas = new SchemaRegistry()
  return {
    once: async () => {
      await using stream = await openStreamToRead(config.stream, { create: true })
      await collectOnce(instance!, { stream, schemas, signal })
      return {
        in: metrics.total('posture_collector_findings_read_total'),
        published: metrics.total('posture_collector_events_published_total'),
        deadLetters: metrics.total('posture_dead_letters_total'),
      }
    },
    async *dryRun(fromStart) {
      await using stream = await existing(config.stream)
      const { consumes = false } = wanted.definition
      yield* dryRun(instance!, { stream, schemas, signal, fromStart, consumes })
    },
    [Symbol.asyncDispose]: () => closeCollectors(made),
  }
}

/** The stream, where there is one: before the first run there is nothing to go on from. */
async function existing(
  stream: LoadedConfig['stream'],
): Promise<Awaited<ReturnType<typeof openStreamToRead>> | undefined> {
  try {
    return await openStreamToRead(stream)
  } catch (error) {
    if (errorCode(error) === 'STREAM_MISSING') return undefined
    throw error
  }
}
