import { PermanentError } from '../../../core/errors.ts'
import type { JsonObject } from '../../asff/fields.ts'
import { isAsff, mapAsff } from '../../asff/asff.ts'
import type { MappedFinding, Mapper, MappingOptions } from '../../asff/mapped.ts'
import { isProwlerOcsf, mapProwlerOcsf } from './prowler-ocsf.ts'

/** The forms of report that are understood. */
export type ReportFormat = 'prowler-ocsf' | 'asff'

/** What a report must look like, for messages. */
export const EXPECTED = "Prowler's json-ocsf or AWS Security Finding Format (ASFF), as a JSON list or one record a line"

/** Maps one record; undefined for one that we exported ourselves. Throws as a Mapper does. */
export type RecordMapper = (...of: Parameters<Mapper>) => MappedFinding | undefined

const MAPPERS: Readonly<Record<ReportFormat, RecordMapper>> = { 'prowler-ocsf': mapProwlerOcsf, asff: foreignAsff }

/** The form of a record, by what it holds; undefined when it is none that is understood. */
export function formatOf(record: JsonObject): ReportFormat | undefined {
  if (isAsff(record)) return 'asff'
  return isProwlerOcsf(record) ? 'prowler-ocsf' : undefined
}

/** The mapper of a record. Throws a PermanentError (`RECORD_UNKNOWN`) when it is of no form, or not of the declared one. */
export function mapperOf(record: JsonObject, declared: ReportFormat | 'auto'): RecordMapper {
  const found = formatOf(record)
  if (found !== undefined && (declared === 'auto' || declared === found)) return MAPPERS[found]
  const expected = declared === 'auto' ? EXPECTED : declared
  throw new PermanentError(
    'RECORD_UNKNOWN',
    `the record is not ${expected}${found === undefined ? '' : ` but ${found}`}`,
  )
}

function foreignAsff(record: JsonObject, options: MappingOptions): MappedFinding | undefined {
  const mapped = mapAsff(record, options)
  if (mapped.outcome === 'rejected') throw mapped.error
  if (mapped.outcome === 'own') return undefined
  const { finding } = mapped
  // What stands in a report need not lie in Security Hub.
  const { productUid: _productUid, ...source } = finding.statement.source
  return { ...finding, statement: { ...finding.statement, source } }
}
