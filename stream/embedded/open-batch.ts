import { PermanentError } from '../../core/errors.ts'
import type { Batch, OutgoingRecord, StreamRecord } from '../stream.ts'
import type { Log } from './logs.ts'
import type { Placed, RecordStore } from './record-store.ts'

/** A batch in its handler's hands: collects what is to be published with its commit. */
export class OpenBatch implements Batch {
  readonly partition: number
  readonly records: readonly StreamRecord[]
  readonly signal: AbortSignal
  readonly #log: Log
  readonly #store: RecordStore
  readonly #placed: Placed[] = []
  #open = true

  constructor(log: Log, records: readonly StreamRecord[], signal: AbortSignal, store: RecordStore) {
    this.partition = log.partition
    this.records = records
    this.signal = signal
    this.#log = log
    this.#store = store
  }

  publish(topic: string, records: readonly OutgoingRecord[]): void {
    if (!this.#open) {
      throw new PermanentError(
        'STREAM_BATCH_OVER',
        `A batch of ${this.#log.topic.name}/${this.partition} was published to after its handler had returned; await everything in the handler`,
      )
    }
    for (const placed of this.#store.place(topic, records)) this.#placed.push(placed)
  }

  /** Takes no more records; answers what was published. */
  end(): readonly Placed[] {
    this.#open = false
    return this.#placed
  }
}
