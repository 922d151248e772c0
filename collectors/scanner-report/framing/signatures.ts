const FIRST_KEY = /^\{\s*"(?:[^"\\\n]|\\.){1,128}"\s*:/
/** No signature is longer; what is searched in pieces must overlap by this. */
export const SIGNATURE_BYTES = 256
const MOST = 16

const NEWLINE = 0x0a
const QUOTE = 0x22
const COLON = 0x3a
const OPEN_LIST = 0x5b
const OPEN_OBJECT = 0x7b

/**
 * How records of this report begin, byte by byte up to their first key's colon: after damage, the next place that begins
 * so is the next record. Nested objects seldom begin like their record, and in an indented report never.
 */
export class Signatures {
  #known: Buffer[] = []

  /** Learns from a record that was sound. */
  learn(record: Buffer): void {
    if (this.#known.length === MOST || this.#known.some((each) => startsWith(record, 0, each))) return
    const signature = signatureOf(record)
    if (signature !== undefined) this.#known.push(signature)
  }

  /** How the element that starts here begins; undefined when its first key is not there in one piece. */
  of(element: Buffer): Buffer | undefined {
    return this.#known.find((each) => startsWith(element, 0, each)) ?? signatureOf(element)
  }

  /**
   * The first place at or after `from` where a record seems to begin, or -1. Without any known signature it is the next
   * object at all; `own` is that of the broken element itself.
   */
  next(bytes: Buffer, from: number, own: Buffer | undefined): number {
    const signatures = own === undefined || this.#known.includes(own) ? this.#known : [...this.#known, own]
    if (signatures.length === 0) return nextObject(bytes, from)
    let first = -1
    for (const signature of signatures) {
      const found = nextOf(bytes, from, signature)
      if (found >= 0 && (first < 0 || found < first)) first = found
    }
    return first
  }
}

/** Whether what begins at `at` begins like this and is no value of a key. */
export function beginsLike(bytes: Buffer, at: number, signature: Buffer): boolean {
  return startsWith(bytes, at, signature) && !isValue(bytes, at)
}

function startsWith(bytes: Buffer, at: number, signature: Buffer): boolean {
  if (bytes.length - at < signature.length) return false
  for (let each = 0; each < signature.length; each++) if (bytes[at + each] !== signature[each]) return false
  return true
}

function signatureOf(record: Buffer): Buffer | undefined {
  const head = FIRST_KEY.exec(record.toString('latin1', 0, SIGNATURE_BYTES))?.[0]
  return head === undefined ? undefined : Buffer.from(head, 'latin1')
}

function nextOf(bytes: Buffer, from: number, signature: Buffer): number {
  for (let at = bytes.indexOf(signature, from); at >= 0; at = bytes.indexOf(signature, at + 1)) {
    if (!isValue(bytes, at)) return at
  }
  return -1
}

function nextObject(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(OPEN_OBJECT, from); at >= 0; at = bytes.indexOf(OPEN_OBJECT, at + 1)) {
    let after = at + 1
    while (isSpace(bytes[after])) after++
    if (bytes[after] === QUOTE && !isValue(bytes, at)) return at
  }
  return -1
}

/** Whether what begins at `at` is a key's value, or the first of a list that is one. */
function isValue(bytes: Buffer, at: number): boolean {
  let before = beforeSpace(bytes, at)
  if (bytes[before] === OPEN_LIST) before = beforeSpace(bytes, before)
  return bytes[before] === COLON
}

function beforeSpace(bytes: Buffer, at: number): number {
  let before = at - 1
  while (before >= 0 && isSpace(bytes[before])) before--
  return before
}

/** White space of JSON. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09
}
