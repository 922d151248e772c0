import { PermanentError } from '../../../core/errors.ts'
import type { JsonObject } from '../framing/parse-record.ts'
import { isAsff, mapAsff } from './asff.ts'
import type { Mapper } from './mapped.ts'
import { isProwlerOcsf, mapProwlerOcsf } from './prowler-ocsf.ts'

/** The forms of report that are understood. */
export type ReportFormat = 'prowler-ocsf' | 'asff'

/** What a report must look like, for messages. */
export const EXPECTED = "Prowler's json-ocsf or AWS Security Finding Format (ASFF), as a JSON list or one record a line"

const MAPPERS: Readonly<Record<ReportFormat, Mapper>> = { 'prowler-ocsf': mapProwlerOcsf, asff: mapAsff }

/** The form of a record, by what it holds; undefined when it is none that is understood. */
export function formatOf(record: JsonObject): ReportFormat | undefined {
  if (isAsff(record)) return 'asff'
  return isProwlerOcsf(record) ? 'prowler-ocsf' : undefined
}

/** The mapper of a record. Throws a PermanentError (`RECORD_UNKNOWN`) when it is of no form, or not of the declared one. */
export function mapperOf(record: JsonObject, declared: ReportFormat | 'auto'): Mapper {
  const found = formatOf(record)
  if (found !== undefined && (declared === 'auto' || declared === found)) return MAPPERS[found]
  const expected = declared === 'auto' ? EXPECTED : declared
  throw new PermanentError(
    'RECORD_UNKNOWN',
    `the record is not ${expected}${found === undefined ? '' : ` but ${found}`}`,
  )
}
