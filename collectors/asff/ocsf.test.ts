import { describe, expect, test } from 'vitest'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { findingEvent } from '../records/finding-event.ts'
import type { JsonObject } from '../records/fields.ts'
import type { MappedFinding } from '../records/mapped.ts'
import { isOcsfFinding, mapOcsf } from './ocsf.ts'

const AT = Date.UTC(2026, 10, 25, 12)
const ACCOUNT = '111122223333'
const BUCKET = 'arn:aws:s3:::shop-1'
const options = { zone: 'UTC', reportedAt: AT + 3_600_000, withoutData: false }
const schemas = new SchemaRegistry()

/** A finding of class 2003 as OCSF 1.6 has it; `undefined` takes a field away. */
function record(changes: Record<string, unknown> = {}): JsonObject {
  return {
    activity_id: 1,
    class_uid: 2003,
    type_uid: 200301,
    severity_id: 4,
    status_id: 1,
    time: AT,
    metadata: { version: '1.6.0', product: { name: 'Cloud Watcher', vendor_name: 'Example', version: '2.1' } },
    finding_info: { uid: 'scan1-001', title: 'Bucket is public', analytic: { uid: 'bucket-public', type_id: 1 } },
    compliance: { status_id: 3 },
    cloud: { provider: 'AWS', region: 'eu-west-1', account: { uid: ACCOUNT } },
    resources: [{ uid: BUCKET, type: 'Bucket' }],
    ...changes,
  }
}

function mapped(changes: Record<string, unknown> = {}, more: object = {}): MappedFinding {
  const result = mapOcsf(record(changes), { ...options, ...more })
  if (result.outcome !== 'finding') throw result.outcome === 'rejected' ? result.error : new Error(result.outcome)
  const { finding } = result
  schemas.check('posture-event', findingEvent({ tenant: 't', name: 'n', clock: () => AT }, finding.statement, ''))
  return finding
}

const statement = (changes?: Record<string, unknown>) => mapped(changes).statement

test('a finding of any product becomes a statement with all that it says', () => {
  expect(
    mapped({
      message: 'said',
      severity: 'High',
      risk_details: 'Anybody reads it.',
      remediation: { desc: 'Close it.', references: ['https://docs.example.com/1'] },
      compliance: {
        control: 'S3.8',
        status_id: 3,
        status_code: 'FAILED',
        standards: ['CIS AWS 3.0.0'],
        requirements: ['2.1.4'],
        status_details: ['It is open.'],
      },
      resources: [
        {
          uid: BUCKET,
          name: 'shop-1',
          type: 'Bucket',
          region: 'eu-west-1',
          labels: ['env:prod'],
          data: { acl: 'public' },
        },
      ],
      confidence_score: 90,
    }),
  ).toEqual({
    at: AT,
    scanUid: undefined,
    statement: {
      identity: {
        product: 'cloud-watcher',
        provider: 'aws',
        account: ACCOUNT,
        region: '',
        control: 'S3.8',
        resource: BUCKET,
        discriminator: '',
      },
      source: {
        product: 'cloud-watcher',
        name: 'Cloud Watcher',
        vendor: 'Example',
        version: '2.1',
        format: 'ocsf',
        uid: 'scan1-001',
      },
      kind: 'compliance',
      member: 'bucket-public',
      verdict: { value: 'fail', word: 'FAILED', detail: 'It is open.', at: AT },
      mute: { muted: false, at: AT },
      workflow: { status: 'new', at: AT },
      description: {
        title: 'Bucket is public',
        severity: 'high',
        sourceSeverity: 'High',
        risk: 'Anybody reads it.',
        remediation: { text: 'Close it.', references: ['https://docs.example.com/1'] },
        types: [],
        standards: [{ name: 'CIS AWS 3.0.0', requirements: ['2.1.4'] }],
        categories: [],
      },
      resources: [
        {
          uid: BUCKET,
          name: 'shop-1',
          type: 'Bucket',
          region: 'eu-west-1',
          tags: [{ name: 'env', value: 'prod' }],
          data: { acl: 'public' },
        },
      ],
      cloud: { provider: 'aws', account: ACCOUNT, region: 'eu-west-1' },
      unmapped: { confidence: 90 },
      flags: [],
    },
  })
})

describe('the identity', () => {
  const keyOf = (changes: Record<string, unknown>) => JSON.stringify(statement(changes).identity)

  test('does not know the ids that a scan makes, its time, or the order of what is listed', () => {
    const flaw = (cve: string, ...packages: string[]) => ({
      cve: { uid: cve },
      affected_packages: packages.map((name) => ({ name, version: '1' })),
    })
    const first = { class_uid: 2002, vulnerabilities: [flaw('CVE-2026-1', 'a', 'b'), flaw('CVE-2026-2', 'c')] }
    const later = {
      ...first,
      time: AT + 86_400_000,
      metadata: {
        uid: 'event-874',
        version: '1.7.0',
        product: { name: 'CloudWatcher', uid: 'install-7', version: '3' },
      },
      finding_info: { uid: 'scan2-874', title: 'Bucket is open to all', analytic: { uid: 'bucket-public' } },
      vulnerabilities: [flaw('CVE-2026-2', 'c'), flaw('CVE-2026-1', 'b', 'a')],
    }
    expect(keyOf(later)).toBe(keyOf(first))
  })

  test('is one for several rules, or standards, of one control, each of them a member', () => {
    const reported = (rule: string, standard: string) =>
      statement({
        finding_info: { uid: rule, title: 'SSH is open', analytic: { uid: rule } },
        compliance: { control: 'EC2.13', status_id: 3, standards: [standard] },
      })
    const all = [reported('std-a/EC2.13', 'A'), reported('std-b/4.1', 'B'), reported('std-c/EC2.13', 'C')]
    expect(new Set(all.map(({ identity }) => JSON.stringify(identity))).size).toBe(1)
    expect(all.map(({ member }) => member)).toEqual(['std-a/EC2.13', 'std-b/4.1', 'std-c/EC2.13'])
  })

  test('of a vulnerability names the CVE and the package, so that two packages stay two findings', () => {
    const found = (name: string, uid: string) =>
      statement({
        class_uid: 2002,
        compliance: undefined,
        finding_info: { uid: 'x', title: uid },
        vulnerabilities: [{ cve: { uid }, affected_packages: [{ name, version: '1' }] }],
      }).identity
    expect(found('xz', 'CVE-2099-1')).toMatchObject({
      control: 'CVE-2099-1',
      discriminator: 'vulnerability=CVE-2099-1,package=xz',
    })
    expect(found('zlib', 'CVE-2099-1').discriminator).not.toBe(found('xz', 'CVE-2099-1').discriminator)
  })

  test.each([
    [
      'code',
      {
        class_uid: 2007,
        vulnerabilities: [{ cwe: { uid: 'CWE-284' }, affected_code: [{ file: { path: 'a/main.tf' }, start_line: 3 }] }],
      },
      'flaw=CWE-284,file=a/main.tf',
    ],
    [
      'data',
      {
        class_uid: 2006,
        finding_info: { uid: '1', types: ['PII'], analytic: { uid: 'r' } },
        file: { path: 'k/1.csv' },
      },
      'type=PII,object=k/1.csv',
    ],
    [
      'access',
      { class_uid: 2008, access_analysis_result: { accessors: [{ account: { uid: '9' } }, { uid: 'arn:x' }] } },
      'principal=9+arn:x',
    ],
    [
      'threats',
      { class_uid: 2004, finding_info: { uid: '1', types: ['TTPs/Exfiltration'], analytic: { uid: 'r' } } },
      'type=TTPs/Exfiltration',
    ],
  ])('of %s names what keeps two of one rule apart', (_name, changes, discriminator) => {
    expect(statement(changes).identity.discriminator).toBe(discriminator)
  })

  test.each([
    ["the standard's control", {}, { compliance: { control: 'S3.8', status_id: 3 } }, 'S3.8'],
    ['the rule', {}, {}, 'bucket-public'],
    ['the event code', { analytic: undefined }, { metadata: { product: { name: 'x' }, event_code: 'e-1' } }, 'e-1'],
    [
      "the product's feature",
      { analytic: undefined },
      { metadata: { product: { name: 'x', feature: { uid: 'f' } } } },
      'f',
    ],
    ['the title', { analytic: undefined }, {}, 'Bucket is public'],
  ])('has as control %s', (_name, info, changes, control) => {
    const finding_info = { uid: '1', title: 'Bucket is public', analytic: { uid: 'bucket-public' }, ...info }
    expect(statement({ finding_info, ...changes }).identity.control).toBe(control)
  })

  test('that only the title gives is flagged', () => {
    expect(statement({ finding_info: { uid: '1', title: 'x' } }).flags).toEqual(['control_assumed_title'])
  })
})

describe('the resources', () => {
  test('come with what is affected first, whatever their order', () => {
    const resources = [
      { uid: 'arn:aws:iam::1:role/a', role_id: 2 },
      { uid: 'vpc-1', role_id: 4 },
      { uid: 'sg-1' },
      { uid: BUCKET, role_id: 3 },
    ]
    expect(statement({ resources }).resources.map(({ uid }) => uid)).toEqual([
      BUCKET,
      'sg-1',
      'arn:aws:iam::1:role/a',
      'vpc-1',
    ])
  })

  test.each([
    ['the one resource of OCSF 1.1', { resource: { uid: BUCKET } }, BUCKET],
    ['a device', { device: { hostname: 'web-1', ip: '10.0.0.1', type: 'Server' } }, 'web-1'],
    ['a bucket', { databucket: { name: 'shop-1' } }, 'shop-1'],
    ['a file', { file: { name: 'main.tf', path: 'infra/main.tf' } }, 'infra/main.tf'],
    ['a user', { user: { uid: 'arn:aws:iam::111122223333:user/eve' } }, 'arn:aws:iam::111122223333:user/eve'],
    ['an application', { applications: [{ name: 'shop' }] }, 'shop'],
  ])('are, where none are listed, %s', (_name, changes, uid) => {
    expect(statement({ resources: undefined, ...changes }).resources[0].uid).toBe(uid)
  })
})

describe('whose finding it is', () => {
  const cloudOf = (uid: string, cloud?: object, more = {}) =>
    mapped({ cloud, resources: [{ uid }] }, more).statement.identity

  test.each([
    ['arn:aws:ec2:eu-west-1:111122223333:instance/i-1', undefined, 'aws', '111122223333'],
    ['/subscriptions/S-1/resourceGroups/rg/providers/x/y/z', undefined, 'azure', 's-1'],
    ['//compute.googleapis.com/projects/p-1/zones/z/instances/i', undefined, 'gcp', 'p-1'],
    ['vm-1', { provider: 'Google Cloud', project_uid: 'p-2' }, 'gcp', 'p-2'],
    ['vm-1', { provider: 'Amazon Web Services', account: { name: 'shop' } }, 'aws', 'shop'],
    ['vm-1', { provider: 'Azure', org: { uid: 'o-1' } }, 'azure', 'o-1'],
  ])('of %s in %j', (uid, cloud, provider, account) => {
    expect(cloudOf(uid, cloud)).toMatchObject({ provider, account })
  })

  test('is what the operator says, where nothing else does', () => {
    expect(cloudOf('web-1', undefined, { account: 'site-2' })).toMatchObject({ provider: 'other', account: 'site-2' })
    expect(() => cloudOf('web-1')).toThrow('the record has no account (cloud.account.uid)')
  })
})

describe('the state', () => {
  const told = (changes: Record<string, unknown>) => {
    const { verdict, mute, workflow, archived, deleted } = statement(changes)
    return [verdict.value, mute?.muted, workflow?.status, archived === true, deleted === true]
  }
  const untested = { compliance: undefined }

  test.each([
    ['a failed test', {}, ['fail', false, 'new', false, false]],
    ['a passed test', { compliance: { status_id: 1 } }, ['pass', false, 'new', false, false]],
    ['a passed test in words', { compliance: { status: 'PASSED' } }, ['pass', false, 'new', false, false]],
    ['a warning', { compliance: { status_id: 2 } }, ['none', false, 'new', false, false]],
    ['no test', untested, ['fail', false, 'new', false, false]],
    ['a test in its status code', { ...untested, status_code: 'PASS' }, ['pass', false, 'new', false, false]],
    ['no test, in progress', { ...untested, status_id: 2 }, ['fail', false, 'in_progress', false, false]],
    ['suppressed', { ...untested, status_id: 3 }, ['fail', true, undefined, false, false]],
    ['suppressed in a word', { status_id: undefined, status: 'Suppressed' }, ['fail', true, undefined, false, false]],
    [
      'data, suppressed by its activity',
      { ...untested, class_uid: 2006, activity_id: 4 },
      ['fail', true, 'new', false, false],
    ],
    ['resolved', { ...untested, status_id: 4 }, ['pass', false, 'resolved', false, false]],
    ['resolved over a failed test', { status_id: 4 }, ['fail', false, 'resolved', false, false]],
    ['archived', { ...untested, status_id: 5 }, ['fail', false, undefined, true, false]],
    ['deleted', { ...untested, status_id: 6 }, ['fail', false, undefined, true, true]],
    ['closed', { ...untested, activity_id: 3 }, ['fail', false, 'new', true, false]],
    ['nothing said', { ...untested, status_id: undefined }, ['fail', undefined, undefined, false, false]],
  ])('of %s', (_name, changes, expected) => {
    expect(told(changes)).toEqual(expected)
  })

  test('has the latest of the times that a record names', () => {
    const finding_info = {
      uid: '1',
      analytic: { uid: 'r' },
      modified_time: AT - 5,
      last_seen_time_dt: '2026-11-25T12:00:01Z',
    }
    expect(mapped({ finding_info }).at).toBe(AT + 1000)
    expect(mapped({ finding_info: { ...finding_info, last_seen_time_dt: undefined } }).at).toBe(AT)
  })

  test.each([
    [AT / 1000, ['time_unit_repaired']],
    [AT * 1000, ['time_unit_repaired']],
    [String(AT), ['numeric_string_repaired']],
  ])('reads the time %j', (time, flags) => {
    const { at, statement: said } = mapped({ time })
    expect([at, said.flags]).toEqual([AT, flags])
  })
})

describe('every class and version', () => {
  test.each([
    [2002, 'vulnerability'],
    [2003, 'compliance'],
    [2004, 'detection'],
    [2006, 'data_security'],
    [2007, 'application_security'],
    [2008, 'iam_analysis'],
  ])('class %i is kind %s', (uid, kind) => {
    expect(isOcsfFinding(record({ class_uid: uid }))).toBe(true)
    expect(statement({ class_uid: uid }).kind).toBe(kind)
    expect(statement({ class_uid: undefined, type_uid: uid * 100 + 1 }).kind).toBe(kind)
  })

  test('class 2001, as OCSF 1.0 has it', () => {
    const finding = {
      class_uid: 2001,
      type_uid: undefined,
      finding_info: undefined,
      status_id: 1, // Success, of the event.
      state_id: 4,
      compliance: undefined,
      analytic: { uid: 'kb-77', type_id: 1 },
      finding: {
        uid: 'f-1',
        title: 'Old library',
        desc: 'It is old.',
        created_time: AT,
        remediation: { desc: 'Upgrade it.', kb_articles: ['KB1'] },
        src_url: 'https://scanner.example.com/f-1',
      },
      vulnerabilities: [{ cve: { uid: 'CVE-2020-1' }, packages: [{ name: 'zlib', version: '1.2' }] }],
    }
    expect(statement(finding)).toMatchObject({
      kind: 'vulnerability',
      identity: { control: 'kb-77', discriminator: 'vulnerability=CVE-2020-1,package=zlib' },
      source: { uid: 'f-1' },
      verdict: { value: 'pass' },
      workflow: { status: 'resolved' },
      description: {
        title: 'Old library',
        text: 'It is old.',
        remediation: { text: 'Upgrade it.' },
        url: 'https://scanner.example.com/f-1',
        vulnerabilities: [{ uid: 'CVE-2020-1', packages: [{ name: 'zlib', version: '1.2' }] }],
      },
    })
    expect(statement({ ...finding, vulnerabilities: undefined }).kind).toBe('compliance')
  })

  test.each([2005, 3001, 1007, 99, 5001])('class %i is no finding', (uid) => {
    expect(isOcsfFinding(record({ class_uid: uid, type_uid: uid * 100 + 1 }))).toBe(false)
  })

  test('a record without any optional part but a rule is enough', () => {
    const bare = mapOcsf(
      {
        class_uid: 2003,
        time: AT,
        metadata: { product: { vendor_name: 'Example' } },
        finding_info: { uid: '1', analytic: { uid: 'r' } },
        resources: [{ name: 'arn:aws:sqs:eu-west-1:111122223333:q' }],
      },
      options,
    )
    expect(bare).toMatchObject({
      outcome: 'finding',
      finding: {
        statement: {
          identity: { product: 'example', account: ACCOUNT },
          description: { title: 'r', severity: 'unknown' },
        },
      },
    })
  })

  test.each([
    ['product', { metadata: { version: '1.6.0' } }, 'the record has no product'],
    ['resource', { resources: [] }, 'the record has no resource'],
    ['time', { time: null }, 'no time between 2000 and 2100'],
    ['control', { finding_info: { uid: '1' } }, 'the record has no control'],
  ])('without a %s it is set aside, and says so', (_name, changes, message) => {
    const result = mapOcsf(record(changes), options)
    expect(result.outcome === 'rejected' && result.error.message).toContain(message)
  })
})

test("Security Hub's documents are read as what they are, also where they stand in a file", () => {
  const product = { uid: 'arn:aws:securityhub:eu-west-1::productv2/aws/securityhub', name: 'Security Hub' }
  expect(statement({ metadata: { product }, status_id: 2 })).toMatchObject({
    source: { format: 'security-hub-ocsf', product: 'security-hub', productUid: product.uid },
    workflow: { status: 'notified' },
  })
})
