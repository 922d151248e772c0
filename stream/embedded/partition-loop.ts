import { setImmediate as nextTurn } from 'node:timers/promises'
import { Backoff } from '../../core/backoff.ts'
import { PipelineError } from '../../core/errors.ts'
import type { BatchHandler, Committed, ConsumeOptions, RecordsHandler, StreamRecord } from '../stream.ts'
import type { FailureReport } from '../failure-report.ts'
import type { Log, Logs } from './logs.ts'
import type { News } from './news.ts'
import { OpenBatch } from '../open-batch.ts'
import type { Placed, RecordStore } from './record-store.ts'

const REDELIVERY = { initialMs: 250, maxMs: 5000 }
const MAX_RECORDS = 500

/** What every loop of a stream shares. */
export interface Storage {
  readonly store: RecordStore
  readonly logs: Logs
  readonly news: News
}

/** Feeds one partition to one member of a group, for as long as the member owns it. */
export class PartitionLoop {
  readonly #storage: Storage
  readonly #log: Log
  readonly #options: ConsumeOptions
  readonly #handle: BatchHandler
  readonly #report: FailureReport
  readonly #ending = new AbortController()
  readonly #ended: Promise<void>
  #revoked = false

  constructor(storage: Storage, log: Log, options: ConsumeOptions, handle: BatchHandler, report: FailureReport) {
    this.#storage = storage
    this.#log = log
    this.#options = options
    this.#handle = handle
    this.#report = report
    this.#ended = this.#run()
  }

  /** Lets a running handler finish and commit; resolves when it has. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#ended
  }

  /** As `stop`, but nothing is committed any more: the partition goes to another member. */
  async revoke(): Promise<void> {
    this.#revoked = true
    await this.stop()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    const backoff = new Backoff(REDELIVERY)
    // Whoever starts a loop is not to run a handler in the same call.
    await nextTurn()
    while (!signal.aborted) {
      try {
        await this.#consume(signal, backoff)
      } catch (error) {
        if (signal.aborted) return
        this.#report.failed(error)
        const atLeastMs = error instanceof PipelineError ? error.retryAfterMs : undefined
        await backoff.wait(signal, atLeastMs).catch(() => undefined)
      }
    }
  }

  /** Takes the partition over, then hands out batches until one fails or the loop is to end. */
  async #consume(signal: AbortSignal, backoff: Backoff): Promise<void> {
    let position = await this.#takeOver(signal)
    while (!signal.aborted) {
      const records = await this.#next(position, signal)
      if (signal.aborted) return
      position = await this.#process(records, position, signal)
      backoff.reset()
      this.#report.succeeded()
      // All else in here ends without leaving the microtask queue, where timers and sockets would starve.
      await nextTurn()
    }
  }

  async #takeOver(signal: AbortSignal): Promise<bigint> {
    const { store } = this.#storage
    const assigned = await this.#options.assigned?.({
      partition: this.#log.partition,
      signal,
      restore: (topic, from, handle) => this.#restore(topic, from, handle, signal),
    })
    const { group } = this.#options
    const committed = store.position(group, this.#log)
    // Written down, so that lag counts from where reading goes on.
    const moved = assigned !== undefined && assigned !== committed && !signal.aborted
    if (moved) store.transaction(() => store.move(group, this.#log, assigned))
    return assigned ?? committed ?? 0n
  }

  async #restore(topic: string, from: bigint, handle: RecordsHandler, signal: AbortSignal): Promise<bigint> {
    const { store, logs } = this.#storage
    const log = logs.at(topic, this.#log.partition)
    for (let next = from; ;) {
      signal.throwIfAborted()
      // The end is read first: what is appended meanwhile is either handed over or left for next time.
      const end = store.end(log)
      const records = store.read(log, next, MAX_RECORDS)
      const last = records.at(-1)
      if (last === undefined) return end
      await handle(records)
      next = last.offset + 1n
      await nextTurn()
    }
  }

  /** The next records; none when the time for the clock's batch has come, or the loop is to end. */
  async #next(position: bigint, signal: AbortSignal): Promise<StreamRecord[]> {
    const { store, news } = this.#storage
    const { tickMs, maxRecords = MAX_RECORDS } = this.#options
    const since = performance.now()
    while (!signal.aborted) {
      const records = store.read(this.#log, position, maxRecords)
      if (records.length > 0) return records
      const leftMs = tickMs === undefined ? undefined : tickMs - (performance.now() - since)
      if (leftMs !== undefined && leftMs <= 0) break
      await news.wait([this.#log], signal, leftMs)
    }
    return []
  }

  async #process(records: readonly StreamRecord[], position: bigint, signal: AbortSignal): Promise<bigint> {
    const { store } = this.#storage
    const batch = new OpenBatch<Placed>({
      topic: this.#log.topic.name,
      partition: this.#log.partition,
      records,
      signal,
      place: (topic, outgoing) => store.place(topic, outgoing),
    })
    try {
      const afterCommit = await this.#handle(batch)
      if (this.#revoked) return position
      const next = (records.at(-1)?.offset ?? position - 1n) + 1n
      const published = batch.end()
      const committed =
        records.length + published.length > 0 ? this.#commit(published, next) : new Map<string, bigint>()
      await afterCommit?.(committed)
      return next
    } finally {
      batch.end()
    }
  }

  #commit(published: readonly Placed[], next: bigint): Committed {
    const { store, news } = this.#storage
    const ends = store.transaction(() => {
      store.move(this.#options.group, this.#log, next)
      return store.append(published)
    })
    news.announce(ends.keys())
    const own = [...ends].filter(([log]) => log.partition === this.#log.partition)
    return new Map(own.map(([log, end]) => [log.topic.name, end]))
  }
}
