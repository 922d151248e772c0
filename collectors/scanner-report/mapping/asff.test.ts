import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../../core/errors.ts'
import { findingKey } from '../../../schemas/finding-key.ts'
import { SchemaRegistry } from '../../../schemas/registry.ts'
import { isAsff, mapAsff } from './asff.ts'

const UPDATED = '2026-11-25T12:00:00.000Z'
const AT = Date.parse(UPDATED)
const REPORTED = AT + 60_000
const options = { zone: 'UTC', reportedAt: REPORTED, withoutData: false }
const schemas = new SchemaRegistry()

const securityHub = {
  SchemaVersion: '2018-10-08',
  Id: 'arn:aws:securityhub:eu-west-1:111122223333:security-control/S3.2/finding/0a1b',
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
  ProductName: 'Security Hub',
  CompanyName: 'AWS',
  Region: 'eu-west-1',
  GeneratorId: 'security-control/S3.2',
  AwsAccountId: '111122223333',
  AwsAccountName: 'production',
  Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
  CreatedAt: '2026-11-24T16:00:00.000Z',
  UpdatedAt: UPDATED,
  Severity: { Label: 'HIGH', Normalized: 70, Original: 'HIGH' },
  Title: 'S3 buckets should block public read',
  Description: 'This control checks public reads.',
  Remediation: { Recommendation: { Text: 'Block it.', Url: 'https://docs.example.com/S3.2' } },
  Resources: [
    {
      Type: 'AwsS3Bucket',
      Id: 'arn:aws:s3:::bkt-1',
      Partition: 'aws',
      Region: 'eu-west-1',
      Tags: { 'a:b': 'c:d' },
      Details: { AwsS3Bucket: { OwnerId: 'o' } },
    },
    { Type: 'AwsAccount', Id: 'AWS::::Account:111122223333' },
  ],
  Compliance: {
    Status: 'FAILED',
    SecurityControlId: 'S3.2',
    RelatedRequirements: ['NIST.800-53.r5 AC-3(1)', 'CIS AWS Foundations Benchmark v1.2.0/4.1'],
    AssociatedStandards: [{ StandardsId: 'standards/nist-800-53/v/5.0.0' }],
    StatusReasons: [{ ReasonCode: 'CONFIG_EVALUATIONS_EMPTY' }, { ReasonCode: 'X', Description: 'Because of x.' }],
  },
  Workflow: { Status: 'NEW' },
  RecordState: 'ACTIVE',
  FindingProviderFields: { Severity: { Label: 'MEDIUM' } },
}
const prowler = {
  ...securityHub,
  Id: 'prowler-x',
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/prowler/prowler',
  ProductFields: { ProviderName: 'Prowler', ProviderVersion: '5.46.0', ProwlerAccountOrganizationalUnitId: '' },
  GeneratorId: 'prowler-iam_rotate_access_key_90_days',
  Description: 'User alice has not rotated access key 2 in over 90 days.',
  Compliance: { Status: 'FAILED', AssociatedStandards: [], RelatedRequirements: [] },
  Workflow: undefined,
}

const statement = (changes: object = {}, from: object = securityHub) =>
  mapAsff({ ...from, ...changes }, options).statement

test("Security Hub's finding becomes a statement with everything in its place", () => {
  expect(mapAsff(securityHub, options)).toEqual({
    at: AT,
    scanUid: undefined,
    statement: {
      identity: {
        product: 'security-hub',
        provider: 'aws',
        account: '111122223333',
        region: '',
        control: 'S3.2',
        resource: 'arn:aws:s3:::bkt-1',
        discriminator: '',
      },
      source: { product: 'security-hub', name: 'Security Hub', vendor: 'AWS', format: 'asff', uid: securityHub.Id },
      kind: 'compliance',
      verdict: { value: 'fail', word: 'FAILED', detail: 'CONFIG_EVALUATIONS_EMPTY; Because of x.', at: AT },
      mute: { muted: false, at: REPORTED },
      workflow: { status: 'new', at: REPORTED },
      description: {
        title: 'S3 buckets should block public read',
        text: 'This control checks public reads.',
        severity: 'high',
        sourceSeverity: 'MEDIUM',
        remediation: { text: 'Block it.', references: ['https://docs.example.com/S3.2'] },
        types: securityHub.Types,
        standards: [
          { name: 'standards/nist-800-53/v/5.0.0', requirements: [] },
          { name: 'NIST.800-53.r5', requirements: ['AC-3(1)'] },
          { name: 'CIS AWS Foundations Benchmark v1.2.0', requirements: ['4.1'] },
        ],
        categories: [],
      },
      resources: [
        {
          uid: 'arn:aws:s3:::bkt-1',
          type: 'AwsS3Bucket',
          region: 'eu-west-1',
          partition: 'aws',
          tags: [{ name: 'a:b', value: 'c:d' }],
          data: { AwsS3Bucket: { OwnerId: 'o' } },
        },
        { uid: 'AWS::::Account:111122223333', type: 'AwsAccount', tags: [] },
      ],
      cloud: {
        provider: 'aws',
        account: '111122223333',
        accountName: 'production',
        region: 'eu-west-1',
        partition: 'aws',
      },
      flags: [],
    },
  })
})

describe('three facts that ASFF keeps apart', () => {
  test.each([
    ['PASSED', 'pass'],
    ['FAILED', 'fail'],
    ['WARNING', 'none'],
    ['NOT_AVAILABLE', 'none'],
  ])('the result %s is the verdict %s', (Status, value) => {
    expect(statement({ Compliance: { Status } }).verdict.value).toBe(value)
  })

  test('a record without a result states by being there that something is wrong', () => {
    expect(statement({ Compliance: undefined }).verdict).toEqual({ value: 'fail', at: AT })
  })

  test.each([
    ['NEW', false, 'new'],
    ['NOTIFIED', false, 'notified'],
    ['RESOLVED', false, 'resolved'],
    ['SUPPRESSED', true, undefined],
  ])('the workflow %s: muted is %s, work on it is %s; both as of the report', (Status, muted, status) => {
    const found = statement({ Workflow: { Status } })
    expect(found.mute).toEqual({ muted, at: REPORTED })
    expect(found.workflow).toEqual(status === undefined ? undefined : { status, at: REPORTED })
    expect(found.verdict).toMatchObject({ value: 'fail', at: AT })
  })

  test('without a workflow nothing is said about mute or work', () => {
    const found = statement({ Workflow: undefined })
    expect([found.mute, found.workflow]).toEqual([undefined, undefined])
  })

  test('an archived record is one that was taken back', () => {
    expect(statement({ RecordState: 'ARCHIVED' })).toMatchObject({ archived: true, verdict: { value: 'fail' } })
    expect(statement().archived).toBeUndefined()
  })
})

describe("Prowler's", () => {
  test('its check is the control, its sentence belongs to the verdict, and tells access keys apart', () => {
    expect(statement({}, prowler)).toMatchObject({
      identity: { product: 'prowler', control: 'iam_rotate_access_key_90_days', discriminator: 'access-key-slot=2' },
      verdict: { detail: prowler.Description, at: AT },
      mute: { muted: false, at: AT },
    })
    expect(statement({}, prowler).description.text).toBeUndefined()
  })

  test('WARNING means muted, with the verdict lost', () => {
    expect(statement({ Compliance: { Status: 'WARNING' } }, prowler)).toMatchObject({
      verdict: { value: 'none', word: 'WARNING' },
      mute: { muted: true, at: AT },
    })
  })

  test('suppressed in Security Hub it is muted as well', () => {
    expect(statement({ Workflow: { Status: 'SUPPRESSED' } }, prowler).mute).toEqual({ muted: true, at: REPORTED })
  })
})

describe('standards', () => {
  const generators = [
    ['std-a/EC2.13', 'std-a'],
    ['std-b/4.1', 'std-b'],
    ['arn:aws:securityhub:::ruleset/cis/v/1.2.0/rule/4.1', 'arn:aws:securityhub:::ruleset/cis/v/1.2.0'],
  ] as const

  test('one control reported once per standard is one finding with a member per standard', () => {
    const found = generators.map(([GeneratorId]) =>
      statement({ GeneratorId, Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.13' } }),
    )
    expect(new Set(found.map(({ identity }) => findingKey('acme', identity))).size).toBe(1)
    expect(found.map(({ member }) => member)).toEqual(generators.map(([, member]) => member))
  })

  test('a consolidated control has no members', () => {
    expect(statement().member).toBeUndefined()
    expect(statement({ Compliance: { Status: 'FAILED' } }).member).toBeUndefined()
  })

  test('the only standard that is named is the member', () => {
    const Compliance = { SecurityControlId: 'EC2.13', AssociatedStandards: [{ StandardsId: 'standards/x' }] }
    expect(statement({ GeneratorId: 'std-a/EC2.13', Compliance }).member).toBe('standards/x')
  })
})

describe('products', () => {
  test.each([
    ['arn:aws:securityhub:eu-west-1::product/aws/guardduty', {}, 'guardduty'],
    ['arn:aws-cn:securityhub:cn-north-1::product/aws/securityhub', {}, 'security-hub'],
    [
      'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default',
      { ProviderName: 'CloudCustodian' },
      'cloud-custodian',
    ],
    ['arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default', {}, 'security-hub'],
  ])('%s with %j is %s', (ProductArn, ProductFields, product) => {
    expect(statement({ ProductArn, ProductFields }).identity.product).toBe(product)
  })
})

describe('kinds', () => {
  test('what lists vulnerabilities is one of each', () => {
    const Vulnerabilities = [
      {
        Id: 'CVE-2099-0001',
        Vendor: { VendorSeverity: 'HIGH' },
        VulnerablePackages: [{ Name: 'zlib', Version: '1.0', FixedInVersion: '1.1' }, { Name: 'x' }],
      },
    ]
    expect(statement({ Vulnerabilities, Compliance: undefined })).toMatchObject({
      kind: 'vulnerability',
      identity: { discriminator: 'vulnerability=CVE-2099-0001' },
      description: {
        vulnerabilities: [
          { uid: 'CVE-2099-0001', severity: 'high', packages: [{ name: 'zlib', version: '1.0', fixedIn: '1.1' }] },
        ],
      },
    })
  })

  test.each([
    ['TTPs/Discovery/Recon', 'detection'],
    ['Effects/Data Exposure', 'detection'],
    ['Sensitive Data Identifications/PII', 'data_security'],
    ['Software and Configuration Checks/Vulnerabilities/CVE', 'vulnerability'],
    ['Software and Configuration Checks/AWS Security Best Practices', 'compliance'],
  ])('%s is %s', (type, kind) => {
    expect(statement({ Types: [type] }).kind).toBe(kind)
  })
})

describe('what is not as it should be', () => {
  test('an object or a text where a list belongs has one meaning', () => {
    const found = statement({ Resources: securityHub.Resources[0], Types: 'TTPs/x' })
    expect(found.resources).toHaveLength(1)
    expect(found).toMatchObject({ kind: 'detection', flags: ['object_for_list_repaired', 'text_for_list_repaired'] })
  })

  test.each([
    [{ Label: undefined, Normalized: 95 }, 'critical'],
    [{ Label: undefined, Normalized: '40' }, 'medium'],
    [{ Label: 'INFORMATIONAL' }, 'informational'],
    [{ Label: 'ODD' }, 'unknown'],
    [undefined, 'unknown'],
  ])('the severity %j is %s', (Severity, severity) => {
    expect(statement({ Severity }).description.severity).toBe(severity)
  })

  test('a date without a zone is taken in the zone of the options', () => {
    const mapped = mapAsff({ ...securityHub, UpdatedAt: '2026-06-03T12:00:00' }, { ...options, zone: 'Europe/Berlin' })
    expect(mapped).toMatchObject({ at: Date.UTC(2026, 5, 3, 10), statement: { flags: ['time_assumed_zone'] } })
  })

  test.each([
    [{ UpdatedAt: '', CreatedAt: 'soon' }, 'RECORD_WITHOUT_TIME'],
    [{ Resources: [] }, 'RECORD_INCOMPLETE'],
    [{ GeneratorId: '' }, 'RECORD_INCOMPLETE'],
    [{ AwsAccountId: ' ' }, 'RECORD_INCOMPLETE'],
    [{ ProductArn: '', ProductName: '' }, 'RECORD_INCOMPLETE'],
  ])('with %j there is no statement', (changes, code) => {
    expect(() => statement(changes)).toThrow(PermanentError)
    expect(() => statement(changes)).toThrow(expect.objectContaining({ code }) as Error)
  })
})

test('ASFF is known by the three fields that every finding has', () => {
  expect([securityHub, { GeneratorId: 'x' }, {}].map(isAsff)).toEqual([true, false, false])
})

const mangled = fc
  .tuple(
    fc.constantFrom(securityHub, prowler),
    fc.array(fc.tuple(fc.constantFrom(...Object.keys(prowler)), fc.jsonValue({ maxDepth: 3 })), { maxLength: 4 }),
  )
  .map(([from, changes]) => ({ ...from, ...Object.fromEntries(changes) }))

test('any JSON becomes a valid event or is rejected with a reason', () => {
  const anything = fc.oneof(mangled, fc.dictionary(fc.string(), fc.jsonValue()))
  fc.assert(
    fc.property(anything, (record) => {
      try {
        const { statement: found, at } = mapAsff(record, options)
        const envelope = { type: 'finding.observed', id: 'e1', time: at, tenant: 'acme', collector: 'nightly' }
        schemas.check('posture-event', { ...envelope, key: findingKey('acme', found.identity), ...found })
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^RECORD_/) as string })
      }
    }),
    { numRuns: 500 },
  )
})
