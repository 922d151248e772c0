import type { StreamRecord } from '../stream.ts'

/** What one fetch brought for one partition. */
export interface Delivery {
  /** The offset that was asked for. */
  readonly from: bigint
  readonly records: readonly StreamRecord[]
  /** The offset behind everything in it, what readers do not see (transaction markers, aborted records) included. */
  readonly next: bigint
}

const BATCH_BYTES = 16 * 1024 * 1024

/** What was delivered and not yet handled: two batches at the most, so that the next is there when one is done. */
export class Buffered {
  readonly #maxRecords: number
  readonly #deliveries: Delivery[] = []
  #records = 0
  #bytes = 0
  #wake: (() => void) | undefined

  constructor(maxRecords: number) {
    this.#maxRecords = maxRecords
  }

  get isFull(): boolean {
    return this.#records >= this.#maxRecords || this.#bytes >= BATCH_BYTES
  }

  push(delivery: Delivery): void {
    this.#deliveries.push(delivery)
    this.#records += delivery.records.length
    this.#bytes += bytesOf(delivery.records)
    this.wake()
  }

  clear(): void {
    this.#deliveries.length = 0
    this.#records = 0
    this.#bytes = 0
  }

  wake(): void {
    this.#wake?.()
  }

  /** The next batch; undefined when nothing came for `tickMs`, or when it was woken for another reason. */
  async take(signal: AbortSignal, tickMs: number | undefined): Promise<Delivery | undefined> {
    const until = tickMs === undefined ? Infinity : performance.now() + tickMs
    while (this.#deliveries.length === 0 && !signal.aborted) {
      const leftMs = until - performance.now()
      if (leftMs <= 0) return undefined
      await this.#news(leftMs)
    }
    return signal.aborted ? undefined : this.#next()
  }

  #news(leftMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = leftMs === Infinity ? undefined : setTimeout(resolve, leftMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** As many deliveries as fit into one batch, the last of them in part. */
  #next(): Delivery {
    const from = this.#deliveries[0]!.from
    const records: StreamRecord[] = []
    let next = from
    let bytes = 0
    while (this.#deliveries.length > 0) {
      const [delivery] = this.#deliveries as [Delivery]
      const count = this.#fitting(
        delivery.records,
        this.#maxRecords - records.length,
        BATCH_BYTES - bytes,
        records.length === 0,
      )
      const taken = delivery.records.slice(0, count)
      records.push(...taken)
      bytes += bytesOf(taken)
      if (count < delivery.records.length) {
        if (count > 0) next = taken.at(-1)!.offset + 1n
        this.#deliveries[0] = { from: next, records: delivery.records.slice(count), next: delivery.next }
        break
      }
      next = delivery.next
      this.#deliveries.shift()
    }
    this.#records -= records.length
    this.#bytes -= bytes
    return { from, records, next }
  }

  /** How many of the records there is room for; at least one where the batch has none yet. */
  #fitting(records: readonly StreamRecord[], room: number, roomBytes: number, first: boolean): number {
    let bytes = 0
    for (const [index, record] of records.entries()) {
      bytes += sizeOf(record)
      if (index >= room || (bytes > roomBytes && !(first && index === 0))) return index
    }
    return records.length
  }
}

function bytesOf(records: readonly StreamRecord[]): number {
  let bytes = 0
  for (const record of records) bytes += sizeOf(record)
  return bytes
}

function sizeOf({ key, value }: StreamRecord): number {
  return key.length + (value?.byteLength ?? 0)
}
