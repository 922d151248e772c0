import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../../core/errors.ts'
import { findingKey } from '../../../schemas/finding-key.ts'
import { SchemaRegistry } from '../../../schemas/registry.ts'
import { isProwlerOcsf, mapProwlerOcsf } from './prowler-ocsf.ts'

const SECONDS = 1795614283
const options = { zone: 'UTC', reportedAt: 0, withoutData: false }
const schemas = new SchemaRegistry()

const base = {
  message: 'Bucket bkt-1 is public.',
  metadata: {
    event_code: 's3_bucket_public_access',
    product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.46.0' },
    tenant_uid: '',
  },
  severity_id: 5,
  severity: 'Critical',
  status: 'New',
  status_id: 1,
  status_code: 'FAIL',
  status_detail: 'Bucket bkt-1 is public.',
  finding_info: { uid: 'prowler-aws-x', title: 'Bucket is not public', desc: 'What it is about', types: ['A/B'] },
  resources: [
    {
      uid: 'arn:aws:s3:::bkt-1',
      name: 'bkt-1',
      type: 'AwsS3Bucket',
      region: 'eu-west-1',
      cloud_partition: 'aws',
      group: { name: 's3' },
      labels: ['env:prod', 'url:https://x', 'alone', 'aws:cfn:stack:web'],
      data: { details: '', metadata: { tags: [{ Key: 'aws:cfn:stack', Value: 'web' }] } },
    },
  ],
  cloud: {
    provider: 'aws',
    region: 'eu-west-1',
    account: { uid: '111122223333', name: '' },
    org: { uid: '', ou_uid: 'ou-1' },
  },
  remediation: { desc: 'Close it.', references: ['https://docs.example.com/x'] },
  risk_details: 'Data may leak.',
  unmapped: { scan_id: 'scan-1', compliance: { 'CIS-3.0': ['2.1.4'] }, categories: ['internet-exposed'], notes: '' },
  time: SECONDS,
  time_dt: '2026-11-25T15:44:43.304870',
}

const map = (changes: object = {}) => mapProwlerOcsf({ ...base, ...changes }, options)
const statement = (changes?: object) => map(changes).statement

function rejection(changes: object): string {
  try {
    map(changes)
    return 'none'
  } catch (error) {
    return error instanceof PermanentError ? `${error.code}: ${error.message}` : String(error)
  }
}

test('a record becomes a statement with everything in its place', () => {
  const at = SECONDS * 1000
  expect(map()).toEqual({
    at,
    scanUid: 'scan-1',
    statement: {
      identity: {
        product: 'prowler',
        provider: 'aws',
        account: '111122223333',
        region: '',
        control: 's3_bucket_public_access',
        resource: 'arn:aws:s3:::bkt-1',
        discriminator: '',
      },
      source: {
        product: 'prowler',
        name: 'Prowler',
        vendor: 'Prowler',
        version: '5.46.0',
        format: 'prowler-ocsf',
        uid: 'prowler-aws-x',
      },
      kind: 'compliance',
      verdict: { value: 'fail', word: 'FAIL', detail: 'Bucket bkt-1 is public.', at },
      mute: { muted: false, at },
      description: {
        title: 'Bucket is not public',
        text: 'What it is about',
        severity: 'critical',
        sourceSeverity: 'Critical',
        risk: 'Data may leak.',
        remediation: { text: 'Close it.', references: ['https://docs.example.com/x'] },
        types: ['A/B'],
        standards: [{ name: 'CIS-3.0', requirements: ['2.1.4'] }],
        categories: ['internet-exposed'],
      },
      resources: [
        {
          uid: 'arn:aws:s3:::bkt-1',
          name: 'bkt-1',
          type: 'AwsS3Bucket',
          region: 'eu-west-1',
          partition: 'aws',
          group: 's3',
          tags: [
            { name: 'env', value: 'prod' },
            { name: 'url', value: 'https://x' },
            { name: 'alone', value: '' },
            { name: 'aws:cfn:stack', value: 'web' },
          ],
          data: { metadata: { tags: [{ Key: 'aws:cfn:stack', Value: 'web' }] } },
        },
      ],
      cloud: {
        provider: 'aws',
        account: '111122223333',
        region: 'eu-west-1',
        partition: 'aws',
        organization: { unitUid: 'ou-1' },
      },
      flags: [],
    },
  })
})

describe('verdict and mute are two facts', () => {
  test.each([
    ['PASS', 'pass'],
    ['FAIL', 'fail'],
    ['MANUAL', 'none'],
    ['SOMETHING', 'none'],
    ['', 'none'],
  ])('%j means %s', (word, value) => {
    expect(statement({ status_code: word }).verdict.value).toBe(value)
  })

  test.each([
    [{ status_id: 3, status: 'Suppressed' }, true],
    [{ status_id: '3' }, true],
    [{ status_id: undefined, status: 'Suppressed' }, true],
    [{ status_id: 1, status: 'New' }, false],
  ])('%j: muted is %s, and the verdict stays', (changes, muted) => {
    expect(statement(changes)).toMatchObject({ mute: { muted }, verdict: { value: 'fail' } })
  })

  test('without any status the source does not say whether it is muted', () => {
    expect(statement({ status_id: null, status: '' }).mute).toBeUndefined()
  })
})

describe('times', () => {
  test.each([
    [{ time: SECONDS * 1000 }, ['time_unit_repaired']],
    [{ time: SECONDS * 1_000_000 }, ['time_unit_repaired']],
    [{ time: String(SECONDS) }, ['numeric_string_repaired']],
  ])('%j is repaired and noted', (changes, flags) => {
    expect(map(changes)).toMatchObject({ at: SECONDS * 1000, statement: { flags } })
  })

  test('without a number the date counts, as UTC', () => {
    expect(map({ time: -1 })).toMatchObject({
      at: Date.UTC(2026, 10, 25, 15, 44, 43, 304),
      statement: { flags: ['time_assumed_utc'] },
    })
  })

  test('without any time there is no statement', () => {
    expect(rejection({ time: null, time_dt: '' })).toContain('RECORD_WITHOUT_TIME')
  })
})

describe('what is not as it should be', () => {
  test('an object or a text where a list belongs has one meaning', () => {
    const { resources, finding_info: info } = base
    const found = statement({
      resources: resources[0],
      finding_info: { ...info, types: 'A/B', attacks: { tactic: { name: 'Impact' } } },
    })
    expect(found.resources).toEqual(statement().resources)
    expect(found.description).toMatchObject({ types: ['A/B'], attacks: [{ tactic: 'Impact' }] })
    expect(found.flags).toEqual(['object_for_list_repaired', 'text_for_list_repaired'])
  })

  test('an account that is a number is its digits', () => {
    expect(statement({ cloud: { provider: 'aws', account: { uid: 111122223333 } } })).toMatchObject({
      identity: { account: '111122223333' },
      flags: ['number_for_text_repaired'],
    })
  })

  test.each([
    ['metadata.event_code', { metadata: {}, finding_info: {} }],
    ['resources[0].uid', { resources: [] }],
    ['resources[0].uid', { resources: [{ uid: '', name: '' }] }],
    ['cloud.provider', { cloud: {}, unmapped: {} }],
    ['cloud.account.uid', { cloud: { provider: 'aws' }, unmapped: {} }],
  ])('without %s there is no statement', (name, changes) => {
    expect(rejection(changes)).toContain(`RECORD_INCOMPLETE: the record has no`)
    expect(rejection(changes)).toContain(name)
  })

  test('a remediation without text is none, and its reference is kept', () => {
    const { description } = statement({ remediation: { desc: '', references: ['https://docs.example.com/x'] } })
    expect(description.remediation).toBeUndefined()
    expect(description.url).toBe('https://docs.example.com/x')
  })

  test('an unknown severity is unknown, and the word is kept', () => {
    expect(statement({ severity_id: 99, severity: 'Spicy' }).description).toMatchObject({
      severity: 'unknown',
      sourceSeverity: 'Spicy',
    })
  })
})

test('Kubernetes has no cloud: the cluster stands in the place of the account', () => {
  const { identity, cloud } = statement({
    cloud: undefined,
    unmapped: { provider: 'kubernetes', provider_uid: 'cluster-1' },
    resources: [{ uid: 'pod-1', region: 'namespace: web' }],
  })
  expect(identity).toMatchObject({ provider: 'kubernetes', account: 'cluster-1', region: 'namespace: web' })
  expect(cloud).toEqual({ provider: 'kubernetes', account: 'cluster-1', region: 'namespace: web' })
})

test('a large record goes without the free-form data of its resources', () => {
  const { resources } = mapProwlerOcsf(base, { ...options, withoutData: true }).statement
  expect(resources[0].data).toBeUndefined()
})

test('only Prowler says what Prowler says', () => {
  expect([base, { ...base, metadata: { product: { name: 'Other' } } }, { time: 1 }].map(isProwlerOcsf)).toEqual([
    true,
    false,
    false,
  ])
})

/** The base record with any JSON put in any place of it. */
const mangled = fc
  .array(fc.tuple(fc.constantFrom(...Object.keys(base)), fc.jsonValue({ maxDepth: 3 })), { maxLength: 4 })
  .map((changes) => ({ ...base, ...Object.fromEntries(changes) }))

test('any JSON becomes a valid event or is rejected with a reason', () => {
  const anything = fc.oneof(mangled, fc.dictionary(fc.string(), fc.jsonValue()))
  fc.assert(
    fc.property(anything, (record) => {
      try {
        const { statement: found, at } = mapProwlerOcsf(record, options)
        const envelope = { type: 'finding.observed', id: 'e1', time: at, tenant: 'acme', collector: 'nightly' }
        schemas.check('posture-event', { ...envelope, key: findingKey('acme', found.identity), ...found })
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^RECORD_/) as string })
      }
    }),
    { numRuns: 500 },
  )
})

test('a record about vulnerabilities says which, and how likely each is exploited', () => {
  const vulnerabilities = [
    {
      cve: { uid: 'CVE-2099-0001', cvss: [{ version: '3.1', base_score: 9.8 }], epss: { score: '0.5' } },
      is_exploit_available: true,
    },
  ]
  const found = statement({ vulnerabilities })
  expect(found.description.vulnerabilities).toEqual([
    { uid: 'CVE-2099-0001', cvss: [{ version: '3.1', score: 9.8 }], epss: 0.5, publicExploit: true },
  ])
  expect(statement().description).not.toHaveProperty('vulnerabilities')
})
