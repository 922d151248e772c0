const NEWLINE = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** One line that is not blank. */
export interface Line {
  /** Counted from 1, blank ones included. */
  readonly number: number
  /** The byte at which it starts. */
  readonly offset: number
  readonly length: number
  /** Absent where they are more than the limit: they were let go of. */
  readonly bytes?: Buffer
}

/** Cuts bytes into lines; holds no more than one line, and of one that is longer than the limit nothing. */
export class JsonLines {
  readonly #limit: number
  #held: Buffer[] = []
  #heldBytes = 0
  #number = 0
  #offset = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The lines that end in this chunk. */
  *push(chunk: Buffer): Generator<Line> {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#hold(chunk.subarray(from, at))
      yield* this.#end(1)
      from = at + 1
    }
    this.#hold(chunk.subarray(from))
  }

  /** The last line, where no line end stands behind it. */
  *end(): Generator<Line> {
    if (this.#heldBytes > 0) yield* this.#end(0)
  }

  #hold(part: Buffer): void {
    this.#heldBytes += part.length
    if (this.#heldBytes > this.#limit) this.#held = []
    else if (part.length > 0) this.#held.push(part)
  }

  *#end(separator: number): Generator<Line> {
    const [length, offset] = [this.#heldBytes, this.#offset]
    const isWhole = length <= this.#limit
    const bytes = isWhole ? Buffer.concat(this.#held) : undefined
    this.#held = []
    this.#heldBytes = 0
    this.#offset += length + separator
    this.#number += 1
    if (bytes === undefined) yield { number: this.#number, offset, length }
    else {
      const text = offset === 0 ? withoutMark(bytes) : bytes
      if (text.some((byte) => byte > 0x20)) yield { number: this.#number, offset, length, bytes: text }
    }
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}
