import { isObject, type Json } from './checks.ts'
import { isOfAws } from './limits.ts'
import type { HubPlace, HubViolation } from './options.ts'
import { timeOf } from './times.ts'

/** Those that are the customer's from the moment that a finding is there. */
const CUSTOMER_FIELDS = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow']
/** Those that a provider gives through FindingProviderFields, and a customer overrules. */
const SHARED_FIELDS = ['Confidence', 'Criticality', 'RelatedFindings', 'Severity', 'Types']
const NORMALIZED: Readonly<Record<string, number>> = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70, CRITICAL: 90 }

export type Violation = Pick<HubViolation, 'rule' | 'message'>

export interface Outcome {
  /** The finding as it now is; undefined where what came is ignored. */
  readonly document: Json | undefined
  readonly violations: readonly Violation[]
}

/** A finding that was not there. What Security Hub adds to it: documented, or as its findings look. */
export function created(sent: Json, { region }: HubPlace, now: number): Outcome {
  const violations: Violation[] = []
  if (timeOf(sent['CreatedAt']) !== timeOf(sent['UpdatedAt'])) {
    const message = `CreatedAt ${String(sent['CreatedAt'])} of a new finding is not its UpdatedAt ${String(sent['UpdatedAt'])}`
    violations.push({ rule: 'created-at-not-updated-at', message })
  }
  const document = {
    ...sent,
    ...stamps(sent, region, now),
    ...sharedFields(undefined, sent, new Set()),
    RecordState: sent['RecordState'] ?? 'ACTIVE',
    Workflow: sent['Workflow'] ?? { Status: 'NEW' },
  }
  return { document: { ...document, ...workflow(undefined, document) }, violations }
}

/** What becomes of `stored` when its provider sends `sent`; `touched`: the fields that a customer has set. */
export function updated(stored: Json, sent: Json, touched: ReadonlySet<string>, place: HubPlace, now: number): Outcome {
  const before = timeOf(stored['UpdatedAt'])
  const after = timeOf(sent['UpdatedAt'])
  // The user guide has said of an equal time that the update is ignored, and at other times nothing at all.
  if (after <= before) {
    const rule = after === before ? 'equal-updated-at' : 'older-updated-at'
    const message = `UpdatedAt ${String(sent['UpdatedAt'])} is not later than ${String(stored['UpdatedAt'])}: ignored`
    return { document: undefined, violations: [{ rule, message }] }
  }
  const document = {
    ...sent,
    ...stamps(sent, place.region, now),
    ...sharedFields(stored, sent, touched),
    CreatedAt: stored['CreatedAt'],
    RecordState: sent['RecordState'] ?? 'ACTIVE',
    ...pick(stored, CUSTOMER_FIELDS),
  }
  for (const name of CUSTOMER_FIELDS) if (stored[name] === undefined) delete (document as Record<string, unknown>)[name]
  return { document: { ...document, ...workflow(stored, document) }, violations: complaints(stored, sent) }
}

/** `Label` and `Normalized`, each from the other where it is missing. */
export function completeSeverity(severity: Json): Json {
  const { Label, Normalized } = severity
  if (typeof Label === 'string' && Normalized === undefined) return { ...severity, Normalized: NORMALIZED[Label] ?? 0 }
  if (typeof Normalized === 'number' && Label === undefined) return { ...severity, Label: labelOf(Normalized) }
  return severity
}

function complaints(stored: Json, sent: Json): Violation[] {
  const violations: Violation[] = []
  if (timeOf(sent['CreatedAt']) !== timeOf(stored['CreatedAt'])) {
    const message = `CreatedAt was ${String(stored['CreatedAt'])} and is sent as ${String(sent['CreatedAt'])}: kept`
    violations.push({ rule: 'created-at-changed', message })
  }
  for (const name of CUSTOMER_FIELDS.filter((each) => sent[each] !== undefined))
    violations.push({
      rule: 'analyst-field-sent',
      message: `${name} of a finding that is there is not its provider's: ignored`,
    })
  for (const name of SHARED_FIELDS.filter((each) => sent[each] !== undefined))
    violations.push({ rule: 'provider-field-sent', message: `${name} is updated through FindingProviderFields` })
  return violations
}

/** The five shared fields, and FindingProviderFields: each is filled from the other where it was not sent. */
function sharedFields(stored: Json | undefined, sent: Json, touched: ReadonlySet<string>): Json {
  const given = isObject(sent['FindingProviderFields']) ? sent['FindingProviderFields'] : undefined
  const top: Record<string, unknown> = {}
  for (const name of SHARED_FIELDS) {
    const value = touched.has(name) ? stored?.[name] : (given?.[name] ?? sent[name] ?? stored?.[name])
    if (value !== undefined) top[name] = name === 'Severity' && isObject(value) ? completeSeverity(value) : value
  }
  const { Severity, ...others } = given ?? pick(sent, SHARED_FIELDS)
  // It has a Label and an Original, and nothing else.
  const severity = isObject(Severity) ? pick(completeSeverity(Severity), ['Label', 'Original']) : undefined
  return { ...top, FindingProviderFields: severity === undefined ? others : { ...others, Severity: severity } }
}

/**
 * NOTIFIED and RESOLVED return to NEW where a finding becomes active again, or its check fails after it had passed; a
 * check that passes resolves it. SUPPRESSED stays.
 */
function workflow(stored: Json | undefined, document: Json): Json {
  const before = isObject(document['Workflow']) ? document['Workflow']['Status'] : undefined
  if (before === 'SUPPRESSED') return {}
  const passed = statusOf(document) === 'PASSED'
  if (passed && (stored === undefined || statusOf(stored) !== 'PASSED')) return withWorkflow('RESOLVED')
  const again = stored?.['RecordState'] === 'ARCHIVED' && document['RecordState'] === 'ACTIVE'
  const failsNow = stored !== undefined && statusOf(stored) === 'PASSED' && !passed && statusOf(document) !== undefined
  return (again && !passed) || failsNow ? withWorkflow('NEW') : {}
}

function withWorkflow(status: string): Json {
  return { Workflow: { Status: status } }
}

function stamps(sent: Json, region: string, now: number): Json {
  const own = isOfAws(sent['ProductArn']) ? {} : { ProductName: 'Default', CompanyName: 'Personal' }
  const ProductName = sent['ProductName'] ?? own.ProductName
  const CompanyName = sent['CompanyName'] ?? own.CompanyName
  const fields = {
    ...(isObject(sent['ProductFields']) ? sent['ProductFields'] : {}),
    'aws/securityhub/FindingId': `${String(sent['ProductArn'])}/${String(sent['Id'])}`,
    ...(ProductName === undefined ? {} : { 'aws/securityhub/ProductName': ProductName }),
    ...(CompanyName === undefined ? {} : { 'aws/securityhub/CompanyName': CompanyName }),
  }
  const names = ProductName === undefined ? {} : { ProductName, CompanyName }
  return { ...names, ProductFields: fields, Region: region, ProcessedAt: new Date(now).toISOString() }
}

function statusOf(document: Json): unknown {
  return isObject(document['Compliance']) ? document['Compliance']['Status'] : undefined
}

function labelOf(normalized: number): string {
  if (normalized >= 90) return 'CRITICAL'
  if (normalized >= 70) return 'HIGH'
  if (normalized >= 40) return 'MEDIUM'
  return normalized >= 1 ? 'LOW' : 'INFORMATIONAL'
}

function pick(document: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.filter((name) => document[name] !== undefined).map((name) => [name, document[name]]))
}
