import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tracing } from '../core/tracing.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import type { AfterCommit, Batch, OutgoingRecord, Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { asWrittenBy, checkpointKey, checkpointRecord, writerOf, type Progress } from './checkpoint.ts'
import { CollectorRun, type CollectorInstance } from './collector-run.ts'

/** How long a handler waits for something to save before it lets the partition's position be committed, in milliseconds. */
const LINGER_MS = 1000

export interface OwnedPartitionServices {
  readonly stream: Stream
  readonly schemas: SchemaRegistry
  readonly tracing?: Tracing | undefined
  readonly untilIdle: boolean
}

interface Waiting {
  readonly record: OutgoingRecord
  readonly signal: AbortSignal
  readonly saved: () => void
}

interface Running {
  readonly instance: CollectorInstance
  /** Aborted, the batch at hand becomes durable and is the last. */
  readonly ending: AbortController
  /** Aborted, nothing is saved any more. */
  readonly lost: AbortController
  readonly run: CollectorRun
}

/**
 * One partition of posture.checkpoints while it is ours, with the collectors whose checkpoints lie there. They are saved
 * with the commits of the group's batches on that partition and in no other way: so the stream refuses what a former owner
 * would still save.
 */
export class OwnedPartition {
  readonly #services: OwnedPartitionServices
  readonly #taken: AbortSignal
  readonly #writer = randomUUID()
  readonly #running = new Map<string, Running>()
  /** By key, a run that is being replaced by one that goes on from another checkpoint. */
  readonly #replacing = new Map<string, { checkpoint: StreamRecord; readonly done: Promise<void> }>()
  #waiting: Waiting[] = []
  #wake: () => void = () => undefined
  #ending = false

  /** `last` are the checkpoints as they stand; `taken` is aborted when the partition is taken away. */
  constructor(
    instances: readonly CollectorInstance[],
    last: ReadonlyMap<string, StreamRecord>,
    taken: AbortSignal,
    services: OwnedPartitionServices,
  ) {
    this.#services = services
    this.#taken = taken
    for (const instance of instances) this.#start(instance, last.get(checkpointKey(instance.context)))
  }

  /** Every collector here has had its sweep. */
  get isIdle(): boolean {
    return this.#replacing.size === 0 && [...this.#running.values()].every(({ run }) => run.isIdle)
  }

  get failures(): readonly Error[] {
    return [...this.#running.values()].flatMap(({ run }) => run.failure ?? [])
  }

  /** Handles a batch of the group: commits what waits to be saved, and waits for it where nothing does. */
  async handle(batch: Batch): Promise<AfterCommit | void> {
    for (const record of batch.records) this.#heed(record)
    if (this.#nextToSave().length === 0) await this.#something(batch.signal)
    const saves = this.#nextToSave()
    if (saves.length === 0) return
    this.#waiting = []
    batch.publish(
      topics.checkpoints.name,
      saves.map(({ record }) => record),
    )
    return () => saves.forEach(({ saved }) => saved())
  }

  /** Lets the batch that a collector has at hand become durable; resolves when the collector is not touched any more. */
  async finish(key: string): Promise<void> {
    this.#ending = true
    this.#running.get(key)?.ending.abort()
    await this.#replacing.get(key)?.done
    await this.#running.get(key)?.run.ended
  }

  /** Ends everything; nothing is saved any more. */
  async abandon(): Promise<void> {
    this.#ending = true
    for (const { lost } of this.#running.values()) lost.abort()
    await Promise.all([...this.#running.keys()].map((key) => this.finish(key)))
  }

  #start(instance: CollectorInstance, checkpoint: StreamRecord | undefined, first?: OutgoingRecord): void {
    const { context, kind } = instance
    const { stream, schemas, tracing, untilIdle } = this.#services
    const [ending, lost] = [new AbortController(), new AbortController()]
    const nothingMore = AbortSignal.any([this.#taken, lost.signal])
    const signal = AbortSignal.any([nothingMore, ending.signal])
    const save = (record: OutgoingRecord): Promise<void> => this.#save(record, nothingMore)
    if (first !== undefined) void save(first).catch(() => undefined)
    const services = {
      stream,
      schemas,
      tracing,
      untilIdle,
      signal,
      save: (progress: Progress) => save(checkpointRecord(progress, { context, kind, schemas, writer: this.#writer })),
    }
    const run = new CollectorRun(instance, services, checkpoint)
    this.#running.set(checkpointKey(context), { instance, ending, lost, run })
    const { log, metrics, name: collector } = context
    log.debug({}, `Collector ${collector} runs here.`)
    metrics.gauge('posture_collector_owned', 1, { collector })
    signal.addEventListener('abort', () => metrics.gauge('posture_collector_owned', 0, { collector }), { once: true })
  }

  #save(record: OutgoingRecord, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const lost = (): void => reject(signal.reason as Error)
    if (signal.aborted) lost()
    else {
      signal.addEventListener('abort', lost, { once: true })
      const saved = (): void => {
        signal.removeEventListener('abort', lost)
        resolve()
      }
      this.#waiting.push({ record, signal, saved })
      this.#wake()
    }
    return promise
  }

  #nextToSave(): readonly Waiting[] {
    return this.#waiting.filter(({ signal }) => !signal.aborted)
  }

  async #something(signal: AbortSignal): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve))
    const over = new AbortController()
    const within = { signal: AbortSignal.any([signal, over.signal]) }
    try {
      if (!signal.aborted) await Promise.race([woken, sleep(LINGER_MS, undefined, within).catch(() => undefined)])
    } finally {
      over.abort()
    }
  }

  /**
   * A checkpoint that somebody else wrote here (`checkpoints reset`, `collect --once`) counts more than what we know: the
   * collector goes on from there, and what it says is saved again, because ours may have been written after it.
   */
  #heed(record: StreamRecord): void {
    const { key } = record
    const running = this.#running.get(key)
    if (running === undefined || writerOf(record) === this.#writer || this.#ending) return
    const replacing = this.#replacing.get(key)
    if (replacing === undefined) {
      const { log, name } = running.instance.context
      log.info({}, `The checkpoint of collector ${name} was changed by another; it goes on from there.`)
      this.#replacing.set(key, { checkpoint: record, done: this.#replace(key, running) })
      running.lost.abort()
    } else replacing.checkpoint = record
  }

  async #replace(key: string, { instance, run }: Running): Promise<void> {
    await run.ended
    const { checkpoint } = this.#replacing.get(key)!
    if (!this.#ending && !this.#taken.aborted) this.#start(instance, checkpoint, asWrittenBy(this.#writer, checkpoint))
    this.#replacing.delete(key)
  }
}
