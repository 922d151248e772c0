/** Offsets of one partition in ascending order, 8 bytes each. */
export class OffsetList {
  readonly #offsets: Float64Array

  /** In any order. */
  constructor(offsets: Float64Array) {
    this.#offsets = offsets.toSorted()
  }

  get size(): number {
    return this.#offsets.length
  }

  get first(): bigint | undefined {
    const [first] = this.#offsets
    return first === undefined ? undefined : BigInt(first)
  }

  has(offset: bigint): boolean {
    return this.#offsets[this.#firstFrom(Number(offset))] === Number(offset)
  }

  /** Whether none of them is left from this offset on. */
  isOverAt(offset: bigint): boolean {
    return this.#firstFrom(Number(offset)) === this.#offsets.length
  }

  /** The index of the first offset that is not smaller. */
  #firstFrom(offset: number): number {
    let [low, high] = [0, this.#offsets.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#offsets[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
