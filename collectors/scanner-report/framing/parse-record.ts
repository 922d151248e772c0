import { PermanentError } from '../../../core/errors.ts'
import type { JsonObject } from '../../records/fields.ts'
import { wellFormed } from '../../records/well-formed.ts'
import { firstReading, keyCount } from './key-count.ts'

/** What was mended in the text itself before it could be read. */
export type TextRepair = 'lone_surrogate_repaired' | 'invalid_utf8_repaired' | 'duplicate_key_repaired'

export interface ParsedRecord {
  /** Of a key that stands there several times, the last. */
  readonly value: JsonObject
  /** The same with the first of such keys, where that is another value. */
  readonly other?: JsonObject
  readonly repairs: readonly TextRepair[]
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/**
 * One record's bytes as an object; `keys` are the keys in its text. Bytes that are not UTF-8 and surrogates without their
 * other half become U+FFFD, and that is said, as it is that a key stands there twice. Throws a SyntaxError when it is not
 * JSON, a PermanentError (`RECORD_NOT_AN_OBJECT`) when it is no object.
 */
export function parseRecord(bytes: Buffer, keys: number): ParsedRecord {
  const repairs = new Set<TextRepair>()
  const text = decode(bytes, repairs)
  const read: unknown = JSON.parse(text)
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw notAnObject(read)
  const value = wellFormedRecord(read, text, repairs)
  if (keyCount(read) === keys) return { value, repairs: [...repairs] }
  repairs.add('duplicate_key_repaired')
  const other = wellFormedRecord(firstReading(text) as object, text, repairs)
  const isOther = JSON.stringify(other) !== JSON.stringify(value)
  return { value, repairs: [...repairs], ...(isOther ? { other } : {}) }
}

function wellFormedRecord(value: object, text: string, repairs: Set<TextRepair>): JsonObject {
  const mended = SURROGATE_ESCAPE.test(text) ? wellFormed(value) : value
  if (mended !== value) repairs.add('lone_surrogate_repaired')
  return mended as JsonObject
}

function decode(bytes: Buffer, repairs: Set<TextRepair>): string {
  try {
    return strict.decode(bytes)
  } catch {
    repairs.add('invalid_utf8_repaired')
    return lenient.decode(bytes)
  }
}

function notAnObject(value: unknown): PermanentError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  return new PermanentError('RECORD_NOT_AN_OBJECT', `a finding record is an object; found ${found}`)
}
