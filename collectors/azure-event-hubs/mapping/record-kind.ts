import { isObject, type JsonObject } from '../../records/fields.ts'
import { lowerCaseKeys } from './any-case.ts'

/** What a record says it is; `other` is everything that says nothing of one finding or one control. */
export type RecordKind = 'assessment' | 'sub-assessment' | 'alert' | 'regulatory-assessment' | 'other'

const KINDS: ReadonlyMap<string, RecordKind> = new Map([
  ['assessments', 'assessment'],
  ['subassessments', 'sub-assessment'],
  ['alerts', 'alert'],
  ['regulatorycomplianceassessments', 'regulatory-assessment'],
  // As the examples of the REST API spell it.
  ['regulatorycomplianceassessment', 'regulatory-assessment'],
])
const PROVIDER = 'microsoft.security'

/**
 * What a record is, and the type that it states. Undefined for what is no record of Defender for Cloud at all, by what
 * none of them goes without: a type or an id of the provider Microsoft.Security, or the id of an alert.
 */
export function recordKind(record: unknown): { readonly kind: RecordKind; readonly type: string } | undefined {
  if (!isObject(record)) return undefined
  const fields = lowerCaseKeys(record)
  const type = typeof fields['type'] === 'string' ? fields['type'].trim() : ''
  if (type.toLowerCase().startsWith(`${PROVIDER}/`)) return { kind: kindOfType(type), type }
  if (isAlert(fields)) return { kind: 'alert', type: type || 'alert' }
  const typeInId = typeof fields['id'] === 'string' ? typeOfId(fields['id']) : undefined
  return typeInId === undefined ? undefined : { kind: kindOfType(typeInId), type: typeInId }
}

function kindOfType(type: string): RecordKind {
  return KINDS.get(type.toLowerCase().split('/').at(-1) ?? '') ?? 'other'
}

/** As they are exported, without an envelope. */
function isAlert(fields: JsonObject): boolean {
  return 'systemalertid' in fields && ('alerttype' in fields || 'alertdisplayname' in fields)
}

/** `Microsoft.Security/assessments/subAssessments` of `…/providers/Microsoft.Security/assessments/x/subAssessments/y`. */
function typeOfId(id: string): string | undefined {
  const at = id.toLowerCase().lastIndexOf(`/providers/${PROVIDER}/`)
  if (at < 0) return undefined
  const [provider, ...segments] = id.slice(at + '/providers/'.length).split('/')
  return [provider, ...segments.filter((_, index) => index % 2 === 0)].join('/')
}
