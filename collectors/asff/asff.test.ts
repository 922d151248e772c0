import { describe, expect, test } from 'vitest'
import { findingKey } from '../../schemas/finding-key.ts'
import { isAsff, mapAsff } from './asff.ts'
import type { MappedFinding, MappingOptions } from '../records/mapped.ts'

const UPDATED = '2026-11-25T12:00:00.000Z'
const AT = Date.parse(UPDATED)
const REPORTED = AT + 60_000
const options = { zone: 'UTC', reportedAt: REPORTED, withoutData: false }

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

function mapped(record: unknown, settings: MappingOptions = options): MappedFinding {
  const found = mapAsff(record, settings)
  if (found.outcome !== 'finding') throw new Error(JSON.stringify(found))
  return found.finding
}

const statement = (changes: object = {}, from: object = securityHub) => mapped({ ...from, ...changes }).statement

test("Security Hub's finding becomes a statement with everything in its place", () => {
  expect(mapped(securityHub)).toEqual({
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
      source: {
        product: 'security-hub',
        name: 'Security Hub',
        vendor: 'AWS',
        format: 'asff',
        uid: securityHub.Id,
        productUid: securityHub.ProductArn,
      },
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
          { name: 'standards/nist-800-53/v/5.0.0', requirements: ['AC-3(1)'] },
          { name: 'CIS AWS Foundations Benchmark v1.2.0', requirements: ['4.1'] },
        ],
        categories: [],
        at: REPORTED,
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
    ['arn:aws:securityhub:::ruleset/cis/v/1.2.0/rule/4.1', 'ruleset/cis/v/1.2.0'],
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
    const found = mapped({ ...securityHub, UpdatedAt: '2026-06-03T12:00:00' }, { ...options, zone: 'Europe/Berlin' })
    expect(found).toMatchObject({ at: Date.UTC(2026, 5, 3, 10), statement: { flags: ['time_assumed_zone'] } })
  })

  test.each([
    [{ UpdatedAt: '', CreatedAt: 'soon' }, 'RECORD_WITHOUT_TIME'],
    [{ Resources: [] }, 'RECORD_INCOMPLETE'],
    [{ GeneratorId: '' }, 'RECORD_INCOMPLETE'],
    [{ AwsAccountId: ' ' }, 'RECORD_INCOMPLETE'],
    [{ ProductArn: '', ProductName: '' }, 'RECORD_INCOMPLETE'],
  ])('with %j there is no statement', (changes, code) => {
    expect(mapAsff({ ...securityHub, ...changes }, options)).toMatchObject({ outcome: 'rejected', error: { code } })
  })
})

describe('controls', () => {
  test.each([
    [{ GeneratorId: 'security-control/S3.2' }, 'S3.2', undefined],
    [
      { GeneratorId: 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.20' },
      'IAM.18',
      'ruleset/cis-aws-foundations-benchmark/v/1.2.0',
    ],
    [
      { GeneratorId: 'cis-aws-foundations-benchmark/v/1.4.0/2.1.5.1' },
      'S3.1',
      'standards/cis-aws-foundations-benchmark/v/1.4.0',
    ],
    [{ GeneratorId: 'pci-dss/v/3.2.1/PCI.IAM.1' }, 'IAM.4', 'standards/pci-dss/v/3.2.1'],
    [{ GeneratorId: 'nist-800-53/v/5.0.0/KMS.4' }, 'KMS.4', 'standards/nist-800-53/v/5.0.0'],
    [
      {
        GeneratorId: 'odd',
        ProductFields: {
          StandardsControlArn: 'arn:aws:securityhub:eu-west-1:1:control/cis-aws-foundations-benchmark/v/1.2.0/4.3',
        },
      },
      'EC2.2',
      'ruleset/cis-aws-foundations-benchmark/v/1.2.0',
    ],
    [{ GeneratorId: 'pci-dss/v/3.2.1/PCI.New.9' }, 'pci-dss/v/3.2.1/PCI.New.9', undefined],
    [
      { GeneratorId: 'cis-aws-foundations-benchmark/v/1.2.0/9.9' },
      'cis-aws-foundations-benchmark/v/1.2.0/9.9',
      undefined,
    ],
  ])('%j is %s', (changes, control, member) => {
    const found = statement({ Compliance: { Status: 'FAILED' }, ...changes })
    expect([found.identity.control, found.member]).toEqual([control, member])
  })

  test("another product's generator is taken as it is", () => {
    const ProductArn = 'arn:aws:securityhub:eu-west-1::product/acme/guard'
    const GeneratorId = 'pci-dss/v/3.2.1/PCI.IAM.1'
    expect(statement({ ProductArn, GeneratorId, Compliance: {} }).identity.control).toBe(GeneratorId)
  })
})

describe('what was taken back', () => {
  const gone = { Compliance: { Status: 'NOT_AVAILABLE' }, RecordState: 'ARCHIVED' }
  const account = [{ Id: 'AWS::::Account:111122223333' }]

  test.each([
    ['its resource was deleted', gone, true],
    ['it still stands', { ...gone, RecordState: 'ACTIVE' }, undefined],
    ['it has a result', { ...gone, Compliance: { Status: 'FAILED' } }, undefined],
    ['it is about the account', { ...gone, Resources: account }, undefined],
    [
      'the check could not be done',
      { ...gone, Compliance: { Status: 'NOT_AVAILABLE', StatusReasons: [{ ReasonCode: 'CONFIG_ACCESS_DENIED' }] } },
      undefined,
    ],
  ])('%s', (_, changes, deleted) => {
    expect(statement(changes).deleted).toBe(deleted)
  })
})

describe('what we wrote ourselves', () => {
  test('a finding that we exported says nothing', () => {
    const ProductArn = 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default'
    const Id = `posture-stream.${'0'.repeat(32)}`
    expect(mapAsff({ ...securityHub, Id, ProductArn }, options)).toEqual({ outcome: 'own' })
  })

  test('our fields, our note and our workflow on a finding of others are not theirs', () => {
    const marked = {
      Workflow: { Status: 'SUPPRESSED' },
      Note: { Text: 'posture-stream: P1', UpdatedBy: 'posture-stream' },
      UserDefinedFields: { 'posture-stream-priority': 'P1', 'posture-stream-workflow': 'SUPPRESSED' },
    }
    const found = statement(marked)
    expect([found.mute, found.workflow, found.unmapped]).toEqual([undefined, undefined, undefined])
  })

  test('a workflow that somebody changed after us is theirs', () => {
    const UserDefinedFields = { 'posture-stream-workflow': 'SUPPRESSED' }
    expect(statement({ UserDefinedFields }).mute).toEqual({ muted: false, at: REPORTED })
  })
})

describe('what is large, odd or no finding at all', () => {
  test('33 resources and 240 KB are taken whole', () => {
    const Resources = Array.from({ length: 33 }, (_, at) => ({
      Id: `arn:aws:s3:::bkt-${at}`,
      Details: { Other: { text: 'x'.repeat(7000) } },
    }))
    const found = statement({ Resources })
    expect(found.resources).toHaveLength(33)
    expect(JSON.stringify(found).length).toBeGreaterThan(225_000)
  })

  test('null among resources, types, requirements, standards, reasons and vulnerabilities is passed over', () => {
    const found = statement({
      Resources: [null, ...securityHub.Resources, null],
      Types: [null, 'Tags/x/', '//', 'Tags//y'],
      Compliance: { Status: 'FAILED', RelatedRequirements: [null], AssociatedStandards: [null], StatusReasons: [null] },
      Vulnerabilities: [null],
    })
    expect(found.resources).toHaveLength(2)
    expect(found.description.types).toEqual(['Tags/x', 'Tags/y'])
    expect(found).toMatchObject({ kind: 'compliance', description: { standards: [] } })
  })

  test.each(['constructor', '__proto__', 'toString', 'valueOf'])('the word %s is no word of ours', (word) => {
    const found = statement({
      Severity: { Label: word },
      Compliance: { Status: word },
      Workflow: { Status: word },
      RecordState: word,
      ProductArn: `arn:aws:securityhub:eu-west-1::product/aws/${word}`,
    })
    expect(found).toMatchObject({ description: { severity: 'unknown' }, verdict: { value: 'none' } })
    expect(found.identity.product).toMatch(/^[a-z-]+$/)
    expect([found.workflow, found.archived]).toEqual([undefined, undefined])
  })

  test('a lone surrogate is mended and flagged', () => {
    const found = statement({ Title: 'half \uD83D' })
    expect(found).toMatchObject({ description: { title: 'half \uFFFD' }, flags: ['lone_surrogate_repaired'] })
  })

  test.each([
    ['2026-03-29T02:30:00', '2026-03-29T02:30:00.000Z', ['time_assumed_utc']],
    ['2026-03-29 02:30:00 UTC', '2026-03-29T02:30:00.000Z', []],
    ['Jun 03 2026 11:18:08', '2026-06-03T11:18:08.000Z', ['time_assumed_utc']],
    ['2026-06-02T23:59:48.1234567Z', '2026-06-02T23:59:48.123Z', []],
    [1_764_076_800, '2025-11-25T13:20:00.000Z', ['time_unit_repaired']],
    [1_764_076_800_000, '2025-11-25T13:20:00.000Z', []],
    ['1764076800000', '2025-11-25T13:20:00.000Z', ['numeric_string_repaired']],
    ['2026-11-28T12:01:00Z', '2026-11-28T12:01:00.000Z', []],
  ])('the date %j is %s', (UpdatedAt, at, flags) => {
    expect(statement({ UpdatedAt })).toMatchObject({ verdict: { at: Date.parse(at) }, flags })
  })

  test.each([
    ['<html><body>502</body></html>', 'RECORD_NOT_AN_OBJECT'],
    ['', 'RECORD_NOT_AN_OBJECT'],
    [null, 'RECORD_NOT_AN_OBJECT'],
    [[securityHub], 'RECORD_NOT_AN_OBJECT'],
    [{}, 'RECORD_WITHOUT_TIME'],
    [{ ...securityHub, Deep: nested(600) }, 'RECORD_TOO_DEEP'],
    [{ ...securityHub, Resources: [null, {}, []] }, 'RECORD_INCOMPLETE'],
  ])('%j is set aside', (record, code) => {
    expect(mapAsff(record, options)).toMatchObject({ outcome: 'rejected', error: { code } })
  })
})

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

test('ASFF is known by the three fields that every finding has', () => {
  expect([securityHub, { GeneratorId: 'x' }, {}].map(isAsff)).toEqual([true, false, false])
})
