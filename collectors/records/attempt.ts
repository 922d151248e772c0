import { PermanentError, asError } from '../../core/errors.ts'
import { isOwnExport } from '../../schemas/security-hub-marks.ts'
import { isObject, type JsonObject } from './fields.ts'
import type { Mapped, MappedFinding } from './mapped.ts'
import { wellFormed } from './well-formed.ts'

const EXCERPT = 40

/** What becomes of a record that `map` maps, which throws a PermanentError where it cannot. Never throws itself. */
export function attempt(record: unknown, map: (record: JsonObject) => MappedFinding): Mapped {
  try {
    if (isOwnExport(record)) return { outcome: 'own' }
    if (!isObject(record)) throw notAnObject(record)
    const mended = wellFormed(record)
    const finding = map(mended as JsonObject)
    return { outcome: 'finding', finding: mended === record ? finding : flagged(finding, 'lone_surrogate_repaired') }
  } catch (error) {
    return { outcome: 'rejected', error: error instanceof PermanentError ? error : unreadable(asError(error)) }
  }
}

function flagged({ statement, ...rest }: MappedFinding, flag: string): MappedFinding {
  return { ...rest, statement: { ...statement, flags: [...statement.flags, flag].toSorted() } }
}

function notAnObject(record: unknown): PermanentError {
  if (typeof record === 'string' && /^\s*</.test(record)) {
    const start = record.trim().slice(0, EXCERPT)
    const message = `a finding record is an object; found markup that starts with ${start}: a proxy or a sign-in page answered in place of the source`
    return new PermanentError('RECORD_NOT_AN_OBJECT', message)
  }
  const found = record === null ? 'null' : Array.isArray(record) ? 'a list' : `a ${typeof record}`
  return new PermanentError('RECORD_NOT_AN_OBJECT', `a finding record is an object; found ${found}`)
}

function unreadable(cause: Error): PermanentError {
  return new PermanentError('RECORD_UNREADABLE', `the record could not be mapped: ${cause.message}`, { cause })
}
