import { open } from 'node:fs/promises'
import { chunks } from '../files/file-marks.ts'
import type { Ending } from '../files/settling.ts'
import { isGzip, gzipDamage, unpacked } from '../files/unpacked.ts'
import { BracketScan } from './framing/bracket-scan.ts'
import { isSpace } from './framing/signatures.ts'

const MOST_BYTES = 64 * 1024 * 1024
const [OPEN_LIST, OPEN_OBJECT] = [0x5b, 0x7b]
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf])
/** Of an object around a list of records, as Security Hub gives them. */
const WRAPPER = /^\{\s*"[Ff]indings"\s*:/
const WRAPPER_BYTES = 64
const COMMA = 0x2c

/**
 * How the text of a report ends: whole behind its list or the object around that, and where it is no JSON; open behind a
 * record, where another one may follow, and where looking would take too long. Reads it without its records. Rejects with
 * Node's error when the file cannot be read.
 */
export async function endingOf(path: string, signal: AbortSignal): Promise<Ending> {
  await using file = await open(path)
  const { size } = await file.stat()
  if (size > MOST_BYTES) return 'open'
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
  const held = (): number => 0
  const raw = chunks(file, held, signal)
  const documents = new Documents()
  try {
    for await (const chunk of isGzip(buffer.subarray(0, bytesRead)) ? unpacked(raw, held) : raw) {
      documents.push(chunk)
      if (documents.isForeign) return 'whole'
      if (documents.bytes > MOST_BYTES) return 'open'
    }
  } catch (error) {
    if (gzipDamage(error) === undefined) throw error
    return 'middle'
  }
  return documents.ending
}

/** Follows JSON documents one after the other by their brackets. */
class Documents {
  bytes = 0
  isForeign = false
  #brackets: BracketScan | undefined
  /** Of the document that was begun last, or ended last. */
  #hasEnd = false
  /** What the next chunk goes on from: a backslash whose other half is there. */
  #left: Buffer = Buffer.alloc(0)

  get ending(): Ending {
    if (this.#brackets !== undefined) return 'middle'
    return this.#hasEnd ? 'whole' : 'open'
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length
    const text = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk])
    this.#left = Buffer.alloc(0)
    for (let at = 0; at < text.length && !this.isForeign;)
      at = this.#brackets === undefined ? this.#begin(text, at) : this.#goOn(this.#brackets, text, at)
  }

  #begin(text: Buffer, from: number): number {
    let at = from
    while (at < text.length && isFiller(text[at]!)) at++
    if (at === text.length) return at
    const first = text[at]
    this.isForeign = first !== OPEN_LIST && first !== OPEN_OBJECT
    this.#hasEnd = first === OPEN_LIST || WRAPPER.test(text.toString('latin1', at, at + WRAPPER_BYTES))
    this.#brackets = new BracketScan()
    return at
  }

  #goOn(brackets: BracketScan, text: Buffer, from: number): number {
    const stop = brackets.run(text, from)
    if (stop === 'more') {
      this.#left = text.subarray(brackets.at)
      return text.length
    }
    if (stop === 'end') this.#brackets = undefined
    return brackets.at + 1
  }
}

function isFiller(byte: number): boolean {
  return isSpace(byte) || byte === COMMA || BYTE_ORDER_MARK.has(byte)
}
