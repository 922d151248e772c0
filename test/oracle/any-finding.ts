import * as fc from 'fast-check'
import type { FindingContext } from '../../enrichment/enricher.ts'
import type { Emission } from '../../enrichment/ocsf/ocsf.ts'
import type {
  AttackTechnique,
  Cloud,
  Description,
  FindingKind,
  Resource,
  Severity,
  Source,
  Standard,
  Vulnerability,
  WorkflowStatus,
} from '../../schemas/generated/posture-event.ts'
import type { FindingDecision, FindingState, MemberState, Version } from '../../schemas/generated/state.ts'
import type { Cause, FindingStatus, PriorityBand } from '../../schemas/records.ts'

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

/** What sources really write, beside what anybody could write. */
const AWKWARD = [
  '\u0000',
  'ring\u0007 \u001b[31mred',
  'lone \ud800 half',
  '\udc00',
  'safe\u202egnp.exe',
  '\u2066isolated\u2069',
  'zero\u200bwidth\ufeff',
  'tag\u{e0041}\u{e0042}',
  'two\r\nlines\u2028three',
  '😀'.repeat(700),
  'long '.repeat(4_000),
  'javascript:alert(1)',
  'Other',
  '{"json": true}',
  '<script>',
]
const utf16 = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) })
const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'grapheme' }), weight: 4 },
  { arbitrary: utf16, weight: 1 },
  { arbitrary: fc.constantFrom(...AWKWARD), weight: 2 },
)
const word = text.filter((each) => each.length > 0)
const texts = fc.array(text, { maxLength: 3 })
const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), nested(200))
const object = fc.dictionary(fc.oneof(word, fc.constantFrom('__proto__', 'constructor')), json, { maxKeys: 3 })
const whenever = fc.oneof(
  { arbitrary: fc.integer({ min: Date.UTC(2020), max: Date.UTC(2026) }), weight: 4 },
  { arbitrary: fc.constantFrom(0, 1_764_072_000, 7_258_118_400_000), weight: 1 },
)
const hash = fc.stringMatching(/^[0-9a-f]{32}$/)

/** A record where each optional attribute may be absent, never undefined. */
function record<T extends object>(
  model: { [Key in keyof T]-?: fc.Arbitrary<Exclude<T[Key], undefined>> },
  requiredKeys: readonly (keyof T)[],
): fc.Arbitrary<T> {
  return fc.record(model, { requiredKeys: [...requiredKeys] })
}

const version = fc.record({ time: whenever, sequence: fc.nat(), digest: hash }) satisfies fc.Arbitrary<Version>
const standard: fc.Arbitrary<Standard> = fc.record({
  name: fc.oneof(word, fc.constantFrom('CIS-3.0', 'PCI-DSS')),
  requirements: fc.array(fc.oneof(text, fc.constantFrom('1.20', 'CIS-3.0 1.20')), { maxLength: 3 }),
})
const standards = fc.array(standard, { maxLength: 3 })

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

const vulnerability = record<Vulnerability>(
  {
    uid: fc.oneof(word, fc.constantFrom('CVE-2024-3094', 'GHSA-aaaa-bbbb-cccc')),
    title: text,
    severity: fc.constantFrom(...SEVERITIES),
    references: texts,
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
  flags: texts,
}

/** Any state of a finding that the wire schema allows, with the worst text that sources could write into it. */
export const anyState: fc.Arbitrary<FindingState> = record<FindingState>(
  model,
  (Object.keys(model) as StateKeys[]).filter((key) => !OPTIONAL.includes(key)),
)

export const anyContext: fc.Arbitrary<FindingContext> = fc.record(
  {
    priority: fc.record({
      band: fc.constantFrom<PriorityBand[]>('P1', 'P2', 'P3', 'P4'),
      score: fc.double({ min: 0, max: 100, noNaN: true }),
      state: fc.constantFrom('evaluated' as const, 'partly_evaluated' as const, 'not_evaluated' as const),
      reasons: fc.array(word, { minLength: 1, maxLength: 3 }),
    }),
    correlation: hash,
  },
  { requiredKeys: [] },
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
