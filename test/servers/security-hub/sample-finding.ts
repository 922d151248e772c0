import { SecurityHubClient, type AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import type { SecurityHubServer } from './security-hub-server.ts'

export const ACCOUNT = '111122223333'
export const REGION = 'eu-west-1'

/** A finding of one's own product that Security Hub takes, changed by `change`; a key with undefined is left out. */
export function sampleFinding(change: object = {}, { account = ACCOUNT, region = REGION } = {}): AwsSecurityFinding {
  const finding = {
    SchemaVersion: '2018-10-08',
    Id: 'posture-stream/sample',
    ProductArn: `arn:aws:securityhub:${region}:${account}:product/${account}/default`,
    GeneratorId: 'posture-stream/s3-public',
    AwsAccountId: account,
    CreatedAt: '2026-11-25T10:00:00.000Z',
    UpdatedAt: '2026-11-25T10:00:00.000Z',
    Title: 'A bucket is public',
    Description: 'Everybody can read it.',
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::example-bucket', Partition: 'aws', Region: region }],
    FindingProviderFields: {
      Severity: { Label: 'HIGH', Original: '8.1' },
      Types: ['Software and Configuration Checks/Posture/S3'],
    },
    Compliance: { Status: 'FAILED' },
    RecordState: 'ACTIVE',
    ...change,
  }
  return JSON.parse(JSON.stringify(finding)) as AwsSecurityFinding
}

/** The real SDK, once for each request, as `account` in `region`. */
export function clientOf(server: SecurityHubServer, { account = ACCOUNT, region = REGION } = {}): SecurityHubClient {
  return new SecurityHubClient({
    endpoint: server.url,
    region,
    credentials: server.credentials(account),
    maxAttempts: 1,
  })
}
