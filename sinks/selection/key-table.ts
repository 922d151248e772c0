import { hash } from 'node:crypto'

const DIGEST_WORDS = 3
const SMALLEST = 16
/** Beyond this share of used slots the table grows, by a quarter: 13 + 8 per column to a fifth of that more a key. */
const FULL = 0.8
const GROWTH = 1.25
const EMPTY = 0
const USED = 1
const DELETED = 2

/**
 * Numbers by key, for very many keys: of each key only 96 bits of its SHA-256 are kept, in flat memory, which is 16 to 21
 * bytes a key and 8 to 10 more for every number beside it. Two of a billion keys are taken for one with a probability of
 * about 1 to 10^11.
 */
export class KeyTable {
  readonly #columns: number
  #capacity = SMALLEST
  #digests = new Uint32Array(SMALLEST * DIGEST_WORDS)
  #states = new Uint8Array(SMALLEST)
  #numbers: Float64Array
  /** The digest that is looked for. */
  readonly #wanted = new Uint32Array(DIGEST_WORDS)
  #size = 0
  #deleted = 0

  /** With so many numbers beside each key. */
  constructor(columns = 0) {
    this.#columns = columns
    this.#numbers = new Float64Array(SMALLEST * columns)
  }

  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#states[this.#slotOf(key)] === USED
  }

  /** The number in a column; undefined where the key is not there. */
  get(key: string, column = 0): number | undefined {
    const slot = this.#slotOf(key)
    return this.#states[slot] === USED ? this.#numbers[slot * this.#columns + column] : undefined
  }

  set(key: string, ...numbers: readonly number[]): void {
    let slot = this.#slotOf(key)
    if (this.#states[slot] === EMPTY && (this.#size + this.#deleted + 1) / this.#capacity > FULL) {
      this.#grow()
      slot = this.#slotOf(key)
    }
    if (this.#states[slot] === DELETED) this.#deleted -= 1
    if (this.#states[slot] !== USED) this.#size += 1
    this.#put(slot, numbers)
  }

  delete(key: string): void {
    const slot = this.#slotOf(key)
    if (this.#states[slot] !== USED) return
    this.#states[slot] = DELETED
    this.#size -= 1
    this.#deleted += 1
  }

  /** Every number of one column, in no order. */
  column(column: number): Float64Array {
    const all = new Float64Array(this.#size)
    let at = 0
    for (let slot = 0; slot < this.#capacity; slot++) {
      if (this.#states[slot] === USED) all[at++] = this.#numbers[slot * this.#columns + column]!
    }
    return all
  }

  /** The slot of a key, deleted or not; else the empty one where it belongs. */
  #slotOf(key: string): number {
    const bytes = hash('sha256', key, 'buffer')
    for (let word = 0; word < DIGEST_WORDS; word++) this.#wanted[word] = bytes.readUInt32LE(word * 4)
    return this.#find()
  }

  #find(): number {
    let slot = Math.floor((this.#wanted[0]! / 2 ** 32) * this.#capacity)
    while (this.#states[slot] !== EMPTY && !this.#holdsWanted(slot)) slot = slot + 1 === this.#capacity ? 0 : slot + 1
    return slot
  }

  #holdsWanted(slot: number): boolean {
    for (let word = 0; word < DIGEST_WORDS; word++) {
      if (this.#digests[slot * DIGEST_WORDS + word] !== this.#wanted[word]) return false
    }
    return true
  }

  #put(slot: number, numbers: ArrayLike<number>): void {
    this.#states[slot] = USED
    this.#digests.set(this.#wanted, slot * DIGEST_WORDS)
    this.#numbers.set(numbers, slot * this.#columns)
  }

  #grow(): void {
    const [states, digests, numbers] = [this.#states, this.#digests, this.#numbers]
    this.#capacity = Math.max(SMALLEST, Math.ceil(((this.#size + 1) / FULL) * GROWTH))
    this.#states = new Uint8Array(this.#capacity)
    this.#digests = new Uint32Array(this.#capacity * DIGEST_WORDS)
    this.#numbers = new Float64Array(this.#capacity * this.#columns)
    this.#deleted = 0
    for (let slot = 0; slot < states.length; slot++) {
      if (states[slot] !== USED) continue
      this.#wanted.set(digests.subarray(slot * DIGEST_WORDS, (slot + 1) * DIGEST_WORDS))
      this.#put(this.#find(), numbers.subarray(slot * this.#columns, (slot + 1) * this.#columns))
    }
  }
}
