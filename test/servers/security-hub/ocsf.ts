import { createHash } from 'node:crypto'
import { isObject, type Json } from './checks.ts'
import { valuesAt } from './filters.ts'
import { isOcsf, type StoredFinding } from './store.ts'
import { timeOf } from './times.ts'

const SEVERITIES = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical', 'Fatal']
const STATUSES = ['Unknown', 'New', 'In Progress', 'Suppressed', 'Resolved', 'Archived']
const LABELS: Readonly<Record<string, number>> = { INFORMATIONAL: 1, LOW: 2, MEDIUM: 3, HIGH: 4, CRITICAL: 5 }
const WORKFLOW: Readonly<Record<string, number>> = { NEW: 1, NOTIFIED: 2, SUPPRESSED: 3, RESOLVED: 4 }
const COMPLIANCE: Readonly<Record<string, readonly [number, string]>> = {
  PASSED: [1, 'Pass'],
  WARNING: [2, 'Warning'],
  FAILED: [3, 'Fail'],
  NOT_AVAILABLE: [99, 'Other'],
}

/** The OCSF document of a finding: as it was put here, or derived from ASFF, with what BatchUpdateFindingsV2 has changed. */
export function ocsfOf(stored: StoredFinding): Json {
  const { document, overlay } = stored
  const ocsf = isOcsf(document) ? document : derived(document, stored)
  if (Object.keys(overlay).length === 0) return ocsf
  const { severity_id: severity, status_id: status } = overlay
  return {
    ...ocsf,
    ...overlay,
    ...(typeof severity === 'number' ? { severity: SEVERITIES[severity] ?? 'Other' } : {}),
    ...(typeof status === 'number' ? { status: STATUSES[status] ?? 'Other' } : {}),
  }
}

/** A Compliance Finding of OCSF 1.6, with the fields for which AWS's own mapping from ASFF is public. */
function derived(asff: Json, { account, region }: StoredFinding): Json {
  const archived = asff['RecordState'] === 'ARCHIVED'
  const severity = LABELS[String(one(asff, 'Severity', 'Label'))] ?? 0
  const status = WORKFLOW[String(one(asff, 'Workflow', 'Status'))] ?? 0
  const time = times('time', asff['UpdatedAt'])
  return {
    activity_id: archived ? 3 : 1,
    activity_name: archived ? 'Close' : 'Create',
    category_name: 'Findings',
    category_uid: 2,
    class_name: 'Compliance Finding',
    class_uid: 2003,
    type_uid: archived ? 200303 : 200301,
    severity: SEVERITIES[severity],
    severity_id: severity,
    status: STATUSES[status],
    status_id: status,
    ...time,
    metadata: metadataOf(asff, account, region),
    finding_info: findingInfoOf(asff),
    cloud: { account: { uid: account, type: 'AWS Account', type_id: 10 }, provider: 'AWS', region },
    ...complianceOf(asff),
    ...remediationOf(asff),
    resources: list(asff['Resources']).map((resource) => resourceOf(resource)),
    vendor_attributes: { severity: SEVERITIES[severity], severity_id: severity },
  }
}

function metadataOf(asff: Json, account: string, region: string): Json {
  const identity = [account, region, asff['ProductArn'], asff['Id']].map(String).join('\n')
  return {
    version: '1.6.0',
    uid: createHash('sha256').update(identity).digest('hex'),
    profiles: ['cloud', 'datetime'],
    product: defined({
      uid: asff['ProductArn'],
      name: asff['ProductName'],
      vendor_name: asff['CompanyName'],
      feature: { uid: asff['GeneratorId'] },
    }),
  }
}

function findingInfoOf(asff: Json): Json {
  return defined({
    uid: asff['Id'],
    title: asff['Title'],
    desc: asff['Description'],
    types: asff['Types'],
    src_url: asff['SourceUrl'],
    analytic: { uid: asff['GeneratorId'], type_id: 1, type: 'Rule' },
    ...times('created_time', asff['CreatedAt']),
    ...times('modified_time', asff['UpdatedAt']),
    ...times('first_seen_time', asff['FirstObservedAt']),
    ...times('last_seen_time', asff['LastObservedAt']),
  })
}

function complianceOf({ Compliance: compliance }: Json): Json {
  if (!isObject(compliance)) return {}
  const [id, status] = COMPLIANCE[String(compliance['Status'])] ?? [0, 'Unknown']
  return {
    compliance: defined({
      control: compliance['SecurityControlId'],
      status,
      status_id: id,
      status_code: compliance['Status'],
      requirements: compliance['RelatedRequirements'],
      standards: valuesAt(compliance, ['AssociatedStandards', 'StandardsId']),
    }),
  }
}

function remediationOf(asff: Json): Json {
  const desc = one(asff, 'Remediation', 'Recommendation', 'Text')
  const url = one(asff, 'Remediation', 'Recommendation', 'Url')
  return desc === undefined ? {} : { remediation: { desc, ...(url === undefined ? {} : { references: [url] }) } }
}

function resourceOf(resource: Json): Json {
  const tags = isObject(resource['Tags']) ? resource['Tags'] : undefined
  return defined({
    uid: resource['Id'],
    type: resource['Type'],
    region: resource['Region'],
    cloud_partition: resource['Partition'],
    data: resource['Details'],
    tags: tags && Object.entries(tags).map(([name, value]) => ({ name, value })),
  })
}

function times(name: string, value: unknown): Json {
  const time = timeOf(value)
  return Number.isNaN(time) ? {} : { [name]: time, [`${name}_dt`]: new Date(time).toISOString() }
}

function one(document: Json, ...path: string[]): unknown {
  return valuesAt(document, path)[0]
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function defined(document: Json): Json {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined))
}
