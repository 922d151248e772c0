import { isSpace } from './signatures.ts'

const [QUOTE, COMMA, COLON] = [0x22, 0x2c, 0x3a]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf])

/** What begins: a record, something that is none, or a part of the object around the list (`NextToken`), to be passed over. */
export type ElementKind = 'record' | 'scalar' | 'passed-brackets' | 'passed-scalar'

export interface ElementStart {
  readonly at: number
  readonly kind: ElementKind
}

/** Reads what stands between the elements of a report, and notes what is wrong there. */
export class Surroundings {
  readonly damage = new Set<string>()
  #lists = 0
  #wrapped = false
  /** A list has been closed, and the commas since. */
  #closed = false
  #comma = false
  #colon = false

  /** Whether an object that is open now may be the one around the list. */
  get mayWrap(): boolean {
    return this.#lists === 0 && !this.#wrapped
  }

  /** The object that was open is the one around the list of records, and that list has begun. */
  wrap(): void {
    this.#wrapped = true
    this.#lists = 1
    this.#closed = false
  }

  /** The next element at or after `from`; undefined where the bytes hold no more. */
  next(bytes: Buffer, from: number): ElementStart | undefined {
    for (let at = from; at < bytes.length; at++) {
      const kind = this.#take(bytes[at]!)
      if (kind !== undefined) return { at, kind }
    }
    return undefined
  }

  end(): void {
    if (this.#lists > 0 || this.#wrapped) this.damage.add('it ends before its list is closed')
  }

  #take(byte: number): ElementKind | undefined {
    if (isSpace(byte) || BYTE_ORDER_MARK.has(byte)) return undefined
    if (this.#wrapped && this.#lists === 0) return this.#takeAround(byte)
    if (byte === COMMA) this.#comma = true
    else if (byte === OPEN_LIST) this.#openList()
    else if (byte === CLOSE_LIST) this.#closeList()
    else if (byte === CLOSE_OBJECT) this.#closeObject()
    else return byte === OPEN_OBJECT ? this.#record() : 'scalar'
    return undefined
  }

  /** Behind the list of `{"Findings": [...]`: what has a key belongs to the object around it. */
  #takeAround(byte: number): ElementKind | undefined {
    const valued = this.#colon
    this.#colon = byte === COLON
    if (byte === COLON) return undefined
    if (byte === COMMA) this.#comma = true
    else if (byte === CLOSE_OBJECT) this.#closeObject()
    else if (byte === CLOSE_LIST) this.#closeList()
    else if (byte === OPEN_OBJECT && !valued) return this.#record()
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) return 'passed-brackets'
    else return byte === QUOTE || valued ? 'passed-scalar' : 'scalar'
    return undefined
  }

  #openList(): void {
    this.#lists += 1
    this.#closed = false
    this.#comma = false
  }

  #closeList(): void {
    if (this.#lists === 0) this.damage.add('a list is closed that was not open')
    else this.#lists -= 1
    this.#closed = this.#lists === 0
    this.#comma = false
  }

  #closeObject(): void {
    if (!this.#wrapped || this.#lists > 0) this.damage.add('an object is closed that was not open')
    if (this.#wrapped) this.#lists = 0
    this.#wrapped = false
  }

  #record(): ElementKind {
    if (this.#closed && this.#comma) this.damage.add('its list is closed before its last record')
    return 'record'
  }
}
