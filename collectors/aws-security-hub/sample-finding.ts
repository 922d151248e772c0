export const ACCOUNT = '111122223333'
export const HOME = 'eu-west-1'
/** When the sample findings begin to be updated, a minute apart. */
export const FIRST_UPDATE = Date.UTC(2026, 10, 20)
const MINUTE_MS = 60_000

/** One of Security Hub's own findings, about a bucket of its own; updated later the higher the number. */
export function sampleFinding(n: number, { account = ACCOUNT, region = HOME, at = FIRST_UPDATE + n * MINUTE_MS } = {}) {
  const time = new Date(at).toISOString()
  const status = n % 5 === 4 ? 'PASSED' : 'FAILED'
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:${region}:${account}:security-control/S3.2/finding/${n}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: region,
    GeneratorId: 'security-control/S3.2',
    AwsAccountId: account,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    FirstObservedAt: '2026-10-01T00:00:00.000Z',
    LastObservedAt: time,
    CreatedAt: '2026-10-01T00:00:00.000Z',
    UpdatedAt: time,
    Severity: { Label: 'HIGH', Normalized: 70, Original: 'HIGH' },
    Title: 'S3 general purpose buckets should block public read access',
    Description: 'This control checks whether a bucket permits public read access.',
    Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::bucket-${n}`, Partition: 'aws', Region: region }],
    Compliance: {
      Status: status,
      SecurityControlId: 'S3.2',
      AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }],
    },
    Workflow: { Status: 'NEW' },
    WorkflowState: 'NEW',
    RecordState: 'ACTIVE',
    FindingProviderFields: { Severity: { Label: 'HIGH', Original: 'HIGH' } },
  }
}

/** Findings of the given numbers. */
export function sampleFindings(count: number, place: { account?: string; region?: string } = {}) {
  return Array.from({ length: count }, (_, n) => sampleFinding(n, place))
}
