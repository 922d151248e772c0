import { TransientError } from '../../../core/errors.ts'

/** A reader that shares the container takes a partition once, and then its claim is known. */
const MOST = 3

/** The hub ended our link, because another reader with as high an owner level came. */
export function isEviction(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ReceiverDisconnectedError'
}

/**
 * Partitions go to other readers now and then. Whoever takes one again and again, before we have read there, knows nothing
 * of our claims.
 */
export class Evictions {
  readonly #consumerGroup: string
  /** By partition, how often it was taken from us since we last read there. */
  readonly #times = new Map<string, number>()

  constructor(consumerGroup: string) {
    this.#consumerGroup = consumerGroup
  }

  reads(partition: string): void {
    this.#times.delete(partition)
  }

  /** Hands on a TransientError (`EVENT_HUBS_TAKEN`) once it was too often. */
  evicted(partition: string, tell: (error: TransientError) => void): void {
    const times = (this.#times.get(partition) ?? 0) + 1
    this.#times.set(partition, times)
    if (times < MOST) return
    const message = `something else reads partition ${partition} with the consumer group ${this.#consumerGroup}, and does not share our container: give each a consumer group of its own, or both the same container`
    tell(new TransientError('EVENT_HUBS_TAKEN', message, { fault: 'configuration' }))
  }
}
