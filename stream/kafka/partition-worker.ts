import { Backoff } from '../../core/backoff.ts'
import { PipelineError } from '../../core/errors.ts'
import type { FailureReport } from '../failure-report.ts'
import { OpenBatch } from '../open-batch.ts'
import type { BatchHandler, ConsumeOptions } from '../stream.ts'
import { Buffered, type Delivery } from './buffered.ts'
import type { PartitionPort } from './partition-port.ts'
import type { Output, TransactionWriter } from './transaction-writer.ts'

const REDELIVERY = { initialMs: 250, maxMs: 5000 }
const MAX_RECORDS = 500

/**
 * Feeds one partition to one member for as long as the member owns it. The client only delivers: it never waits for a
 * handler, so that one partition's pace and failures are nobody else's, and heartbeats go on.
 */
export class PartitionWorker {
  readonly #port: PartitionPort
  readonly #options: ConsumeOptions
  readonly #handle: BatchHandler
  readonly #writer: TransactionWriter
  readonly #report: FailureReport
  /** Aborted when the worker is to end; its batch then lets go. */
  readonly #ending = new AbortController()
  /** Aborted when the partition was taken away: nothing may be committed any more. */
  readonly #taken = new AbortController()
  readonly #buffer: Buffered
  readonly #ended: Promise<void>
  readonly #startFixed = Promise.withResolvers<void>()
  /** Where reading goes on, once it is known: all below is done. */
  #position: bigint | undefined
  /** The offset that the client must deliver next; other deliveries are left over from before a seek. */
  #expected: bigint | undefined
  #open = false
  /** The end of an empty stretch that was not believed at first. */
  #doubted: bigint | undefined

  constructor(
    port: PartitionPort,
    options: ConsumeOptions,
    handle: BatchHandler,
    writer: TransactionWriter,
    report: FailureReport,
    after: Promise<void>,
  ) {
    this.#port = port
    this.#options = options
    this.#handle = handle
    this.#writer = writer
    this.#report = report
    this.#buffer = new Buffered(options.maxRecords ?? MAX_RECORDS)
    port.pause()
    this.#ended = after.then(() => this.#run())
  }

  get ended(): Promise<void> {
    return this.#ended
  }

  /** Resolves once it is written down where a new group starts, or the worker has ended. */
  get startFixed(): Promise<void> {
    return this.#startFixed.promise
  }

  /** Where the client should be reading; undefined while it is not to read. */
  get awaited(): bigint | undefined {
    return this.#open && !this.#buffer.isFull ? this.#expected : undefined
  }

  /** Takes what the client delivered; false when it is not what comes next. */
  receive(delivery: Delivery): boolean {
    if (this.#ending.signal.aborted || !this.#open) return false
    if (this.#expected !== undefined && delivery.from !== this.#expected) {
      this.#port.seek(this.#expected)
      return false
    }
    this.#position ??= delivery.from
    this.#expected = delivery.next
    this.#buffer.push(delivery)
    if (this.#buffer.isFull) this.#port.pause()
    return true
  }

  /**
   * Takes note that readers see nothing from `first` to `next`. What does not begin where reading stands may be left over
   * from before a seek: it is asked for once more, and believed when it is the same again.
   */
  pass(first: bigint | undefined, next: bigint): void {
    const { awaited } = this
    if (awaited === undefined || next <= awaited) return
    const doubtful = first === undefined || first > awaited
    if (doubtful && this.#doubted !== next) {
      this.#doubted = next
      this.#port.seek(awaited)
    } else this.receive({ from: awaited, records: [], next })
  }

  /** Lets a running handler finish and commit; resolves when it has. */
  async stop(): Promise<void> {
    this.#ending.abort()
    this.#buffer.wake()
    await this.#ended
  }

  /** As `stop`, but nothing is committed any more: the partition goes to another member. */
  revoke(): void {
    this.#taken.abort()
    this.#ending.abort()
    this.#buffer.wake()
    this.#writer.discard()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    const backoff = new Backoff(REDELIVERY)
    while (!signal.aborted) {
      try {
        await this.#takeOver(signal)
        await this.#consume(signal, backoff)
      } catch (error) {
        this.#hold()
        if (signal.aborted) break
        this.#report.failed(error)
        const atLeastMs = error instanceof PipelineError ? error.retryAfterMs : undefined
        await backoff.wait(signal, atLeastMs).catch(() => undefined)
        // A member that is no more must not fence the one that has taken its place.
        if (this.#options.assigned !== undefined) await this.#port.membership(signal).catch(() => undefined)
      }
    }
    this.#startFixed.resolve()
    await this.#writer.close()
  }

  /** Nothing is read until the partition has been taken over anew; what was read is not trusted. */
  #hold(): void {
    this.#open = false
    this.#doubted = undefined
    this.#buffer.clear()
    this.#port.pause()
    this.#writer.discard()
  }

  async #takeOver(signal: AbortSignal): Promise<void> {
    const { assigned } = this.#options
    const { partition } = this.#port
    await this.#fixStart(signal)
    if (assigned !== undefined) {
      await this.#writer.open(signal)
      const position = await assigned({
        partition,
        signal,
        restore: (topic, from, handle) => this.#port.restore(topic, from, handle, signal),
      })
      signal.throwIfAborted()
      if (position !== undefined) this.#position = position
    }
    await this.#skipWhatIsGone()
    signal.throwIfAborted()
    this.#expected = this.#position
    this.#open = true
    if (this.#position !== undefined) this.#port.seek(this.#position)
    this.#port.resume()
  }

  /** Where a new group starts is written down, so that it also holds for the next one who starts. */
  async #fixStart(signal: AbortSignal): Promise<void> {
    if (this.#position === undefined) {
      const start = await this.#port.start()
      signal.throwIfAborted()
      if (start !== undefined) await this.#advance(start)
    }
    this.#startFixed.resolve()
  }

  /** The topic's retention may have overtaken this group: what is gone cannot be waited for, but it must be told. */
  async #skipWhatIsGone(): Promise<void> {
    if (this.#position === undefined) return
    const beginning = await this.#port.beginning()
    if (beginning <= this.#position) return
    this.#report.lost(beginning - this.#position)
    this.#position = beginning
  }

  async #consume(signal: AbortSignal, backoff: Backoff): Promise<void> {
    while (!signal.aborted) {
      const delivery = await this.#buffer.take(signal, this.#options.tickMs)
      if (signal.aborted) return
      if (!this.#buffer.isFull) this.#port.resume()
      await this.#process(delivery, signal)
      backoff.reset()
      this.#report.succeeded()
    }
  }

  /** Undefined is the clock's batch. A delivery without records moves the position past what readers do not see. */
  async #process(delivery: Delivery | undefined, signal: AbortSignal): Promise<void> {
    const { topic, partition } = this.#port
    if (delivery !== undefined && delivery.records.length === 0) return this.#advance(delivery.next)
    const records = delivery?.records ?? []
    const batch = new OpenBatch<Output>({
      topic,
      partition,
      records,
      signal,
      place: (...args) => this.#port.place(...args),
    })
    try {
      const afterCommit = await this.#handle(batch)
      const committed = await this.#commit(batch.end(), delivery?.next)
      if (committed === undefined) return
      await afterCommit?.(committed)
    } finally {
      batch.end()
    }
  }

  /** Undefined when the partition was taken away while the handler worked: nothing is committed then. */
  async #commit(outputs: readonly Output[], next: bigint | undefined): Promise<Map<string, bigint> | undefined> {
    const { signal } = this.#taken
    if (signal.aborted) return undefined
    if (outputs.length === 0) {
      if (next !== undefined) await this.#advance(next)
      return new Map()
    }
    if (!this.#writer.isOpen) await this.#writer.open(signal)
    const { physicalTopic: topic, partition } = this.#port
    const position = next ?? this.#position
    const progress = position === undefined ? undefined : { topic, partition, next: position }
    const ends = await this.#writer.commit(outputs, { partition, progress }, signal)
    this.#position = position
    return this.#port.named(ends)
  }

  async #advance(next: bigint): Promise<void> {
    await this.#port.commit(next)
    this.#position = next
  }
}
