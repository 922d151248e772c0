import { setImmediate as nextTurn } from 'node:timers/promises'
import { Backoff } from '../../core/backoff.ts'
import { TransientError } from '../../core/errors.ts'
import type { Following, RecordsHandler } from '../stream.ts'
import type { FailureReport } from '../failure-report.ts'
import type { Log } from './logs.ts'
import type { News } from './news.ts'
import type { Storage } from './partition-loop.ts'
import type { RecordStore } from './record-store.ts'

const RETRY = { initialMs: 250, maxMs: 5000 }
const MAX_RECORDS = 500

/** Hands a whole topic and then its tail to one handler, one call at a time; what it rejects it gets again. */
export class Follower implements Following {
  readonly ready: Promise<void>
  readonly #store: RecordStore
  readonly #news: News
  readonly #logs: readonly Log[]
  readonly #handle: RecordsHandler
  readonly #report: FailureReport
  readonly #ending = new AbortController()
  readonly #ended: Promise<void>
  readonly #positions = new Map<Log, bigint>()
  readonly #ends: ReadonlyMap<Log, bigint>

  constructor(
    { store, news }: Pick<Storage, 'store' | 'news'>,
    logs: readonly Log[],
    handle: RecordsHandler,
    report: FailureReport,
    from: ReadonlyMap<number, bigint> = new Map(),
  ) {
    this.#store = store
    this.#news = news
    this.#logs = logs
    this.#handle = handle
    this.#report = report
    for (const log of logs) this.#positions.set(log, from.get(log.partition) ?? 0n)
    this.#ends = new Map(logs.map((log) => [log, store.end(log)]))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    // Not everyone who stops a following waits for it to be ready.
    promise.catch(() => undefined)
    this.#ended = this.#run(resolve).finally(() =>
      reject(new TransientError('STREAM_STOPPED', 'The following was stopped before it had read the whole topic')),
    )
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#ended
  }

  async #run(ready: () => void): Promise<void> {
    const { signal } = this.#ending
    const backoff = new Backoff(RETRY)
    await nextTurn()
    while (!signal.aborted) {
      try {
        const more = await this.#readOnce(signal)
        backoff.reset()
        this.#report.succeeded()
        if (!more || this.#isPastEnds()) ready()
        if (!more) await this.#news.wait(this.#logs, signal)
      } catch (error) {
        if (signal.aborted) return
        this.#report.failed(error)
        await backoff.wait(signal).catch(() => undefined)
      }
    }
  }

  #isPastEnds(): boolean {
    return this.#logs.every((log) => (this.#positions.get(log) ?? 0n) >= (this.#ends.get(log) ?? 0n))
  }

  /** Hands over one batch of every partition that has something new; false when none had. */
  async #readOnce(signal: AbortSignal): Promise<boolean> {
    let read = false
    for (const log of this.#logs) {
      const records = this.#store.read(log, this.#positions.get(log) ?? 0n, MAX_RECORDS)
      const last = records.at(-1)
      if (last === undefined) continue
      if (signal.aborted) return true
      await this.#handle(records)
      this.#positions.set(log, last.offset + 1n)
      read = true
      await nextTurn()
    }
    return read
  }
}
