import { PermanentError } from '../../../core/errors.ts'
import { isAsff, mapAsff } from '../../asff/asff.ts'
import { isObject, type JsonObject } from '../../records/fields.ts'
import type { Mapped, MappedFinding, Mapper, MappingOptions } from '../../records/mapped.ts'
import { isOcsfFinding, mapOcsf, ocsfClass } from '../../asff/ocsf.ts'
import { isOwnEvent } from '../../asff/own-event.ts'
import { isProwlerOcsf, mapProwlerOcsf } from './prowler-ocsf.ts'

/** The forms of report that are understood; Prowler's is OCSF with meanings of its own. */
export type ReportFormat = 'ocsf' | 'prowler-ocsf' | 'asff'

const NAMES: Readonly<Record<ReportFormat, string>> = {
  ocsf: 'findings in OCSF (classes 2001 to 2004 and 2006 to 2008)',
  'prowler-ocsf': "Prowler's json-ocsf",
  asff: 'AWS Security Finding Format (ASFF)',
}
const INCIDENT = 2005

/** Maps one record; undefined for one that we exported ourselves. Throws as a Mapper does. */
export type RecordMapper = (...of: Parameters<Mapper>) => MappedFinding | undefined

const MAPPERS: Readonly<Record<ReportFormat, RecordMapper>> = {
  ocsf: foreign(mapOcsf),
  'prowler-ocsf': mapProwlerOcsf,
  asff: foreign(mapAsff),
}

/** What a report must look like, for messages. */
export function expected(declared: ReportFormat | 'auto'): string {
  return declared === 'auto'
    ? `${NAMES.ocsf} or ${NAMES.asff}, as a JSON list or one record a line`
    : `${NAMES[declared]}, as the setting format says`
}

/** The form of a record, by what it holds; undefined when it is none that is understood. */
export function formatOf(record: JsonObject): ReportFormat | undefined {
  if (isAsff(record)) return 'asff'
  if (isProwlerOcsf(record)) return 'prowler-ocsf'
  return isOcsfFinding(record) ? 'ocsf' : undefined
}

/** Whether a record of this form is one that was declared. */
export function isOfFormat(found: ReportFormat, declared: ReportFormat | 'auto'): boolean {
  return declared === 'auto' || declared === found || (declared === 'ocsf' && found === 'prowler-ocsf')
}

/** The mapper of a record. Throws a PermanentError (`RECORD_UNKNOWN`) when it is of no form, or not of the declared one. */
export function mapperOf(record: JsonObject, declared: ReportFormat | 'auto'): RecordMapper {
  const found = formatOf(record)
  if (found !== undefined && isOfFormat(found, declared)) return isOwnEvent(record) ? () => undefined : MAPPERS[found]
  const what = found === undefined ? otherClass(record) : ` but ${NAMES[found]}`
  throw new PermanentError('RECORD_UNKNOWN', `the record is not ${expected(declared)}${what}`)
}

/** Of OCSF's events of other classes, which one it is. */
function otherClass(record: JsonObject): string {
  const uid = isObject(record['metadata']) ? ocsfClass(record) : undefined
  if (uid === undefined) return ''
  return uid === INCIDENT
    ? '; it is an OCSF incident (class 2005), which groups findings and is none: report the findings themselves'
    : `; it is an OCSF event of class ${uid}, which is no finding`
}

function foreign(map: (record: unknown, options: MappingOptions) => Mapped): RecordMapper {
  return (record, options) => {
    const mapped = map(record, options)
    if (mapped.outcome === 'rejected') throw mapped.error
    if (mapped.outcome === 'own') return undefined
    const { finding } = mapped
    // What stands in a report need not lie in Security Hub.
    const { productUid: _productUid, ...source } = finding.statement.source
    return { ...finding, statement: { ...finding.statement, source } }
  }
}
