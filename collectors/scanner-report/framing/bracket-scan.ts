const [NEWLINE, QUOTE, BACKSLASH, COLON] = [0x0a, 0x22, 0x5c, 0x3a]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Why a scan stopped: the element ended with the byte at `at`, more bytes are needed, an object or a list opens inside it
 * at `at`, or a line ends within a string, which JSON does not allow.
 */
export type Stop = 'end' | 'more' | 'object' | 'list' | 'line-end'

/** Follows one object or list by its brackets, outside strings, over as many buffers as it takes. */
export class BracketScan {
  /** Where the scan stopped. */
  at = 0
  depth = 0
  deepest = 0
  /** Colons outside strings: the keys of the element. */
  colons = 0
  #inString = false

  /** Goes on at `from`: the element's first byte, or the byte after the last stop (`at` itself after `more`). */
  run(bytes: Buffer, from: number): Stop {
    let inString = this.#inString
    let stop: Stop = 'more'
    let colons = 0
    let at = from
    for (; at < bytes.length && stop === 'more'; at++) {
      const byte = bytes[at]!
      if (inString) {
        if (byte === QUOTE) inString = false
        else if (byte === NEWLINE) stop = 'line-end'
        else if (byte === BACKSLASH && ++at === bytes.length) {
          at-- // What it escapes is in the next buffer: come back to the backslash.
          break
        }
      } else if (byte === QUOTE) inString = true
      else if (byte === COLON) colons++
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) stop = this.#opened(byte)
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) stop = --this.depth === 0 ? 'end' : 'more'
    }
    this.#inString = inString
    this.colons += colons
    this.at = stop === 'more' ? at : at - 1
    return stop
  }

  #opened(byte: number): Stop {
    this.depth += 1
    if (this.depth > this.deepest) this.deepest = this.depth
    if (this.depth === 1) return 'more'
    return byte === OPEN_OBJECT ? 'object' : 'list'
  }
}
