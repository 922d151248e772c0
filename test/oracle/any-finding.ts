import * as fc from 'fast-check'
import type { Emission } from '../../enrichment/ocsf/ocsf.ts'
import type {
  AttackTechnique,
  Cloud,
  Cvss,
  Description,
  FindingKind,
  Resource,
  Severity,
  Source,
  Vulnerability,
  WorkflowStatus,
} from '../../schemas/generated/posture-event.ts'
import type { FindingDecision, FindingState, MemberState, UrgentSince, Version } from '../../schemas/generated/state.ts'
import type { Cause, FindingStatus } from '../../schemas/records.ts'
import { fraction, hash, record, text, texts, whenever, word, standards } from './any-values.ts'

export const KINDS = [
  'compliance',
  'vulnerability',
  'detection',
  'data_security',
  'application_security',
  'iam_analysis',
] as const satisfies readonly FindingKind[]
export const STATUSES = ['open', 'muted', 'resolved', 'gone'] as const satisfies readonly FindingStatus[]
export const SEVERITIES = [
  'unknown',
  'informational',
  'low',
  'medium',
  'high',
  'critical',
] as const satisfies readonly Severity[]

const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), nested(200))
const object = fc.dictionary(fc.oneof(word, fc.constantFrom('__proto__', 'constructor')), json, { maxKeys: 3 })
const version = fc.record({ time: whenever, sequence: fc.nat(), digest: hash }) satisfies fc.Arbitrary<Version>

const member = record<MemberState>(
  {
    verdict: fc.constantFrom('fail', 'pass', 'none', 'absent'),
    word: fc.constantFrom('FAIL', 'PASS', 'WARNING', ''),
    verdictVersion: version,
    muted: fc.boolean(),
    muteReason: text,
    muteVersion: version,
    workflow: fc.constantFrom<WorkflowStatus[]>('new', 'notified', 'in_progress', 'resolved'),
    workflowVersion: version,
    archived: fc.boolean(),
    archivedVersion: version,
    deleted: fc.boolean(),
    standards,
    standardsVersion: version,
    address: fc.record({ uid: word, productUid: word }),
    addressVersion: version,
  },
  ['verdict', 'archived', 'standards'],
)

const attack = record<AttackTechnique>(
  { tactic: text, tacticUid: text, technique: text, techniqueUid: fc.constantFrom('', 'T1530') },
  [],
)

const cvss = record<Cvss>(
  {
    version: fc.oneof(word, fc.constantFrom('2.0', '3.1', '4.0')),
    score: fc.double({ min: 0, max: 10, noNaN: true }),
    vector: text,
  },
  ['version', 'score'],
)

const vulnerability = record<Vulnerability>(
  {
    uid: fc.oneof(word, fc.constantFrom('CVE-2024-3094', 'GHSA-aaaa-bbbb-cccc')),
    title: text,
    severity: fc.constantFrom(...SEVERITIES),
    references: texts,
    cvss: fc.array(cvss, { maxLength: 3 }),
    epss: fraction,
    publicExploit: fc.boolean(),
    packages: fc.array(
      record<NonNullable<Vulnerability['packages']>[number]>({ name: word, version: word, fixedIn: text }, [
        'name',
        'version',
      ]),
      { maxLength: 2 },
    ),
  },
  ['uid'],
)

const description = record<Description>(
  {
    title: word,
    text,
    severity: fc.constantFrom(...SEVERITIES),
    sourceSeverity: fc.oneof(text, fc.constantFrom('HIGH', 'Critical', 'moderate', 'Other')),
    risk: text,
    remediation: fc.record({ text: word, references: texts }),
    url: fc.oneof(text, fc.constant('https://example.com/finding/1')),
    types: texts,
    standards,
    categories: fc.array(fc.oneof(text, fc.constant('internet-exposed')), { maxLength: 3 }),
    attacks: fc.array(attack, { maxLength: 2 }),
    related: fc.array(word, { maxLength: 3 }),
    vulnerabilities: fc.array(vulnerability, { maxLength: 3 }),
    at: whenever,
  },
  ['title', 'severity', 'types', 'standards', 'categories'],
)

const resource = record<Resource>(
  {
    uid: word,
    name: text,
    type: text,
    region: text,
    partition: text,
    group: text,
    tags: fc.array(fc.record({ name: word, value: text }), { maxLength: 3 }),
    data: object,
  },
  ['uid', 'tags'],
)

const cloud = record<Cloud>(
  {
    provider: fc.oneof(text, fc.constantFrom('', 'aws', 'azure', 'gcp', 'kubernetes', 'github')),
    account: fc.oneof(text, fc.constantFrom('', '111122223333')),
    accountName: text,
    region: text,
    partition: text,
    organization: record<NonNullable<Cloud['organization']>>(
      { uid: text, name: text, unitUid: text, unitName: text },
      [],
    ),
  },
  ['provider', 'account'],
)

const source = record<Source>(
  { product: word, name: text, vendor: text, version: text, format: word, uid: text, productUid: word },
  ['product', 'format'],
)

const decision = record<FindingDecision>(
  { action: fc.constantFrom('mute', 'accept'), by: text, reason: text, expiresAt: whenever, version },
  ['action', 'by', 'version'],
)

type StateKeys = keyof FindingState
const OPTIONAL: readonly StateKeys[] = [
  'closedBy',
  'meaning',
  'detail',
  'unmapped',
  'decision',
  'decisionVersion',
  'owner',
  'openedAt',
  'closedAt',
  'deletedAt',
  'emittedAt',
  'modifiedAt',
  'urgentSince',
]
const model = {
  type: fc.constant('finding' as const),
  key: hash.map((digits) => `v1:${digits}`),
  tenant: text,
  identity: fc.record({
    product: word,
    provider: text,
    account: text,
    region: text,
    control: word,
    resource: word,
    discriminator: text,
  }),
  source,
  kind: fc.constantFrom(...KINDS),
  state: fc.constantFrom('unopened' as const, ...STATUSES),
  closedBy: fc.constantFrom('verdict' as const, 'absence' as const, 'archived' as const, 'deleted' as const),
  revision: fc.nat(),
  meaning: text,
  members: fc.dictionary(fc.constantFrom('', 'cis', 'pci'), member, { maxKeys: 3 }),
  description,
  detail: text,
  descriptionVersion: version,
  describedBy: fc.record({ collector: text, format: text, member: fc.constantFrom('', 'cis') }),
  resources: fc.array(resource, { minLength: 1, maxLength: 4 }).map((all) => all as FindingState['resources']),
  cloud,
  unmapped: object,
  decision,
  decisionVersion: version,
  owner: text,
  firstSeen: whenever,
  lastSeen: whenever,
  openedAt: whenever,
  closedAt: whenever,
  deletedAt: whenever,
  acceptedAt: whenever,
  emittedAt: whenever,
  modifiedAt: whenever,
  urgentSince: record<UrgentSince>({ P1: whenever, P2: whenever, P3: whenever, P4: whenever }, []),
  flags: texts,
}

/** Any state of a finding that the wire schema allows, with the worst text that sources could write into it. */
export const anyState: fc.Arbitrary<FindingState> = record<FindingState>(
  model,
  (Object.keys(model) as StateKeys[]).filter((key) => !OPTIONAL.includes(key)),
)

export const anyEmission: fc.Arbitrary<Emission> = fc.record({
  status: fc.constantFrom(...STATUSES),
  revision: fc.integer({ min: 1, max: 1000 }),
  modifiedAt: fc.integer({ min: Date.UTC(2020), max: Date.UTC(2040) }),
  cause: fc.constantFrom<Cause[]>('observed', 'absence', 'deleted', 'decision', 'expiry', 'refresh', 'context'),
})

function nested(levels: number): fc.Arbitrary<unknown> {
  return fc.nat({ max: levels }).map((depth) => {
    let value: unknown = 'bottom'
    for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { deeper: value }
    return value
  })
}
export { anyContext } from './any-context.ts'
