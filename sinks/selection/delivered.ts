import type { Assignment } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { readDeliveryRecord, type Owner, type Progress } from './delivery-records.ts'
import { KeyTable } from './key-table.ts'

/**
 * Which findings of one partition a sink with a filter has delivered and not closed: those it gets whether they fit or
 * not. A copy of what posture.deliveries says, kept up to date by whoever owns the partition.
 */
export class Delivered {
  readonly #owner: Owner
  readonly #keys = new KeyTable()
  /** The offset of posture.deliveries from which on it has not been read. */
  #next = 0n
  #progress: Progress = {}

  private constructor(owner: Owner) {
    this.#owner = owner
  }

  static async restore(owner: Owner, assignment: Pick<Assignment, 'restore'>): Promise<Delivered> {
    const delivered = new Delivered(owner)
    await delivered.catchUp(assignment)
    return delivered
  }

  /** How the sink stood in this partition when it was last read. */
  get progress(): Progress {
    return this.#progress
  }

  /** Reads what is not known yet: after a failure also what was committed without word of it. */
  async catchUp({ restore }: Pick<Assignment, 'restore'>): Promise<void> {
    this.#next = await restore(topics.deliveries.name, this.#next, (records) => {
      for (const record of records) {
        const reminder = readDeliveryRecord(this.#owner, record)
        if (reminder === undefined) continue
        if ('progress' in reminder) this.#progress = reminder.progress
        else this.set(reminder.finding, reminder.isRemembered)
      }
    })
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  set(key: string, isRemembered: boolean): void {
    if (isRemembered) this.#keys.set(key)
    else this.#keys.delete(key)
  }

  /** What stands on posture.deliveries below this offset is known. */
  knownTo(next: bigint | undefined): void {
    this.#next = next ?? this.#next
  }
}
