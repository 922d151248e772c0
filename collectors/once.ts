import { randomUUID } from 'node:crypto'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import type { Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { checkpointKey, checkpointRecord, progressOf, readCheckpoints } from './checkpoint.ts'
import { CollectorRun, type CollectorInstance } from './collector-run.ts'
import type { SetAside } from './dead-letters.ts'
import { prepare } from './prepare.ts'

/** What a sweep made by hand is made with. */
export interface HandServices {
  readonly stream: Stream
  readonly schemas: SchemaRegistry
  /** Aborted, the batch at hand is the last. */
  readonly signal: AbortSignal
}

/**
 * Sweeps one collector's source once, from its checkpoint on, beside whoever else may run it: what both read changes
 * nothing twice, and who owns the collector goes on from the checkpoint that is left here. Rejects with what made it fail,
 * or with the signal's reason.
 */
export async function collectOnce(
  instance: CollectorInstance,
  { stream, schemas, signal }: HandServices,
): Promise<void> {
  const { context, kind } = instance
  const writer = randomUUID()
  const run = new CollectorRun(
    instance,
    {
      stream,
      schemas,
      signal,
      untilIdle: true,
      save: async (progress) =>
        stream.publish(topics.checkpoints.name, [checkpointRecord(progress, { context, kind, schemas, writer })]),
    },
    await checkpointOf(instance, stream),
  )
  await run.ended
  if (run.failure !== undefined) throw run.failure
  signal.throwIfAborted()
}

/** What a dry run shows, in the order in which it would be published. */
export type Shown = { readonly event: PostureEvent } | { readonly aside: SetAside }

export interface DryRunOptions {
  /** Undefined where there is no stream yet. */
  readonly stream: Stream | undefined
  readonly schemas: SchemaRegistry
  readonly signal: AbortSignal
  /** Not from the checkpoint on, but from the beginning. */
  readonly fromStart: boolean
  /** Asking a source for more takes away from it what it gave: one batch is looked at. */
  readonly consumes: boolean
}

/** What one sweep would publish. Publishes nothing and saves nothing; takes no more than is asked for. */
export async function* dryRun(instance: CollectorInstance, options: DryRunOptions): AsyncGenerator<Shown> {
  const { stream, schemas, signal, fromStart, consumes } = options
  const { collector, kind, context } = instance
  const checkpoint = stream === undefined || fromStart ? undefined : await checkpointOf(instance, stream)
  const { position } = progressOf(checkpoint, { context, kind, schemas })
  for await (const batch of collector.collect(position, signal)) {
    const { events, global, aside } = prepare(batch, schemas)
    for (const { event } of [...events, ...global]) yield { event }
    for (const each of aside) yield { aside: each }
    if (consumes) return
    signal.throwIfAborted()
  }
}

async function checkpointOf({ context }: CollectorInstance, stream: Stream): Promise<StreamRecord | undefined> {
  return (await readCheckpoints(stream, context.tenant)).get(checkpointKey(context))
}
