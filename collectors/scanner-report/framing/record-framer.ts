import { BracketScan } from './bracket-scan.ts'
import { brokenFrame, recordFrame, type Extent, type Frame, type FramerLimits } from './frame.ts'
import { HeldBytes } from './held-bytes.ts'
import { jsonFault } from './json-fault.ts'
import { SIGNATURE_BYTES, Signatures, beginsLike } from './signatures.ts'
import { Surroundings, type ElementKind } from './surroundings.ts'

export const LIMITS: FramerLimits = { recordBytes: 32 * 1024 * 1024, depth: 512 }

const WRAPPER_KEY = /"[Ff]indings"\s*:\s*$/
const WRAPPER_KEY_BYTES = 64
const NEWLINE = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const SCALAR_ENDS = new Set([NEWLINE, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d])

interface Element {
  /** `lost`: broken, and where it ends is not known yet. */
  kind: ElementKind | 'lost'
  readonly offset: number
  dropped: number
  readonly brackets: BracketScan
  /** How it begins; looked up when it is needed first. */
  signature: Buffer | undefined
  /** False once something in it that looked like the next record was found to belong to it. */
  suspects: boolean
}

/**
 * Cuts a report of any size into its records while it streams: a JSON list, `{"Findings": [...]}`, NDJSON, or several of
 * these one after the other.
 *
 * The framing is our own, because no streaming parser goes on after an error or hands over a record's own bytes: it counts
 * brackets outside strings, JSON.parse reads each record, stream-json's verifier says where a broken one breaks. Damage
 * costs the record that it is in: reading goes on where the next one begins (see Signatures).
 */
export class RecordFramer {
  readonly #limits: FramerLimits
  readonly #signatures = new Signatures()
  readonly #surroundings = new Surroundings()
  #element: Element | undefined
  readonly #held = new HeldBytes()
  /** Bytes not yet handed out, and where they stand in the file. */
  #data: Buffer = Buffer.alloc(0)
  #base = 0
  /** In them: the next byte to look at, and the first of the element that is held. */
  #at = 0
  #start = 0

  constructor(limits: FramerLimits = LIMITS) {
    this.#limits = limits
  }

  /** Bytes that are held because their element has not ended. */
  get pending(): number {
    return this.#data.length
  }

  /** What is wrong with the report around its records; empty when it is sound. Final after `end`. */
  get damage(): readonly string[] {
    return [...this.#surroundings.damage]
  }

  *push(chunk: Buffer): Generator<Frame> {
    this.#data = this.#held.append(chunk)
    yield* this.#drain()
    while (this.#element !== undefined && this.#data.length - this.#start > this.#limits.recordBytes) {
      yield* this.#overflow(this.#element)
      yield* this.#drain()
    }
    this.#release(this.#element === undefined ? this.#at : this.#start)
  }

  *end(): Generator<Frame> {
    for (let element = this.#element; element !== undefined; element = this.#element) {
      if (element.kind === 'scalar') yield* this.#scalarEnded(element, this.#data.length)
      else {
        if (element.kind === 'record') this.#surroundings.damage.add('it ends in the middle of a record')
        const next = element.kind === 'record' ? this.#nextRecord(element, this.#start + 1) : -1
        yield* this.#broken(element, next < 0 ? this.#data.length : next)
      }
      yield* this.#drain()
    }
    this.#surroundings.end()
  }

  *#drain(): Generator<Frame> {
    for (;;) {
      this.#element ??= this.#open()
      if (this.#element === undefined || !(yield* this.#advance(this.#element))) return
    }
  }

  #open(): Element | undefined {
    const start = this.#surroundings.next(this.#data, this.#at)
    this.#at = this.#start = start?.at ?? this.#data.length
    if (start === undefined) return undefined
    const { at, kind } = start
    const brackets = new BracketScan()
    return { kind, offset: this.#base + at, dropped: 0, brackets, signature: undefined, suspects: true }
  }

  /** Takes the element further; false when that needs more bytes. */
  *#advance(element: Element): Generator<Frame, boolean> {
    if (element.kind === 'lost') return yield* this.#advanceLost(element)
    if (element.kind === 'scalar' || element.kind === 'passed-scalar') {
      const end = scalarEnd(this.#data, this.#start, element.kind === 'passed-scalar')
      if (end >= 0) yield* this.#scalarEnded(element, end)
      return end >= 0
    }
    const stop = element.brackets.run(this.#data, this.#at)
    this.#at = element.brackets.at
    if (stop === 'more') return false
    if (stop === 'line-end') this.#lose(element)
    else if (stop === 'object' && this.#isNextRecord(element)) {
      // An earlier one may have stood across two buffers and so have been passed over.
      yield* this.#broken(element, this.#nextRecord(element, this.#start + 1))
    } else {
      this.#at += 1
      if (stop === 'end') yield* this.#bracketsEnded(element)
      else if (stop === 'list') this.#unwrap(element)
    }
    return true
  }

  *#bracketsEnded(element: Element): Generator<Frame> {
    this.#element = undefined
    if (element.kind !== 'record') return
    const extent = this.#extent(element, this.#at)
    const frame = recordFrame(extent, element.brackets, this.#limits)
    if (frame === undefined) {
      const next = this.#nextRecord(element, this.#start + 1, this.#at)
      yield* this.#broken(element, next < 0 ? this.#at : next)
      return
    }
    if (frame.record !== undefined) this.#signatures.learn(extent.bytes)
    yield frame
  }

  *#scalarEnded(element: Element, end: number): Generator<Frame> {
    const extent = this.#extent(element, end)
    const frame = element.kind === 'scalar' ? recordFrame(extent, element.brackets, this.#limits) : undefined
    if (element.kind === 'scalar' && frame === undefined) {
      this.#lose(element)
      return
    }
    this.#element = undefined
    this.#at = end
    if (frame !== undefined) yield frame
  }

  /** From here on only the beginning of another record ends the element. */
  #lose(element: Element): void {
    element.kind = 'lost'
    this.#at = this.#start + 1
  }

  *#advanceLost(element: Element): Generator<Frame, boolean> {
    const next = this.#nextRecord(element, this.#at)
    if (next >= 0) yield* this.#broken(element, next)
    else this.#at = Math.max(this.#at, this.#data.length - SIGNATURE_BYTES)
    return next >= 0
  }

  *#broken(element: Element, end: number): Generator<Frame> {
    this.#element = undefined
    this.#at = end
    if (element.kind !== 'passed-brackets' && element.kind !== 'passed-scalar')
      yield brokenFrame(this.#extent(element, end))
  }

  /** More is held than one record may have: it ends where the next one begins, else its bytes are let go of. */
  *#overflow(element: Element): Generator<Frame> {
    const next = this.#nextRecord(element, this.#start + 1)
    if (next >= 0) {
      yield* this.#broken(element, next)
      return
    }
    if (element.kind === 'scalar' || element.kind === 'passed-scalar') this.#lose(element)
    const end = element.kind === 'lost' ? this.#data.length - SIGNATURE_BYTES : this.#at
    element.dropped += end - this.#start
    this.#start = end
    this.#at = Math.max(this.#at, end)
  }

  /** Whether the object that opens here is no part of the element: it looks like a record, and JSON does not allow it here. */
  #isNextRecord(element: Element): boolean {
    const own = this.#signatureOf(element)
    if (!element.suspects || own === undefined || !beginsLike(this.#data, this.#at, own)) return false
    element.suspects = jsonFault(this.#data.subarray(this.#start, this.#at + 1)) !== undefined
    return element.suspects
  }

  /** Where the next record begins, between `from` and `until`; -1 where none does. */
  #nextRecord(element: Element, from: number, until = this.#data.length): number {
    return this.#signatures.next(this.#data.subarray(0, until), from, this.#signatureOf(element))
  }

  #signatureOf(element: Element): Buffer | undefined {
    if (element.dropped === 0) element.signature ??= this.#signatures.of(this.#data.subarray(this.#start))
    return element.signature
  }

  /** A list that opens in an outermost object may be the list of records; then that object is none itself. */
  #unwrap(element: Element): void {
    if (element.brackets.depth !== 2 || !this.#surroundings.mayWrap) return
    const before = this.#data.toString('latin1', Math.max(this.#start, this.#at - 1 - WRAPPER_KEY_BYTES), this.#at - 1)
    if (!WRAPPER_KEY.test(before)) return
    this.#element = undefined
    this.#surroundings.wrap()
  }

  #extent({ offset, dropped }: Element, end: number): Extent {
    return { offset, dropped, bytes: this.#data.subarray(this.#start, end) }
  }

  #release(count: number): void {
    this.#data = this.#held.release(count)
    this.#base += count
    this.#at -= count
    this.#start -= count
  }
}

/** Where what begins at `start` and is neither object nor list ends, a key also at its colon; -1 where the bytes do not show it. */
function scalarEnd(bytes: Buffer, start: number, isKey: boolean): number {
  let inString = false
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === NEWLINE || (!inString && (SCALAR_ENDS.has(byte) || (isKey && byte === COLON)))) return at
    if (byte === QUOTE) inString = !inString
    else if (inString && byte === BACKSLASH) at++
  }
  return -1
}
