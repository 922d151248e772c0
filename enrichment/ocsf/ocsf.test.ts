import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyContext, anyEmission, anyState, KINDS, STATUSES } from '../../test/oracle/any-finding.ts'
import { samplePriority, sampleReason } from '../../test/sample-priority.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import { validateOcsf } from '../../schemas/ocsf/validator.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { FindingContext } from '../enricher.ts'
import { toOcsf, WEIGHT_LIMIT, type Emission } from './ocsf.ts'

const FIRST = Date.UTC(2025, 10, 20, 9)
const LAST = Date.UTC(2025, 10, 25, 12)
const NOW = Date.UTC(2025, 10, 25, 12, 0, 1)
const KEY = `v1:${'0a'.repeat(16)}`
const version = { time: LAST, sequence: 0, digest: 'd' }

const standards = [
  { name: 'PCI-4.0', requirements: ['1.2'] },
  { name: 'CIS-3.0', requirements: ['2.1.4', 'CIS-3.0 2.1.1'] },
]

function finding(change: Partial<FindingState> = {}): FindingState {
  return {
    type: 'finding',
    key: KEY,
    tenant: 'acme',
    identity: {
      product: 'prowler',
      provider: 'aws',
      account: '111122223333',
      region: '',
      control: 's3_bucket_public_access',
      resource: 'arn:aws:s3:::example-bucket',
      discriminator: '',
    },
    source: {
      product: 'prowler',
      name: 'Prowler',
      vendor: 'Prowler',
      version: '5.40.0',
      format: 'prowler-ocsf',
      uid: 'prowler-aws-s3_bucket_public_access-111122223333-eu-west-1-example-bucket',
    },
    kind: 'compliance',
    state: 'open',
    revision: 1,
    members: { '': { verdict: 'fail', archived: false, standards, verdictVersion: version } },
    description: {
      title: 'The bucket is not public',
      text: 'Public buckets are read by everyone.',
      severity: 'critical',
      sourceSeverity: 'CRITICAL',
      risk: 'Whoever finds it reads it.',
      remediation: { text: 'Block public access.', references: ['https://example.com/s3'] },
      url: 'https://example.com/finding/1',
      types: ['Software and Configuration Checks'],
      standards,
      categories: ['internet-exposed', 'encryption'],
      attacks: [{ technique: 'Data from Cloud Storage', techniqueUid: 'T1530' }],
    },
    detail: 'The bucket example-bucket is public.',
    descriptionVersion: version,
    describedBy: { collector: 'nightly', format: 'prowler-ocsf', member: '' },
    resources: [
      {
        uid: 'arn:aws:s3:::example-bucket',
        name: 'example-bucket',
        type: 'AwsS3Bucket',
        region: 'eu-west-1',
        partition: 'aws',
        group: 's3',
        tags: [{ name: 'env', value: '' }],
        data: { Versioning: 'Off' },
      },
      { uid: 'arn:aws:s3:::other-bucket', tags: [] },
    ],
    cloud: { provider: 'aws', account: '111122223333', accountName: 'prod', region: 'eu-west-1' },
    unmapped: { related_url: 'https://example.com' },
    owner: 'team-data',
    firstSeen: FIRST,
    lastSeen: LAST,
    openedAt: FIRST,
    acceptedAt: NOW,
    flags: [],
    ...change,
  }
}

const context: FindingContext = {
  priority: samplePriority('P2', { score: 74, reasons: [sampleReason('The source calls it critical.')] }),
}
const first: Emission = { status: 'open', revision: 1, modifiedAt: NOW, cause: 'observed' }

/** The event, and the assurance that it is valid. */
function event(change: Partial<FindingState> = {}, emission: Partial<Emission> = {}, of: FindingContext = context) {
  const made = toOcsf(finding(change), of, { ...first, ...emission })
  expect(validateOcsf(made)).toEqual([])
  return made
}

const described = (change: Partial<FindingState['description']>): Partial<FindingState> => ({
  description: { ...finding().description, ...change },
})
const said = (...members: Partial<FindingState['members'][string]>[]): Partial<FindingState> => ({
  members: Object.fromEntries(
    members.map((member, at) => [String(at), { verdict: 'fail', archived: false, standards: [], ...member }]),
  ),
})

describe('a finding as an OCSF event', () => {
  test('says which finding it is, in the words of the source and in ours', () => {
    expect(event()).toMatchObject({
      class_uid: 2003,
      class_name: 'Compliance Finding',
      category_uid: 2,
      category_name: 'Findings',
      type_uid: 200301,
      type_name: 'Compliance Finding: Create',
      message: 'The bucket example-bucket is public.',
      metadata: {
        version: '1.6.0',
        uid: `${KEY}/1`,
        sequence: 1,
        tenant_uid: 'acme',
        event_code: 's3_bucket_public_access',
        product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.40.0' },
        log_name: 'prowler-ocsf',
        log_provider: 'posture-stream',
      },
      finding_info: {
        uid: 'prowler-aws-s3_bucket_public_access-111122223333-eu-west-1-example-bucket',
        uid_alt: KEY,
        title: 'The bucket is not public',
        desc: 'Public buckets are read by everyone.',
        analytic: { uid: 's3_bucket_public_access', type_id: 1, type: 'Rule' },
        attacks: [{ technique: { uid: 'T1530', name: 'Data from Cloud Storage' } }],
        traits: [{ category: 'Reachability', name: 'internet-exposed' }],
        src_url: 'https://example.com/finding/1',
      },
      compliance: {
        control: 's3_bucket_public_access',
        standards: ['CIS-3.0', 'PCI-4.0'],
        requirements: ['CIS-3.0 2.1.4', 'CIS-3.0 2.1.1', 'PCI-4.0 1.2'],
        status_id: 3,
        status: 'Fail',
        status_details: ['The bucket example-bucket is public.'],
      },
      remediation: { desc: 'Block public access.', references: ['https://example.com/s3'] },
      cloud: {
        provider: 'aws',
        region: 'eu-west-1',
        account: { uid: '111122223333', name: 'prod', type_id: 10, type: 'AWS Account' },
      },
      vendor_attributes: { severity_id: 5, severity: 'Critical' },
      unmapped: { state: 'open', cause: 'observed', source_risk: 'Whoever finds it reads it.' },
    })
  })

  test('says where it was read at its source, so that it can be written to there', () => {
    expect(event()['finding_info']).not.toHaveProperty('product')
    const productUid = 'arn:aws:securityhub:eu-west-1::product/aws/securityhub'
    const kept = (uid: string) => ({ address: { uid, productUid } })
    const records = said(kept('pci'), kept('cis'), kept('fsbp'), { ...kept('old'), archived: true })
    const made = event({ ...records, describedBy: { collector: 'hub', format: 'asff', member: '1' } })
    expect(made['finding_info']).toMatchObject({
      uid: 'cis',
      uid_alt: KEY,
      product: { uid: productUid, name: 'Prowler', vendor_name: 'Prowler' },
      related_events: [
        { uid: 'pci', product: { uid: productUid } },
        { uid: 'fsbp', product: { uid: productUid } },
      ],
    })
    expect(made['enrichments']).toMatchObject([{ name: 'finding_info.uid', value: 'cis' }])
  })

  test('has the correlation of its finding, where it has one', () => {
    expect(event()['metadata']).not.toHaveProperty('correlation_uid')
    expect(event({}, {}, { ...context, correlation: 'c'.repeat(32) })['metadata']).toHaveProperty(
      'correlation_uid',
      'c'.repeat(32),
    )
  })

  test('names the subject first and points the observables at what it names', () => {
    const { resources, observables } = event()
    expect(resources).toEqual([
      {
        role_id: 1,
        role: 'Target',
        owner: { name: 'team-data' },
        uid: 'arn:aws:s3:::example-bucket',
        name: 'example-bucket',
        type: 'AwsS3Bucket',
        group: { name: 's3' },
        tags: [{ name: 'env', value: '' }],
        data: { Versioning: 'Off' },
        region: 'eu-west-1',
        cloud_partition: 'aws',
      },
      { role_id: 3, role: 'Affected', uid: 'arn:aws:s3:::other-bucket' },
    ])
    expect(observables).toEqual([
      { name: 'resources.uid', type_id: 10, type: 'Resource UID', value: 'arn:aws:s3:::example-bucket' },
      { name: 'resources.uid', type_id: 10, type: 'Resource UID', value: 'arn:aws:s3:::other-bucket' },
      { name: 'resources.name', type_id: 38, type: 'Resource Details Object: name', value: 'example-bucket' },
      { name: 'cloud.account.uid', type_id: 35, type: 'Account Object: uid', value: '111122223333' },
    ])
  })

  test("has our clock's time on the event and the source's times in finding_info, each in both forms", () => {
    const { time, time_dt, start_time, end_time, metadata, finding_info } = event() as Record<string, never>
    expect({ time, time_dt, start_time, end_time }).toEqual({
      time: NOW,
      time_dt: '2025-11-25T12:00:01.000Z',
      start_time: FIRST,
      end_time: undefined,
    })
    expect(metadata).toMatchObject({ modified_time: NOW, modified_time_dt: '2025-11-25T12:00:01.000Z' })
    expect(finding_info).toMatchObject({
      created_time: FIRST,
      first_seen_time: FIRST,
      first_seen_time_dt: '2025-11-20T09:00:00.000Z',
      last_seen_time: LAST,
      modified_time: LAST,
    })
  })

  test('leaves out a time that cannot be', () => {
    const { finding_info } = event({ firstSeen: 1_764_072_000, openedAt: 8.7e15 })
    expect(finding_info).not.toHaveProperty('first_seen_time')
    expect(event({ openedAt: 8.7e15 })).not.toHaveProperty('start_time')
  })

  test('carries the priority, why, and how far it was evaluated', () => {
    expect(event()).toMatchObject({
      priority_id: 3,
      priority: 'High',
      risk_level_id: 3,
      risk_level: 'High',
      risk_score: 74,
      risk_details:
        'Priority P2 (not evaluated), P1 to P4 possible.\nThe source calls it critical.\n' +
        'The risk in the words of Prowler: Whoever finds it reads it.',
      is_alert: true,
      enrichments: [
        {
          name: 'finding_info.uid',
          type: 'priority',
          data: {
            band: 'P2',
            score: 74,
            state: 'not_evaluated',
            range: ['P4', 'P1'],
            reasons: [{ id: 'severity-default', text: 'The source calls it critical.', items: ['severity'] }],
            due_days: 7,
            evidence: { severity: { value: 'medium', certainty: 'certain', source: 'Prowler' } },
            computed_at: NOW,
          },
        },
      ],
    })
  })

  test('carries no priority where none was found', () => {
    const made = event({}, {}, {})
    expect(made).not.toHaveProperty('priority_id')
    expect(made).not.toHaveProperty('risk_level_id')
    expect(made).not.toHaveProperty('enrichments')
    expect(made).toHaveProperty('risk_details', 'The risk in the words of Prowler: Whoever finds it reads it.')
  })

  test.for<[string, number, string, Emission['status'], number]>([
    ['the first', 1, 'Create', 'open', 1],
    ['a later one', 2, 'Update', 'open', 7],
    ['a mute', 2, 'Update', 'muted', 2],
    ['a resolution', 3, 'Close', 'resolved', 2],
    ['a deletion', 3, 'Close', 'gone', 2],
    ['a first one that is closed already', 3, 'Close', 'resolved', 1],
  ])('makes %s an activity %i, %s', ([, activity, caption, status, revision]) => {
    expect(event({ closedAt: LAST }, { status, revision })).toMatchObject({
      activity_id: activity,
      activity_name: caption,
      type_uid: 200300 + activity,
      type_name: `Compliance Finding: ${caption}`,
    })
  })

  test('ends only when it is closed', () => {
    expect(event({ closedAt: LAST }, { status: 'resolved', revision: 2 })).toHaveProperty('end_time', LAST)
    expect(event({ closedAt: LAST }, { status: 'muted', revision: 2 })).not.toHaveProperty('end_time')
  })

  test('does not declare the cloud profile, nor use what belongs to it, without an account', () => {
    const made = event({ cloud: { provider: 'terraform', account: '', region: 'eu-west-1' } })
    expect(made).not.toHaveProperty('cloud')
    expect(made['metadata']).toHaveProperty('profiles', [
      'data_classification',
      'datetime',
      'incident',
      'security_control',
    ])
    expect(made).not.toHaveProperty(['resources', 0, 'region'])
    expect(made['unmapped']).toMatchObject({ provider: 'terraform', region: 'eu-west-1' })
  })

  test('keeps a link only where it is a web address', () => {
    const made = event(described({ url: 'javascript:alert(1)' }))
    expect(made['finding_info']).not.toHaveProperty('src_url')
    expect(made['unmapped']).toHaveProperty('source_url', 'javascript:alert(1)')
  })

  test('leaves the free-form data out of a finding that is too large, and says so', () => {
    const resources: FindingState['resources'] = [
      { uid: 'arn:aws:s3:::big', tags: [], data: { list: Array.from({ length: WEIGHT_LIMIT }, (_, at) => at) } },
    ]
    const made = event({ resources })
    expect(made).not.toHaveProperty(['resources', 0, 'data'])
    expect(made['unmapped']).not.toHaveProperty('source')
    expect(made['metadata']).toMatchObject({ is_truncated: true })
    const kilobytes = JSON.stringify(resources).length / 1024
    expect((made['metadata'] as { untruncated_size: number }).untruncated_size / kilobytes).toBeCloseTo(1, 0)
    expect(JSON.stringify(made).length).toBeLessThan(10_000)
  })

  test('is a pure function of its arguments', () => {
    const state = finding()
    const before = structuredClone(state)
    expect(toOcsf(state, context, first)).toEqual(toOcsf(state, context, first))
    expect(state).toEqual(before)
  })
})

describe('the status of an event', () => {
  test.for<[Emission['status'], string | undefined, number, string]>([
    ['open', undefined, 1, 'New'],
    ['open', 'new', 1, 'New'],
    ['open', 'notified', 2, 'In Progress'],
    ['open', 'in_progress', 2, 'In Progress'],
    ['open', 'resolved', 1, 'New'],
    ['muted', 'in_progress', 3, 'Suppressed'],
    ['resolved', 'new', 4, 'Resolved'],
    ['gone', 'new', 6, 'Deleted'],
  ])('%s with the workflow %s is %i, %s', ([status, workflow, id, caption]) => {
    const state = said(workflow === undefined ? {} : { workflow: workflow as 'new' })
    expect(event(state, { status, revision: 2 })).toMatchObject({ status_id: id, status: caption })
  })

  test('keeps the word RESOLVED over a failing verdict in unmapped', () => {
    expect(event(said({ workflow: 'resolved' }))['unmapped']).toHaveProperty('workflow', ['resolved'])
  })

  test.for<[string, Partial<FindingState['members'][string]>[], Emission['status'], number, string]>([
    ['one fails', [{ verdict: 'pass' }, { verdict: 'fail' }], 'open', 3, 'Fail'],
    ['all pass', [{ verdict: 'pass' }], 'resolved', 1, 'Pass'],
    [
      'the failing one is taken back',
      [{ verdict: 'pass' }, { verdict: 'fail', archived: true }],
      'resolved',
      1,
      'Pass',
    ],
    ['none is reported any more', [{ verdict: 'absent' }], 'resolved', 0, 'Unknown'],
    ['none gives a verdict', [{ verdict: 'none' }], 'open', 0, 'Unknown'],
    ['the resource is gone', [{ verdict: 'fail' }], 'gone', 99, 'NotApplicable'],
  ])('has the compliance verdict of its members: %s', ([, members, status, id, caption]) => {
    const made = event(said(...members), { status, revision: 2 })
    expect(made['compliance']).toMatchObject({ status_id: id, status: caption })
  })

  test('is an alert only while it is open and elevated', () => {
    const alerts = STATUSES.map((status) => event({}, { status, revision: 2 })['is_alert'])
    expect(alerts).toEqual([true, false, false, false])
    const low: FindingContext = { priority: samplePriority('P4') }
    expect(event({}, {}, low)['is_alert']).toBe(false)
    expect(event(described({ severity: 'high' }), {}, {})['is_alert']).toBe(true)
    expect(event(described({ severity: 'medium' }), {}, {})['is_alert']).toBe(false)
  })
})

describe('the message of an event', () => {
  test.for<[string, Partial<FindingState>, Emission['status'], string]>([
    ['the detail', {}, 'open', 'The bucket example-bucket is public.'],
    ['the title where there is no detail', { detail: '' }, 'open', 'The bucket is not public'],
    ['one line', { detail: 'First.\n\nSecond.' }, 'open', 'First. Second.'],
    [
      "the source's mute",
      said({ muted: true, muteReason: 'test bucket' }),
      'muted',
      'Muted by Prowler (test bucket): The bucket example-bucket is public.',
    ],
    [
      "a person's mute",
      { decision: { action: 'mute', by: 'alice', reason: 'until the move', version } },
      'muted',
      'Muted by alice (until the move): The bucket example-bucket is public.',
    ],
    ['the fix', { closedBy: 'verdict', detail: 'It is private.' }, 'resolved', 'Resolved: It is private.'],
    [
      'absence',
      { closedBy: 'absence' },
      'resolved',
      'Resolved: the last complete scan of Prowler did not report it any more.',
    ],
    ['archiving', { closedBy: 'archived' }, 'resolved', 'Resolved: Prowler has taken it back.'],
    ['deletion', {}, 'gone', 'Closed: the resource arn:aws:s3:::example-bucket was deleted.'],
  ])('tells %s', ([, change, status, message]) => {
    expect(event(change, { status, revision: 2 })['message']).toBe(message)
  })
})

describe('the class of an event', () => {
  test.for<[FindingState['kind'], number, string]>([
    ['compliance', 2003, 'Compliance Finding'],
    ['detection', 2004, 'Detection Finding'],
    ['data_security', 2006, 'Data Security Finding'],
    ['application_security', 2007, 'Application Security Posture Finding'],
    ['iam_analysis', 2003, 'Compliance Finding'],
    ['vulnerability', 2003, 'Compliance Finding'],
  ])('%s without more is %i, %s', ([kind, uid, name]) => {
    expect(event({ kind })).toMatchObject({ class_uid: uid, class_name: name, type_uid: uid * 100 + 1 })
  })

  test('a vulnerability that is named is 2002, a CVE as such and anything else as an advisory', () => {
    const packages = [{ name: 'xz-utils', version: '5.6.0', fixedIn: '5.6.2' }]
    const made = event({
      kind: 'vulnerability',
      ...described({
        vulnerabilities: [{ uid: 'CVE-2024-3094', severity: 'critical', packages }, { uid: 'GHSA-aaaa-bbbb-cccc' }],
      }),
    })
    const remediation = { desc: 'Block public access.', references: ['https://example.com/s3'] }
    expect(made).toMatchObject({
      class_uid: 2002,
      type_uid: 200201,
      vulnerabilities: [
        {
          cve: { uid: 'CVE-2024-3094' },
          severity: 'Critical',
          affected_packages: [{ name: 'xz-utils', version: '5.6.0', fixed_in_version: '5.6.2' }],
          is_fix_available: true,
          remediation,
        },
        { advisory: { uid: 'GHSA-aaaa-bbbb-cccc' }, remediation },
      ],
    })
    expect(made).not.toHaveProperty('remediation')
    expect(made['observables']).toContainEqual({
      name: 'vulnerabilities.cve.uid',
      type_id: 18,
      type: 'CVE Object: uid',
      value: 'CVE-2024-3094',
    })
  })

  test('a data security finding keeps its remediation as an enrichment, having no other place for it', () => {
    const made = event({ kind: 'data_security' })
    expect(made).not.toHaveProperty('remediation')
    expect(made['enrichments']).toContainEqual(
      expect.objectContaining({
        type: 'remediation',
        data: { desc: 'Block public access.', references: ['https://example.com/s3'] },
      }),
    )
  })

  test("a source's own severity word is kept beside ours", () => {
    const word = (sourceSeverity: string) => event(described({ sourceSeverity }))['vendor_attributes']
    expect(word('high')).toEqual({ severity_id: 4, severity: 'High' })
    expect(word('moderate')).toEqual({ severity_id: 99, severity: 'moderate' })
    expect(word('')).toBeUndefined()
  })
})

/** Controls but \n and \t, and what turns or hides text. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)])
}

describe('any finding that the wire schema allows', () => {
  const registry = new SchemaRegistry()

  test.for(KINDS.flatMap((kind) => STATUSES.map((status) => [kind, status] as const)))(
    'of the kind %s is a valid event when it is %s',
    ([kind, status]) => {
      fc.assert(
        fc.property(anyState, anyContext, anyEmission, (any, facts, emission) => {
          const state = registry.check('state', { ...any, kind }) as FindingState
          const made = toOcsf(state, facts, { ...emission, status })
          expect(validateOcsf(made)).toEqual([])
          for (const text of textsOf(made)) {
            expect(text.isWellFormed()).toBe(true)
            expect(text).not.toMatch(HIDDEN)
          }
        }),
        { numRuns: 15 },
      )
    },
  )
})
