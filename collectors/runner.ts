import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tracing } from '../core/tracing.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import type { AfterCommit, Assignment, Batch, GroupConsumption, Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { checkpointKey } from './checkpoint.ts'
import type { CollectorInstance } from './collector-run.ts'
import { OwnedPartition } from './owned-partition.ts'

/** How soon a handler is called for what waits to be saved, in milliseconds. */
const TICK_MS = 20
/** How long a partition without a collector of ours is left alone, in milliseconds. */
const REST_MS = 10_000
const LOOK_MS = 25

export interface CollectorsServices {
  readonly stream: Stream
  readonly schemas: SchemaRegistry
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined
  readonly tenant: string
  /** Where the stream puts a key. */
  readonly partitionFor: (key: string, partitions: number) => number
  /** Every collector sweeps once, now, whatever its schedule says. */
  readonly untilIdle: boolean
  /** Aborted, it ends the wait for the group; `stop` ends the rest. */
  readonly signal?: AbortSignal | undefined
}

export interface RunningCollectors {
  /** Resolves once every batch at hand is durable and the group is left; when the signal aborts it is left before that. */
  stop(signal?: AbortSignal): Promise<void>
  /** Resolves when the batch that the collector of this name has at hand is durable, and it is not touched any more. */
  finish(name: string): Promise<void>
  /** Resolves when the sources of all collectors that run here had nothing more: to the errors of those that failed. */
  idle(signal: AbortSignal): Promise<readonly Error[]>
}

/** The group in which the processes of one tenant share its collectors; all of them must have the same. */
function collectorsGroup(tenant: string): string {
  return `collectors.${tenant}`
}

/**
 * Runs those collectors whose partition of posture.checkpoints this process owns, each in one process of the group. When
 * that process is gone, the partition's next owner goes on from the last checkpoint. Who was stopped and wakes up late may
 * publish once more what it had at hand, which changes nothing; a checkpoint of it is refused. Closing the collectors is
 * the caller's.
 */
export async function runCollectors(
  instances: readonly CollectorInstance[],
  services: CollectorsServices,
): Promise<RunningCollectors> {
  const { stream, signal, tenant } = services
  const partitions = (await stream.ends(topics.checkpoints.name)).size
  const ownership = new Ownership(instances, partitions, services)
  const consumption = await stream.consume(
    {
      topic: topics.checkpoints.name,
      group: collectorsGroup(tenant),
      tickMs: TICK_MS,
      assigned: (assignment) => ownership.takeOver(assignment),
      signal,
    },
    (batch) => ownership.handle(batch),
  )
  return {
    finish: (name) => ownership.finish(name),
    idle: (until) => ownership.idle(consumption, until),
    stop: async (until) => {
      const finished = Promise.all(instances.map(({ context }) => ownership.finish(context.name)))
      await Promise.race([finished, ...(until === undefined ? [] : [aborted(until)])])
      await consumption.stop()
    },
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

class Ownership {
  readonly #services: CollectorsServices
  readonly #byPartition: ReadonlyMap<number, readonly CollectorInstance[]>
  readonly #owned = new Map<number, OwnedPartition>()
  readonly #finished = new Set<string>()

  constructor(instances: readonly CollectorInstance[], partitions: number, services: CollectorsServices) {
    this.#services = services
    this.#byPartition = Map.groupBy(instances, ({ context }) =>
      services.partitionFor(checkpointKey(context), partitions),
    )
  }

  /** Nothing runs on the partition before its last owner here has let go. What is to be read from there on is news. */
  async takeOver({ partition, signal, restore }: Assignment): Promise<bigint | undefined> {
    await this.#owned.get(partition)?.abandon()
    this.#owned.delete(partition)
    const here = this.#byPartition.get(partition)
    if (here === undefined) return undefined
    const last = new Map<string, StreamRecord>()
    const keys = new Set(here.map(({ context }) => checkpointKey(context)))
    const end = await restore(topics.checkpoints.name, 0n, (records) => {
      for (const record of records) if (keys.has(record.key)) last.set(record.key, record)
    })
    signal.throwIfAborted()
    const wanted = here.filter(({ context }) => !this.#finished.has(checkpointKey(context)))
    this.#owned.set(partition, new OwnedPartition(wanted, last, signal, this.#services))
    return end
  }

  async handle(batch: Batch): Promise<AfterCommit | void> {
    const owned = this.#owned.get(batch.partition)
    if (owned !== undefined) return owned.handle(batch)
    if (batch.records.length === 0) await sleep(REST_MS, undefined, { signal: batch.signal }).catch(() => undefined)
  }

  async finish(name: string): Promise<void> {
    const key = checkpointKey({ tenant: this.#services.tenant, name })
    this.#finished.add(key)
    await Promise.all([...this.#owned.values()].map((owned) => owned.finish(key)))
  }

  async idle(consumption: GroupConsumption, signal: AbortSignal): Promise<readonly Error[]> {
    while (!this.#isIdle(consumption.partitions())) await sleep(LOOK_MS, undefined, { signal })
    return [...this.#owned.values()].flatMap(({ failures }) => failures)
  }

  #isIdle(partitions: readonly number[] | undefined): boolean {
    const ours = partitions?.filter((partition) => this.#byPartition.has(partition))
    return ours?.every((partition) => this.#owned.get(partition)?.isIdle === true) === true
  }
}
