import { PermanentError } from '../core/errors.ts'
import type { Batch, OutgoingRecord, StreamRecord } from './stream.ts'

interface OpenBatchOptions<Placed> {
  readonly topic: string
  readonly partition: number
  readonly records: readonly StreamRecord[]
  readonly signal: AbortSignal
  /** Finds each record its partition. Throws for a record that cannot be published at all. */
  readonly place: (topic: string, records: readonly OutgoingRecord[]) => readonly Placed[]
}

/** A batch in its handler's hands: collects what is to be published with its commit. */
export class OpenBatch<Placed> implements Batch {
  readonly partition: number
  readonly records: readonly StreamRecord[]
  readonly signal: AbortSignal
  readonly #options: OpenBatchOptions<Placed>
  readonly #placed: Placed[] = []
  #open = true

  constructor(options: OpenBatchOptions<Placed>) {
    this.partition = options.partition
    this.records = options.records
    this.signal = options.signal
    this.#options = options
  }

  publish(topic: string, records: readonly OutgoingRecord[]): void {
    if (!this.#open) {
      throw new PermanentError(
        'STREAM_BATCH_OVER',
        `A batch of ${this.#options.topic}/${this.partition} was published to after its handler had returned; await everything in the handler`,
      )
    }
    for (const placed of this.#options.place(topic, records)) this.#placed.push(placed)
  }

  /** Takes no more records; answers what was published. */
  end(): readonly Placed[] {
    this.#open = false
    return this.#placed
  }
}
