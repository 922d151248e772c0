import { PermanentError } from '../../../core/errors.ts'
import type { BracketScan } from './bracket-scan.ts'
import { jsonFault } from './json-fault.ts'
import { parseRecord, type ParsedRecord } from './parse-record.ts'
import { isSpace } from './signatures.ts'

/** One element of a report: a record, or what stands where one should. */
export type Frame = {
  /** The byte of the file at which it starts. */
  readonly offset: number
  readonly length: number
  /** Untouched; absent where they are more than the limit and were let go of. */
  readonly bytes?: Buffer
} & ({ readonly record: ParsedRecord } | { readonly record?: undefined; readonly error: PermanentError })

export interface FramerLimits {
  /** The bytes of a larger record are let go of while it is read. */
  readonly recordBytes: number
  /** A deeper record is refused: what reads it next may recurse. */
  readonly depth: number
}

/** Where an element stands and what is held of it. */
export interface Extent {
  readonly offset: number
  /** Bytes at its beginning that are no longer held. */
  readonly dropped: number
  readonly bytes: Buffer
}

/** The record, or what is wrong with it; undefined when its bytes are not JSON. */
export function recordFrame(
  extent: Extent,
  { deepest: nesting, colons }: Pick<BracketScan, 'deepest' | 'colons'>,
  limits: FramerLimits,
): Frame | undefined {
  const place = placeOf(extent)
  const { offset, length } = place
  if (length > limits.recordBytes) return { offset, length, error: tooLarge(length) }
  if (nesting > limits.depth) {
    const message = `it is nested ${nesting} deep, and ${limits.depth} is the limit`
    return { ...place, error: new PermanentError('RECORD_TOO_DEEP', message) }
  }
  try {
    return { ...place, record: parseRecord(extent.bytes, colons) }
  } catch (error) {
    if (error instanceof PermanentError) return { ...place, error }
    return undefined
  }
}

/** What stands where a record should and is none; the comma and the white space behind it are no part of it. */
export function brokenFrame(extent: Extent): Frame {
  let end = extent.bytes.length
  while (end > 0 && isFiller(extent.bytes[end - 1]!)) end--
  const place = placeOf({ ...extent, bytes: extent.bytes.subarray(0, end) })
  if (place.bytes === undefined) return { ...place, error: tooLarge(place.length) }
  const fault = jsonFault(place.bytes)
  const message =
    fault === undefined
      ? 'it ends before it is complete JSON'
      : `it is not JSON from byte ${extent.offset + fault.at} on: ${fault.reason}`
  return { ...place, error: new PermanentError('RECORD_BROKEN', message) }
}

function placeOf({ offset, dropped, bytes }: Extent): { offset: number; length: number; bytes?: Buffer } {
  return { offset, length: dropped + bytes.length, ...(dropped > 0 ? {} : { bytes }) }
}

function tooLarge(length: number): PermanentError {
  return new PermanentError('RECORD_TOO_LARGE', `it has ${length} bytes, too many for one record to be held`)
}

function isFiller(byte: number): boolean {
  return isSpace(byte) || byte === 0x2c
}
