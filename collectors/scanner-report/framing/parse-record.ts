import { PermanentError } from '../../../core/errors.ts'
import type { JsonObject } from '../../asff/fields.ts'
import { wellFormed } from '../../asff/well-formed.ts'

/** What was mended in the text itself before it could be read. */
export type TextRepair = 'lone_surrogate_repaired' | 'invalid_utf8_repaired'

export interface ParsedRecord {
  readonly value: JsonObject
  readonly repairs: readonly TextRepair[]
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/**
 * One record's bytes as an object. Bytes that are not UTF-8 and surrogates without their other half become U+FFFD, and
 * that is said. Throws a SyntaxError when it is not JSON, a PermanentError (`RECORD_NOT_AN_OBJECT`) when it is no object.
 */
export function parseRecord(bytes: Buffer): ParsedRecord {
  const repairs: TextRepair[] = []
  const text = decode(bytes, repairs)
  let value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject(value)
  if (SURROGATE_ESCAPE.test(text)) {
    const mended = wellFormed(value)
    if (mended !== value) repairs.push('lone_surrogate_repaired')
    value = mended
  }
  return { value: value as JsonObject, repairs }
}

function decode(bytes: Buffer, repairs: TextRepair[]): string {
  try {
    return strict.decode(bytes)
  } catch {
    repairs.push('invalid_utf8_repaired')
    return lenient.decode(bytes)
  }
}

function notAnObject(value: unknown): PermanentError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  return new PermanentError('RECORD_NOT_AN_OBJECT', `a finding record is an object; found ${found}`)
}
