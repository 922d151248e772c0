import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../../core/errors.ts'
import { asffProblems } from '../../../test/servers/security-hub/limits.ts'
import { sampleFinding } from '../../sample-findings.ts'
import type { PostureFinding } from '../../sink.ts'
import { Dice, randomFinding } from '../sample-events.ts'
import { toAsff } from './finding.ts'

const PLACE = { account: '111122223333', region: 'eu-west-1' }

const made = (event: object = {}, finding: PostureFinding = sampleFinding('v1:0a')) => {
  const { asff } = toAsff({ ...finding, event: { ...finding.event, ...event } }, PLACE)
  expect(asffProblems(asff, PLACE)).toEqual([])
  return asff
}

test('a compliance finding becomes ASFF with everything in its place', () => {
  const event = {
    message: 'The bucket example-bucket allows public read.',
    finding_info: {
      uid: 'prowler-1',
      title: 'S3 buckets should block public read',
      desc: 'Public buckets are read by everyone.',
      src_url: 'https://example.com/finding/1',
      created_time: Date.UTC(2025, 10, 20),
      first_seen_time: Date.UTC(2025, 10, 20),
      last_seen_time: Date.UTC(2025, 10, 24),
    },
    compliance: { control: 's3_public', status_id: 3, standards: ['CIS-3.0'], requirements: ['CIS-3.0 2.1.4'] },
    remediation: { desc: 'Block public access.', references: ['https://example.com/s3'] },
    vendor_attributes: { severity: 'high' },
    assignee_group: { name: 'payments' },
    enrichments: [
      {
        type: 'priority',
        data: {
          score: 71,
          reasons: [
            { id: 'cell', text: 'Public.' },
            { id: 'floor-public-data', text: 'Sensitive.' },
          ],
          due: Date.UTC(2025, 10, 28, 12),
        },
      },
    ],
    resources: [
      {
        uid: 'arn:aws:s3:::example-bucket',
        name: 'example-bucket',
        type: 'AwsS3Bucket',
        region: 'eu-west-1',
        cloud_partition: 'aws',
        tags: [
          { name: 'env', value: 'prod' },
          { name: 'aws:reserved', value: 'x' },
          { name: 'empty', value: '' },
        ],
      },
    ],
    metadata: {
      event_code: 's3_public',
      modified_time: Date.UTC(2025, 10, 25, 12),
      product: { name: 'Prowler', uid: 'prowler' },
    },
  }
  expect(made(event, sampleFinding('v1:0a', 7, { priority: 'P1' }))).toEqual({
    SchemaVersion: '2018-10-08',
    Id: 'posture-stream.0a',
    ProductArn: 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default',
    ProductName: 'posture-stream',
    CompanyName: 'posture-stream',
    GeneratorId: 'posture-stream/s3_public',
    AwsAccountId: '111122223333',
    CreatedAt: '2025-11-20T00:00:00.000Z',
    UpdatedAt: '2025-11-25T12:00:00.000Z',
    FirstObservedAt: '2025-11-20T00:00:00.000Z',
    LastObservedAt: '2025-11-24T00:00:00.000Z',
    Title: 'S3 buckets should block public read',
    Description: 'The bucket example-bucket allows public read.\n\nPublic buckets are read by everyone.',
    Remediation: { Recommendation: { Text: 'Block public access.', Url: 'https://example.com/s3' } },
    SourceUrl: 'https://example.com/finding/1',
    ProductFields: {
      'posture-stream/finding-key': 'v1:0a',
      'posture-stream/revision': '7',
      'posture-stream/state': 'open',
      'posture-stream/priority': 'P1',
      'posture-stream/score': '71',
      'posture-stream/reasons': 'Public.\nSensitive.',
      'posture-stream/due': '2025-11-28T12:00:00.000Z',
      'posture-stream/owner': 'payments',
      'posture-stream/control': 's3_public',
      'posture-stream/source': 'Prowler',
      'posture-stream/source-id': 'prowler-1',
      'posture-stream/tenant': 'acme',
      'posture-stream/provider': 'AWS',
    },
    Resources: [
      {
        Type: 'AwsS3Bucket',
        Id: 'arn:aws:s3:::example-bucket',
        Partition: 'aws',
        Region: 'eu-west-1',
        Tags: { env: 'prod' },
        Details: { Other: { name: 'example-bucket' } },
      },
    ],
    Compliance: {
      Status: 'FAILED',
      RelatedRequirements: ['CIS-3.0 2.1.4'],
      AssociatedStandards: [{ StandardsId: 'CIS-3.0' }],
    },
    RecordState: 'ACTIVE',
    FindingProviderFields: {
      Severity: { Label: 'HIGH', Original: 'high' },
      Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    },
  })
})

describe('texts', () => {
  test.each([
    ['the title', (text: string) => ({ finding_info: { title: text } }), 'Title', 256],
    ['the description', (text: string) => ({ message: text, finding_info: {} }), 'Description', 1024],
  ] as const)('%s is cut at its limit, never inside of a character', (_, event, name, limit) => {
    const whole = '\u{1F511}'.repeat(limit / 2)
    expect(made(event(whole))[name]).toBe(whole)
    const cut = made(event(`a${'\u{1F511}'.repeat(limit)}`))[name]!
    expect(cut.length).toBeLessThanOrEqual(limit)
    expect(cut).toMatch(/^a(\u{1F511})+…$/u)
  })

  test.each(['', '   ', '\n', '\u0000'])('a remediation of %j is left out, and a long one is cut', (desc) => {
    expect(made({ remediation: { desc } }).Remediation).toBeUndefined()
    expect(made({ remediation: { desc: 'x'.repeat(900) } }).Remediation!.Recommendation!.Text).toHaveLength(512)
  })

  test('an address that is none is left out', () => {
    const remediation = { desc: 'Do.', references: ['javascript:alert(1)', 'https://example.com/b'] }
    expect(made({ remediation }).Remediation!.Recommendation!.Url).toBe('https://example.com/b')
    expect(made({ finding_info: { src_url: 'javascript:alert(1)' } }).SourceUrl).toBeUndefined()
  })

  test('lone surrogates and control characters never leave', () => {
    expect(made({ finding_info: { title: 'a\ud83db\u0000c' } }).Title).toBe('a\ufffdb c')
  })
})

describe('what Security Hub counts', () => {
  test('of 40 resources the first 32 go, the subject first, and the rest is told', () => {
    const resources = Array.from({ length: 40 }, (_, index) => ({ uid: `arn:${index}` }))
    const finding = made({ resources })
    expect(finding.Resources).toHaveLength(32)
    expect(finding.Resources![0]!.Id).toBe('arn:0')
    expect(finding.ProductFields!['posture-stream/resources-left-out']).toBe('8')
  })

  test('two ids that are too long stay two', () => {
    const long = 'arn:'.padEnd(600, 'x')
    const [first, second] = made({ resources: [{ uid: `${long}1` }, { uid: `${long}2` }] }).Resources!
    expect(first!.Id).toHaveLength(512)
    expect(second!.Id).toHaveLength(512)
    expect(first!.Id).not.toBe(second!.Id)
  })

  test('types with a slash at their end are mended, others than those of the taxonomy left out', () => {
    const types = ['TTPs/Initial Access/', 'Tags/x', 'TTPs/Initial Access', 'Effects//x']
    expect(made({ finding_info: { types } }).FindingProviderFields!.Types).toEqual(['TTPs/Initial Access'])
  })

  test.each([
    ['vulnerability', 'Software and Configuration Checks/Vulnerabilities/CVE'],
    ['detection', 'TTPs'],
    ['data_security', 'Sensitive Data Identifications'],
    ['anything', 'Software and Configuration Checks'],
  ])('a finding of the kind %s without types is one of %s', (kind, type) => {
    expect(made({ unmapped: { kind } }).FindingProviderFields!.Types).toEqual([type])
  })

  test.each([
    [0, 'MEDIUM'],
    [1, 'INFORMATIONAL'],
    [5, 'CRITICAL'],
    [99, 'MEDIUM'],
  ])('the severity %i is %s', (severity_id, label) => {
    expect(made({ severity_id }).FindingProviderFields!.Severity!.Label).toBe(label)
  })

  test.each([
    [1, 'PASSED'],
    [2, 'WARNING'],
    [3, 'FAILED'],
    [0, 'NOT_AVAILABLE'],
    [99, 'NOT_AVAILABLE'],
  ])('the result %i is %s', (status_id, status) => {
    expect(made({ compliance: { status_id } }).Compliance!.Status).toBe(status)
  })
})

describe('times', () => {
  test('updated rises with the revision, and created stays', () => {
    const [first, second] = [1, 2].map((revision) => made({}, sampleFinding('v1:0a', revision)))
    expect(Date.parse(second!.UpdatedAt!)).toBeGreaterThan(Date.parse(first!.UpdatedAt!))
    expect(second!.CreatedAt).toBe(first!.CreatedAt)
  })

  test('created is never after updated', () => {
    const { CreatedAt, UpdatedAt } = made({ finding_info: { created_time: Date.UTC(2099) } })
    expect(CreatedAt).toBe(UpdatedAt)
  })
})

test.each([
  ['cn-north-1', 'arn:aws-cn:securityhub:cn-north-1:111122223333:product/111122223333/default'],
  ['us-gov-west-1', 'arn:aws-us-gov:securityhub:us-gov-west-1:111122223333:product/111122223333/default'],
])('the product of %s is of its own partition', (region, arn) => {
  expect(toAsff(sampleFinding('v1:0a'), { ...PLACE, region }).asff.ProductArn).toBe(arn)
})

test.each([
  [
    { epss: { score: '0.00042' }, cvss: [{ version: '3.1', base_score: 9.8, vector_string: 'CVSS:3.1/AV:N' }] },
    true,
    {
      EpssScore: 0.00042,
      Cvss: [{ Version: '3.1', BaseScore: 9.8, BaseVector: 'CVSS:3.1/AV:N' }],
      ExploitAvailable: 'YES',
    },
  ],
  [{ epss: { score: 'unknown' }, cvss: [] }, false, { ExploitAvailable: 'NO' }],
  [{}, undefined, {}],
])('a vulnerability with the scores %j says what is known of its exploitation', (scores, exploited, expected) => {
  const cve = { uid: 'CVE-2024-3094', ...scores }
  const { Vulnerabilities } = made({ vulnerabilities: [{ cve, is_exploit_available: exploited }] })
  expect(Vulnerabilities).toEqual([{ Id: 'CVE-2024-3094', ...expected }])
})

describe('what is too large', () => {
  const references = Array.from({ length: 20 }, (_, index) => `https://example.com/${'x'.repeat(200)}/${index}`)
  const tags = Array.from({ length: 50 }, (_, index) => ({ name: `name-${index}`, value: '漢'.repeat(250) }))
  const resources = (count: number) => Array.from({ length: count }, (_, index) => ({ uid: `arn:${index}`, tags }))
  const vulnerabilities = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ cve: { uid: `CVE-2025-${index}` }, references }))

  test('loses the least missed first, and says what', () => {
    const finding = made({ vulnerabilities: vulnerabilities(100) })
    expect(finding.Vulnerabilities).toHaveLength(100)
    expect(finding.Vulnerabilities![0]).not.toHaveProperty('ReferenceUrls')
    expect(finding.ProductFields!['posture-stream/left-out']).toBe('vulnerability references')
  })

  test('keeps the tags of the subject before those of others', () => {
    const finding = made({ resources: resources(32) })
    expect(Object.keys(finding.Resources![0]!.Tags!)).toHaveLength(50)
    expect(finding.Resources![1]).not.toHaveProperty('Tags')
    expect(finding.Resources).toHaveLength(32)
    expect(finding.ProductFields!['posture-stream/left-out']).toBe('tags and details of other resources')
  })

  test('is made the same whenever it is made', () => {
    const event = { resources: resources(32), vulnerabilities: vulnerabilities(300) }
    expect(made(event)).toEqual(made(event))
  })
})

describe('any finding', () => {
  test.each([0, 1, 5, 50])('with %i changes at random is within every limit', (changes) => {
    const dice = new Dice(changes + 1)
    for (let count = 0; count < 300; count += 1) {
      const finding = randomFinding(dice, changes)
      try {
        const { asff, bytes } = toAsff(finding, PLACE)
        expect(asffProblems(asff, PLACE)).toEqual([])
        expect(bytes).toBe(Buffer.byteLength(JSON.stringify(asff)))
      } catch (error) {
        // Only what has no time any more cannot be sent.
        expect(error).toBeInstanceOf(PermanentError)
        expect((error as PermanentError).code).toBe('SECURITY_HUB_FINDING_INCOMPLETE')
        expect(changes).toBeGreaterThan(0)
      }
    }
  })
})
