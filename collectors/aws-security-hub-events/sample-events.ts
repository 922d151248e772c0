/** A finding of Security Hub CSPM in ASFF, one for each number. */
export function sampleFinding(number: number, changes: object = {}): Readonly<Record<string, unknown>> {
  const account = '111122223333'
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:eu-west-1:${account}:security-control/S3.2/finding/${number}`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: 'eu-west-1',
    GeneratorId: 'security-control/S3.2',
    AwsAccountId: account,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    CreatedAt: '2026-11-24T16:00:00.000Z',
    UpdatedAt: '2026-11-25T12:00:00.000Z',
    Severity: { Label: 'HIGH', Normalized: 70, Original: 'HIGH' },
    Title: 'S3 buckets should block public read',
    Description: 'Whether the bucket can be read by anybody.',
    Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::bucket-${number}`, Partition: 'aws', Region: 'eu-west-1' }],
    Compliance: { Status: 'FAILED', SecurityControlId: 'S3.2' },
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    ...changes,
  }
}

/** What EventBridge makes of findings. */
export function sampleEvent(findings: unknown, changes: object = {}): Readonly<Record<string, unknown>> {
  return {
    version: '0',
    id: 'e2a1c9d4-0000-4000-8000-000000000001',
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: '111122223333',
    time: '2026-11-25T12:00:05Z',
    region: 'eu-west-1',
    resources: [],
    detail: { findings },
    ...changes,
  }
}

/** What SNS makes of a text. */
export function sampleNotification(Message: string, changes: object = {}): Readonly<Record<string, unknown>> {
  return {
    Type: 'Notification',
    MessageId: '22b80b92-0000-4000-8000-000000000002',
    TopicArn: 'arn:aws:sns:eu-west-1:111122223333:findings',
    Message,
    Timestamp: '2026-11-25T12:00:06.000Z',
    ...changes,
  }
}
