import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyContext, anyState, STATUSES } from '../../test/oracle/any-finding.ts'
import { samplePriority, sampleReason } from '../../test/sample-priority.ts'
import type { Vulnerability } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { CvePriority, FindingContext } from '../enricher.ts'
import type { EvidenceVector } from '../evidence.ts'
import { meaningDigest } from './meaning.ts'

const RULESET = { name: 'configured', version: 1, hash: 'c'.repeat(32) }
const versionAt = (time: number) => ({ time, sequence: 0, digest: 'd' })
const resource = { uid: 'arn:aws:iam::111122223333:user/alice', name: 'alice', tags: [{ name: 'env', value: 'prod' }] }
const standards = [
  { name: 'CIS-3.0', requirements: ['1.14', '1.4'] },
  { name: 'PCI-4.0', requirements: ['8.3'] },
]
const member: FindingState['members'][string] = { verdict: 'fail', archived: false, standards }

const finding: FindingState = {
  type: 'finding',
  key: `v1:${'0a'.repeat(16)}`,
  tenant: 'acme',
  identity: {
    product: 'prowler',
    provider: 'aws',
    account: '111122223333',
    region: '',
    control: 'iam_rotate_access_key_90_days',
    resource: resource.uid,
    discriminator: 'access-key-slot=1',
  },
  source: { product: 'prowler', version: '5.40.0', format: 'prowler-ocsf' },
  kind: 'compliance',
  state: 'open',
  revision: 1,
  members: { '': member },
  description: {
    title: 'Access keys are rotated',
    severity: 'medium',
    types: [],
    standards,
    categories: [],
    vulnerabilities: [{ uid: 'CVE-2024-3094' }],
  },
  detail: 'User alice has not rotated access key 1 in over 90 days (91 days).',
  descriptionVersion: versionAt(1),
  describedBy: { collector: 'nightly', format: 'prowler-ocsf', member: '' },
  resources: [resource, { uid: 'b', tags: [] }, { uid: 'c', tags: [] }],
  cloud: { provider: 'aws', account: '111122223333' },
  firstSeen: 1,
  lastSeen: 2,
  acceptedAt: 3,
  flags: [],
}
const cve = { uid: 'CVE-2024-3094', kev: false, epss: 0.05, epssPercentile: 0.91 }
const evidence: EvidenceVector = {
  severity: { value: 'medium', certainty: 'certain', source: 'Prowler' },
  exploitability: {
    value: 'conditional',
    certainty: 'possible',
    source: 'FIRST EPSS',
    observedAt: 1,
    evidence: ['EPSS 0.05'],
  },
  cve,
}
const context: FindingContext = {
  priority: samplePriority('P3', {
    evidence,
    cve: { uid: cve.uid, ssvc: ['track', 'attend'], bod: ['60 days'], bodDays: 60, unknown: ['automatable'] },
  }),
  owner: { name: 'payments', source: 'tag team=payments' },
  asset: { value: 'prod', certainty: 'certain', source: 'tag env=prod' },
  data: { value: 'internal', certainty: 'possible', source: 'tag data=internal' },
}

const meant = (change: Partial<FindingState> = {}, of = context, status: (typeof STATUSES)[number] = 'open') =>
  meaningDigest({ ...finding, ...change }, of, status)
const described = (change: Partial<FindingState['description']>): Partial<FindingState> => ({
  description: { ...finding.description, ...change },
})
const vulnerable = (change: Partial<Vulnerability>): Partial<FindingState> =>
  described({ vulnerabilities: [{ uid: 'CVE-2024-3094', ...change }] })
const counting = (of: typeof standards): Partial<FindingState> => ({ members: { '': { ...member, standards: of } } })
const kept = (uid: string, verdict = member.verdict): Partial<FindingState> => ({
  members: { '': { ...member, verdict, address: { uid, productUid: 'arn:aws:securityhub:eu-west-1::product/a/b' } } },
})
const ranked = (change: Partial<NonNullable<FindingContext['priority']>>): FindingContext => ({
  ...context,
  priority: { ...context.priority!, ...change },
})

const known = (change: Partial<EvidenceVector>): FindingContext => ranked({ evidence: { ...evidence, ...change } })
const cisa = (change: Partial<CvePriority>): FindingContext => ranked({ cve: { ...context.priority!.cve!, ...change } })

describe('the meaning of a finding', () => {
  test.for<[string, string]>([
    [
      'every time',
      meant({ firstSeen: 9, lastSeen: 10, acceptedAt: 11, openedAt: 9, descriptionVersion: versionAt(10) }),
    ],
    ['a count in the detail', meant({ detail: 'User alice has not rotated access key 1 in over 90 days (92 days).' })],
    [
      "a resource's free-form data",
      meant({ resources: [{ ...resource, data: { a: 1 } }, ...finding.resources.slice(1)] }),
    ],
    ["the scanner's version", meant({ source: { product: 'prowler', version: '6.0.0', format: 'asff' } })],
    [
      'the scan and who read it',
      meant({ describedBy: { collector: 'other', format: 'asff', member: '', scan: 's2' } }),
    ],
    ['what the record had left over', meant({ unmapped: { notes: 'x' }, flags: ['time_assumed_utc'] })],
    ['the score inside the band', meant({}, ranked({ score: 38 }))],
    [
      'an EPSS score that crosses no threshold',
      meant(
        {},
        known({
          exploitability: { ...evidence.exploitability!, observedAt: 2, evidence: ['EPSS 0.06'] },
          cve: { ...cve, epss: 0.06, epssPercentile: 0.92 },
        }),
      ),
    ],
    ["a vulnerability's scores", meant(vulnerable({ epss: 0.5, cvss: [{ version: '3.1', score: 9.8 }] }), context)],
    [
      'the words of its explanation',
      meant(
        {},
        ranked({
          reasons: [sampleReason('It is called medium, with EPSS 0.06.')],
          counterfactuals: [{ item: 'data', from: 'internal', to: 'none', band: 'P4', text: 'If it had none.' }],
          wouldChangeIf: [{ item: 'kev', best: 'P3', worst: 'P1', text: 'If it were exploited.' }],
        }),
      ),
    ],
    ['the ruleset and the hash of its input', meant({}, ranked({ ruleset: RULESET, inputHash: 'c' }))],
    ['since when it is as urgent', meant({ urgentSince: { P3: 1, P4: 1 } })],
    ['who says who owns it', meant({}, { ...context, owner: { name: 'payments', source: 'rule 3' } })],
    ['the revision and its own marks', meant({ revision: 9, meaning: 'x', modifiedAt: 5, emittedAt: 5 })],
    [
      'the order of what is a set',
      meant({
        ...counting([
          { name: 'PCI-4.0', requirements: ['8.3'] },
          { name: 'CIS-3.0', requirements: ['1.4', '1.14', '1.4'] },
        ]),
        resources: [finding.resources[0], { uid: 'c', tags: [] }, { uid: 'b', tags: [] }],
      }),
    ],
  ])('is the same whatever %s', ([, digest]) => {
    expect(digest).toBe(meant())
  })

  test.for<[string, string]>([
    ['state', meant({}, context, 'muted')],
    ['workflow', meant({ members: { '': { ...member, workflow: 'notified' } } })],
    ['severity', meant(described({ severity: 'high' }))],
    ['title', meant(described({ title: 'Access keys are rotated every 90 days' }))],
    ['text', meant(described({ text: 'Rotate them.' }))],
    ['remediation', meant(described({ remediation: { text: 'Rotate them.', references: [] } }))],
    ['standards', meant(counting([{ name: 'CIS-3.0', requirements: ['1.14'] }]))],
    ['correlation', meant({}, { ...context, correlation: 'c'.repeat(32) })],
    ['address at the source', meant(kept('0a1b'))],
    [
      'tags',
      meant({ resources: [{ ...resource, tags: [{ name: 'env', value: 'dev' }] }, ...finding.resources.slice(1)] }),
    ],
    ['subject', meant({ resources: [finding.resources[1]!, resource, finding.resources[2]!] })],
    ['owner', meant({ owner: 'team-iam' })],
    ['team', meant({}, { ...context, owner: { name: 'iam', source: 'tag team=iam' } })],
    ['asset', meant({}, { ...context, asset: { ...context.asset!, value: 'dev' } })],
    ['data', meant({}, { ...context, data: { ...context.data!, value: 'restricted' } })],
    ['exposure', meant({}, known({ exposure: { value: 'internet', certainty: 'possible', source: 'Prowler' } }))],
    [
      'exploitability, as when EPSS crosses a threshold',
      meant(
        {},
        known({
          exploitability: { ...evidence.exploitability!, value: 'easy' },
          cve: { ...cve, epss: 0.1 },
        }),
      ),
    ],
    [
      'certainty of what is known',
      meant({}, known({ exploitability: { ...evidence.exploitability!, certainty: 'certain' } })),
    ],
    ['witness', meant({}, known({ exploitability: { ...evidence.exploitability!, source: 'Trivy' } }))],
    ['CVE being exploited', meant({}, known({ cve: { ...cve, kev: true } }))],
    ['CVE being listed at another time', meant({}, known({ cve: { ...cve, kevAddedAt: 1 } }))],
    ['CVE having a public exploit', meant({}, known({ cve: { ...cve, publicExploit: true } }))],
    ['public exploit, as its source says', meant(vulnerable({ publicExploit: true }))],
    ['SSVC outcome', meant({}, cisa({ ssvc: ['attend'] }))],
    ['BOD 26-04 timeline', meant({}, cisa({ bod: ['14 days'], bodDays: 14 }))],
    ['days to mend it', meant({}, ranked({ dueDays: 14 }))],
    ['range of priorities', meant({}, ranked({ range: ['P4', 'P2'] }))],
    ['evaluation', meant({}, ranked({ state: 'partly_evaluated' }))],
    ['priority band', meant({}, ranked({ band: 'P2' }))],
    [
      'reasons of its priority',
      meant({}, ranked({ reasons: [sampleReason('It is reachable.', { id: 'floor-toxic-combination' })] })),
    ],
    ['words of the detail', meant({ detail: 'User alice has two access keys (91 days).' })],
    ['mute reason', meant({ members: { '': { ...member, muted: true, muteReason: 'on leave' } } })],
    ['decision', meant({ decision: { action: 'mute', by: 'bob', version: versionAt(1) } })],
    [
      'vulnerabilities',
      meant(described({ vulnerabilities: [{ uid: 'CVE-2024-3094', packages: [{ name: 'xz', version: '5.6.0' }] }] })),
    ],
  ])('changes with its %s', ([, digest]) => {
    expect(digest).not.toBe(meant())
  })

  test('changes when a fix appears, not when the installed version does', () => {
    const installed = (version: string, fixedIn?: string) =>
      meant(
        described({
          vulnerabilities: [
            { uid: 'CVE-2024-3094', packages: [{ name: 'xz', version, ...(fixedIn ? { fixedIn } : {}) }] },
          ],
        }),
      )
    expect(installed('5.6.0')).toBe(installed('5.6.1'))
    expect(installed('5.6.0')).not.toBe(installed('5.6.0', '5.6.2'))
  })

  test.for(['resolved', 'gone'] as const)('of a %s finding does not change when it is confirmed', (status) => {
    const absent = meant({ members: { '': { ...member, verdict: 'absent' } } }, context, status)
    const passed = meant({ members: { '': { ...member, verdict: 'pass' } }, detail: 'All is well.' }, context, status)
    expect(passed).toBe(absent)
    expect(meant(kept('0a1b', 'pass'), context, status)).toBe(absent)
    const urgent = { ...ranked({ band: 'P1' }), owner: { name: 'iam', source: 'tag team=iam' } }
    expect(meant({ members: { '': { ...member, verdict: 'absent' } } }, urgent, status)).toBe(absent)
  })

  test('does not depend on the order of keys, and is one digest for any finding', () => {
    const reversed = (value: object) => Object.fromEntries(Object.entries(value).toReversed())
    fc.assert(
      fc.property(anyState, anyContext, fc.constantFrom(...STATUSES), (state, facts, status) => {
        const digest = meaningDigest(state, facts, status)
        expect(digest).toMatch(/^[0-9a-f]{32}$/)
        const turned = {
          ...reversed(state),
          members: reversed(state.members),
          description: reversed(state.description),
        }
        expect(meaningDigest(turned as FindingState, facts, status)).toBe(digest)
      }),
      { numRuns: 50 },
    )
  })
})
