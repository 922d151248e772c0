import type { FindingKind, Severity } from '../../schemas/generated/posture-event.ts'
import type { FindingStatus, PriorityBand } from '../../schemas/records.ts'
import type { Rung } from '../evidence.ts'

/** A number of an OCSF enumeration with the caption that its sibling attribute must carry. */
export type Caption = readonly [id: number, caption: string]

/** The two attributes that say one thing: `severity_id: 4, severity: 'High'`. They are never written apart. */
export function sibling(attribute: string, [id, caption]: Caption): Record<string, unknown> {
  return { [`${attribute}_id`]: id, [attribute]: caption }
}

export const FINDINGS_CATEGORY = { uid: 2, name: 'Findings' } as const

export interface OcsfClass {
  readonly uid: number
  readonly name: string
}

/** iam_analysis is absent: class 2008 requires an analysis of permissions or access, which no finding's state holds yet. */
export const CLASSES = {
  vulnerability: { uid: 2002, name: 'Vulnerability Finding' },
  compliance: { uid: 2003, name: 'Compliance Finding' },
  detection: { uid: 2004, name: 'Detection Finding' },
  data_security: { uid: 2006, name: 'Data Security Finding' },
  application_security: { uid: 2007, name: 'Application Security Posture Finding' },
} as const satisfies Partial<Record<FindingKind, OcsfClass>>

export const ACTIVITIES = {
  create: [1, 'Create'],
  update: [2, 'Update'],
  close: [3, 'Close'],
} as const satisfies Record<string, Caption>

export const STATUSES = {
  open: [1, 'New'],
  muted: [3, 'Suppressed'],
  resolved: [4, 'Resolved'],
  gone: [6, 'Deleted'],
} as const satisfies Record<FindingStatus, Caption>
export const IN_PROGRESS: Caption = [2, 'In Progress']

export const SEVERITIES = {
  unknown: [0, 'Unknown'],
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
} as const satisfies Record<Severity, Caption>

/** A source's own severity word: the number whose caption it is, else 99 with the word itself. */
export function vendorSeverity(word: string): Caption {
  const known = Object.values<Caption>(SEVERITIES).find(([, caption]) => caption.toLowerCase() === word.toLowerCase())
  if (known !== undefined) return known
  // Beside 99 the caption "Other" would say nothing that 0 does not say.
  return word === 'Other' ? SEVERITIES.unknown : [99, word]
}

/** `gone` is 99, since OCSF has no number for a check that does not apply any more. */
export const COMPLIANCE = {
  unknown: [0, 'Unknown'],
  pass: [1, 'Pass'],
  fail: [3, 'Fail'],
  gone: [99, 'NotApplicable'],
} as const satisfies Record<string, Caption>

export const PRIORITIES = {
  P1: [4, 'Critical'],
  P2: [3, 'High'],
  P3: [2, 'Medium'],
  P4: [1, 'Low'],
} as const satisfies Record<PriorityBand, Caption>

/** The ladder of data as OCSF's confidentiality, which has no number for what is internal. */
export const CONFIDENTIALITY = {
  none: [1, 'Not Confidential'],
  internal: [99, 'Internal'],
  confidential: [2, 'Confidential'],
  restricted: [6, 'Restricted'],
} as const satisfies Record<Rung<'data'>, Caption>

export const ROLES = { target: [1, 'Target'], affected: [3, 'Affected'] } as const satisfies Record<string, Caption>

export const OBSERVABLES = {
  resourceUid: [10, 'Resource UID'],
  cveUid: [18, 'CVE Object: uid'],
  accountUid: [35, 'Account Object: uid'],
  resourceName: [38, 'Resource Details Object: name'],
  advisoryUid: [44, 'Advisory Object: uid'],
} as const satisfies Record<string, Caption>

const ACCOUNTS: ReadonlyMap<string, Caption> = new Map([
  ['aws', [10, 'AWS Account']],
  ['gcp', [11, 'GCP Project']],
  ['oci', [12, 'OCI Compartment']],
  ['azure', [13, 'Azure Subscription']],
  ['m365', [17, 'M365 Tenant']],
  ['kubernetes', [99, 'Kubernetes Cluster']],
])

/** What an account of this provider is; for a provider without a number of its own the caption says whose it is. */
export function accountType(provider: string): Caption {
  return ACCOUNTS.get(provider.toLowerCase()) ?? [99, `${provider} account`]
}
