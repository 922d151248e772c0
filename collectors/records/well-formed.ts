import { PermanentError } from '../../core/errors.ts'

/** Far deeper than any finding: what reads a record may recurse. */
const DEPTH = 512

/**
 * The same value where every string is well formed, else a copy whose lone surrogates are U+FFFD. Throws a PermanentError
 * (`RECORD_TOO_DEEP`) for a value that is nested deeper than any finding.
 */
export function wellFormed(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEPTH) throw new PermanentError('RECORD_TOO_DEEP', `it is nested deeper than the limit of ${DEPTH}`)
  if (Array.isArray(value)) {
    const mended = value.map((each) => wellFormed(each, depth + 1))
    return mended.every((each, index) => each === value[index]) ? value : mended
  }
  const entries = Object.entries(value)
  const mended = entries.map(([key, each]) => [key.toWellFormed(), wellFormed(each, depth + 1)] as const)
  const same = mended.every(([key, each], index) => key === entries[index]![0] && each === entries[index]![1])
  return same ? value : Object.fromEntries(mended)
}
