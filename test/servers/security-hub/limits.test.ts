import { BatchImportFindingsCommand, type AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import { describe, expect, onTestFinished, test } from 'vitest'
import { asffProblems } from './limits.ts'
import { ACCOUNT, clientOf, REGION, sampleFinding } from './sample-finding.ts'
import { SecurityHubServer } from './security-hub-server.ts'

const caller = { account: ACCOUNT, region: REGION }
const text = (length: number) => 'x'.repeat(length)
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, 'value']))
const resource = { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::b' }
const related = { Id: 'a', ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty' }
const types = (Types: unknown) => ({ FindingProviderFields: { Severity: { Label: 'LOW' }, Types } })
const note = (change: object) => ({
  Note: { Text: 'n', UpdatedBy: 'me', UpdatedAt: '2026-11-25T10:00:00Z', ...change },
})
const advice = (Recommendation: object) => ({ Remediation: { Recommendation } })
const onResource = (change: object) => ({ Resources: [{ ...resource, ...change }] })
const TYPE = 'Software and Configuration Checks'
const link = (length: number) => `https://${text(length - 8)}`

/** What is just good, and what is just not, for every limit. */
const limits: readonly (readonly [what: string, good: object, bad: object, says: string])[] = [
  ['Id length', { Id: text(512) }, { Id: text(513) }, 'data.Id should NOT be longer than 512'],
  ['Id characters', { Id: 'a-b.c_d~e/1' }, { Id: 'a b' }, 'data.Id should match pattern'],
  ['Id of a custom product', { Id: 'arn/1' }, { Id: 'arn:1' }, 'should NOT start with "arn:"'],
  ['GeneratorId', { GeneratorId: text(512) }, { GeneratorId: text(513) }, 'longer than 512'],
  ['Title', { Title: text(256) }, { Title: text(257) }, 'data.Title should NOT be longer than 256'],
  ['no Title', { Title: 'x' }, { Title: '' }, 'data.Title should NOT be shorter than 1'],
  ['blank Title', { Title: ' x' }, { Title: ' \n ' }, 'data.Title should match pattern'],
  ['Description', { Description: text(1024) }, { Description: text(1025) }, 'longer than 1024'],
  ['SchemaVersion', {}, { SchemaVersion: '2019-01-01' }, 'one of the allowed values'],
  ['AwsAccountId', {}, { AwsAccountId: '1234' }, 'data.AwsAccountId should match pattern'],
  ['ProductArn', {}, { ProductArn: 'arn:aws:securityhub:x' }, 'data.ProductArn should match'],
  ['Region', {}, { Region: REGION }, 'data.Region is set by Security Hub'],
  ['a key that there is not', {}, { Colour: 'red' }, 'no such property'],
  ['null', {}, { SourceUrl: null }, 'data.SourceUrl should NOT be null'],
  ['ProductName', { ProductName: text(128) }, { ProductName: text(129) }, 'longer than 128'],
  ['CompanyName', { CompanyName: text(128) }, { CompanyName: text(129) }, 'longer than 128'],
  ['SourceUrl', { SourceUrl: link(2048) }, { SourceUrl: link(2049) }, 'longer than 2048'],
  ['SourceUrl scheme', { SourceUrl: 'http://x' }, { SourceUrl: 'x' }, 'data.SourceUrl should match'],
  ['Remediation text', advice({ Text: text(512) }), advice({ Text: text(513) }), 'longer than 512'],
  ['no Remediation text', advice({ Text: 'x' }), advice({ Text: '' }), 'shorter than 1'],
  ['empty Recommendation', advice({ Url: link(99) }), advice({}), 'should have Text or Url'],
  ['Remediation Url', advice({ Url: link(2048) }), advice({ Url: link(2049) }), 'longer than 2048'],
  ['Types', types(times(50, TYPE)), types(times(51, TYPE)), 'more than 50 items'],
  ['Types depth', types([`${TYPE}/a/b`]), types([`${TYPE}/a/b/c`]), 'Types[0] should match'],
  ['Types slash', types([`${TYPE}/a`]), types([`${TYPE}/`]), 'Types[0] should match pattern'],
  ['Types namespace', types(['TTPs']), types(['Tags/x']), 'one of the namespaces'],
  ['ProductFields', { ProductFields: pairs(50) }, { ProductFields: pairs(51) }, 'more than 50'],
  [
    'ProductFields key',
    { ProductFields: { [text(128)]: 'v' } },
    { ProductFields: { [text(129)]: 'v' } },
    'longer than 128',
  ],
  [
    'ProductFields value',
    { ProductFields: { k: text(2048) } },
    { ProductFields: { k: text(2049) } },
    'longer than 2048',
  ],
  [
    'ProductFields of AWS',
    { ProductFields: { 'aw/s': 'v' } },
    { ProductFields: { 'aws/x': 'v' } },
    'should match pattern',
  ],
  [
    'ProductFields characters',
    { ProductFields: { 'a B_./=+\\-@': 'v' } },
    { ProductFields: { 'a:b': 'v' } },
    'should match pattern',
  ],
  ['ProductFields number', {}, { ProductFields: { k: 1 } }, "ProductFields['k'] should be string"],
  ['UserDefinedFields', { UserDefinedFields: pairs(50) }, { UserDefinedFields: pairs(51) }, 'more than 50'],
  [
    'UserDefinedFields key',
    { UserDefinedFields: { 'aZ1-_=+@./:': 'v' } },
    { UserDefinedFields: { 'a b': 'v' } },
    'should match pattern',
  ],
  [
    'UserDefinedFields value',
    { UserDefinedFields: { k: text(1024) } },
    { UserDefinedFields: { k: text(1025) } },
    'longer than 1024',
  ],
  ['Note', note({ Text: text(512) }), note({ Text: text(513) }), 'data.Note.Text should NOT be longer'],
  ['Note UpdatedBy', note({ UpdatedBy: text(512) }), note({ UpdatedBy: text(513) }), 'longer than 512'],
  ['Note time', note({}), note({ UpdatedAt: undefined }), "required property 'UpdatedAt'"],
  ['Resources', { Resources: times(32, resource) }, { Resources: times(33, resource) }, 'more than 32'],
  ['no Resources', {}, { Resources: [] }, 'data.Resources should NOT have fewer than 1 items'],
  ['a resource that is null', {}, { Resources: [null] }, 'data.Resources[0] should NOT be null'],
  ['Resource Id', onResource({ Id: text(512) }), onResource({ Id: text(513) }), 'longer than 512'],
  ['Resource Type', onResource({ Type: text(256) }), onResource({ Type: text(257) }), 'longer than 256'],
  ['Resource Region', onResource({ Region: text(16) }), onResource({ Region: text(17) }), 'longer than 16'],
  ['Resource Partition', onResource({ Partition: 'aws-cn' }), onResource({ Partition: 'azure' }), 'allowed values'],
  ['Tags', onResource({ Tags: pairs(50) }), onResource({ Tags: pairs(51) }), 'more than 50'],
  ['Tag value', onResource({ Tags: { a: text(256) } }), onResource({ Tags: { a: text(257) } }), 'longer than 256'],
  ['empty Tag', onResource({ Tags: { a: 'Ünïcode 1' } }), onResource({ Tags: { a: '' } }), 'shorter than 1'],
  [
    'Other details',
    onResource({ Details: { Other: { a: text(1024) } } }),
    onResource({ Details: { Other: { a: text(1025) } } }),
    'longer than 1024',
  ],
  [
    'empty detail',
    onResource({ Details: { AwsS3Bucket: { Name: 'b' } } }),
    onResource({ Details: { AwsS3Bucket: { Name: '' } } }),
    'Details.AwsS3Bucket.Name should match',
  ],
  ['RelatedFindings', { RelatedFindings: times(10, related) }, { RelatedFindings: times(11, related) }, 'more than 10'],
  [
    'RelatedRequirements',
    { Compliance: { RelatedRequirements: times(32, 'r') } },
    { Compliance: { RelatedRequirements: times(33, 'r') } },
    'more than 32',
  ],
  ['Compliance status', { Compliance: {} }, { Compliance: { Status: 'OK' } }, 'allowed values'],
  ['Severity label', {}, { Severity: { Label: 'SEVERE' } }, 'Severity.Label should be equal to one'],
  ['empty Severity', { Severity: { Normalized: 1 } }, { Severity: {} }, "required property 'Label'"],
  [
    'Severity original',
    { Severity: { Label: 'LOW', Original: text(64) } },
    { Severity: { Label: 'LOW', Original: text(65) } },
    'longer than 64',
  ],
  ['Confidence', { Confidence: 100 }, { Confidence: 101 }, 'between 0 and 100'],
  ['Criticality', { Criticality: 0 }, { Criticality: 0.5 }, 'data.Criticality should be integer'],
  ['RecordState', { RecordState: 'ARCHIVED' }, { RecordState: 'CLOSED' }, 'allowed values'],
  ['Workflow', { Workflow: { Status: 'NOTIFIED' } }, { Workflow: { Status: 'OPEN' } }, 'allowed values'],
  ['VerificationState', { VerificationState: 'UNKNOWN' }, { VerificationState: 'MAYBE' }, 'allowed values'],
  [
    'a time without a zone',
    { UpdatedAt: '2026-11-25T10:00:00+0100' },
    { UpdatedAt: '2026-11-25T10:00:00' },
    'data.UpdatedAt should match',
  ],
  [
    'a time with a space',
    { LastObservedAt: '2026-11-25T10:00:00.123456789Z' },
    { LastObservedAt: '2026-11-25 10:00:00Z' },
    'should match pattern',
  ],
  [
    'a day that there is not',
    { FirstObservedAt: '2028-02-29T00:00:00Z' },
    { FirstObservedAt: '2026-11-39T00:00:00Z' },
    'a date that there is',
  ],
  ['Malware', { Malware: times(5, { Name: 'm' }) }, { Malware: times(6, { Name: 'm' }) }, 'more than 5'],
]

describe('a finding just within a limit is taken, one just beyond is not', () => {
  test.for(limits)('%s', ([, good, bad, says]) => {
    expect(asffProblems(sampleFinding(good), caller)).toEqual([])
    expect(asffProblems({ ...sampleFinding(), ...bad }, caller).join(', ')).toContain(says)
  })

  test('240 KB, whatever they are made of', () => {
    const Vulnerabilities = [{ Id: text(200_000) }]
    const rest = 240_000 - JSON.stringify(sampleFinding({ Vulnerabilities })).length
    expect(asffProblems(sampleFinding({ Vulnerabilities: [{ Id: text(200_000 + rest) }] }))).toEqual([])
    const [problem, ...others] = asffProblems(sampleFinding({ Vulnerabilities: [{ Id: text(200_001 + rest) }] }))
    expect([problem, others]).toEqual(['data should NOT be larger than 240 KB (is 240001 bytes)', []])
  })
})

test('everything that is required is asked for, and no nonsense throws', () => {
  expect(asffProblems({})).toHaveLength(12)
  for (const nonsense of [null, undefined, 1, 'x', [], { Resources: 1 }, { Severity: [], Types: {}, Note: 1 }])
    expect(asffProblems(nonsense)).not.toEqual([])
})

test('Severity and Types may stand at the top, or in FindingProviderFields', () => {
  const none = { FindingProviderFields: undefined }
  expect(asffProblems(sampleFinding({ ...none, Severity: { Label: 'LOW' }, Types: ['TTPs'] }))).toEqual([])
  expect(asffProblems(sampleFinding(none))).toEqual([
    "data should have required property 'Severity'",
    "data should have required property 'Types'",
  ])
})

test('nobody sends for another account, region or product', () => {
  const other = sampleFinding({}, { account: '444455556666' })
  expect(asffProblems(other, caller).join()).toContain('data.AwsAccountId should be that of the caller')
  expect(asffProblems(sampleFinding({}, { region: 'us-east-1' }), caller)).toEqual([
    `data.ProductArn should be the caller's own, arn:aws:securityhub:${REGION}:${ACCOUNT}:product/${ACCOUNT}/default`,
  ])
  expect(asffProblems(other, { ...caller, partnerProducts: [other.ProductArn!] })).toEqual([])
})

describe('a batch', () => {
  async function importAll(findings: AwsSecurityFinding[]) {
    const server = await SecurityHubServer.start()
    onTestFinished(() => server.stop())
    const answer = await clientOf(server).send(new BatchImportFindingsCommand({ Findings: findings }))
    return { server, answer }
  }
  const many = (count: number, change: object = {}) =>
    Array.from({ length: count }, (_, n) => sampleFinding({ Id: `f${n}`, ...change }))

  test('of 1 to 100 findings is taken', async () => {
    const { server, answer } = await importAll(many(100))
    expect(answer).toMatchObject({ SuccessCount: 100, FailedCount: 0, FailedFindings: [] })
    expect(server.findings()).toHaveLength(100)
    for (const count of [0, 101])
      await expect(importAll(many(count))).rejects.toMatchObject({ name: 'InvalidInputException' })
  })

  test('fails finding by finding, with the reason for each', async () => {
    const { server, answer } = await importAll([...many(2), sampleFinding({ Id: 'bad', Title: text(257) })])
    expect(answer).toMatchObject({ SuccessCount: 2, FailedCount: 1 })
    expect(answer.FailedFindings).toEqual([
      {
        Id: 'bad',
        ErrorCode: 'InvalidInput',
        ErrorMessage:
          'Finding does not adhere to Amazon Finding Format. data.Title should NOT be longer than 256 characters.',
      },
    ])
    expect(server.findings()).toHaveLength(2)
  })

  test('of more than 6 MB is refused whole', async () => {
    const large = { Vulnerabilities: [{ Id: text(230_000) }] }
    await expect(importAll(many(27, large))).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } })
    expect((await importAll(many(25, large))).answer.SuccessCount).toBe(25)
  })
})
