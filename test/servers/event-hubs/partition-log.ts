import type { Message } from 'rhea'

export interface HubRecord {
  readonly sequence: number
  /** Where it begins in the partition, in bytes: of no use but to be given back. */
  readonly offset: string
  readonly at: Date
  readonly message: Message
}

/** What a receiver starts after, or at where it is `inclusive`. */
export interface StartPosition {
  readonly by: 'offset' | 'sequence' | 'time'
  readonly value: number
  readonly inclusive: boolean
}

/** Offsets that look like those of a hub that is some years old, so that nobody takes them for small dense numbers. */
const FIRST_OFFSET = 12_884_901_888
const RECORD_OVERHEAD = 64

/** The events of a partition, in order, without those whose time is over. */
export class PartitionLog {
  readonly id: string
  #records: HubRecord[] = []
  #next = 0
  #nextOffset = FIRST_OFFSET
  #last: HubRecord | undefined

  constructor(id: string) {
    this.id = id
  }

  get records(): readonly HubRecord[] {
    return this.#records
  }

  /** The newest one that ever was. */
  get last(): HubRecord | undefined {
    return this.#last
  }

  /** The number of the oldest one that is left, or of the next one. */
  get begins(): number {
    return this.#records[0]?.sequence ?? this.#next
  }

  append(message: Message, bytes: number): HubRecord {
    const record = { sequence: this.#next, offset: String(this.#nextOffset), at: new Date(), message }
    this.#next += 1
    this.#nextOffset += 8 * Math.ceil((bytes + RECORD_OVERHEAD) / 8)
    this.#records.push(record)
    this.#last = record
    return record
  }

  /** Lets go of the oldest, as the retention time does. */
  expire(count: number): void {
    this.#records = this.#records.slice(count)
  }

  get(sequence: number): HubRecord | undefined {
    return this.#records[sequence - this.begins]
  }

  /** The number from which on to deliver: one that is gone is moved to the oldest. Undefined: that one never was. */
  startOf({ by, value, inclusive }: StartPosition): number | undefined {
    const of = { offset: offsetOf, sequence: sequenceOf, time: timeOf }[by]
    if (by !== 'time' && value > (this.#last === undefined ? -1 : of(this.#last))) return undefined
    const found = this.#records.find((record) => of(record) > value || (inclusive && of(record) === value))
    return found?.sequence ?? this.#next
  }

  get end(): number {
    return this.#next
  }
}

const offsetOf = ({ offset }: HubRecord) => Number(offset)
const sequenceOf = ({ sequence }: HubRecord) => sequence
const timeOf = ({ at }: HubRecord) => at.getTime()
