const NONE = Buffer.alloc(0)

/**
 * Bytes that come in pieces and are held until they are let go of from the front. There is room behind them that doubles, so
 * that what comes in many pieces is not copied for each of them. What was handed out is never written to again.
 */
export class HeldBytes {
  #store: Buffer = NONE
  #start = 0
  #end = 0

  /** Adds a piece; answers all that is held now. */
  append(piece: Buffer): Buffer {
    if (this.#start === this.#end) {
      this.#store = piece
      this.#start = 0
      this.#end = piece.length
      return piece
    }
    if (this.#store.length - this.#end < piece.length) this.#grow(piece.length)
    piece.copy(this.#store, this.#end)
    this.#end += piece.length
    return this.#held()
  }

  /** Lets go of so many bytes at the front; answers what is still held. */
  release(count: number): Buffer {
    this.#start += count
    if (this.#start === this.#end) this.#store = NONE
    return this.#held()
  }

  #grow(more: number): void {
    const held = this.#held()
    const grown = Buffer.allocUnsafe(Math.max(held.length + more, 2 * held.length))
    held.copy(grown)
    this.#store = grown
    this.#start = 0
    this.#end = held.length
  }

  #held(): Buffer {
    return this.#store.subarray(this.#start, this.#end)
  }
}
