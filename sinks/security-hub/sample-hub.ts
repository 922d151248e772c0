import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import { onTestFinished, vi } from 'vitest'
import { unwatched } from '../../core/condition.ts'
import { OWN_KEY_FIELD, OWN_PREFIX, OWN_USER_FIELD_PREFIX } from '../../schemas/security-hub-marks.ts'
import { SecurityHubServer } from '../../test/servers/security-hub/security-hub-server.ts'
import type { SecurityHubOptions } from '../../test/servers/security-hub/options.ts'
import { deliver as deliverAll } from '../deliver.ts'
import { SinkHealth } from '../health.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding, Sink } from '../sink.ts'
import type { SecurityHubConfig } from './config.ts'
import { securityHub } from './security-hub.ts'

export const ACCOUNT = '111122223333'
export const OTHER_ACCOUNT = '444455556666'
export const REGION = 'eu-west-1'
export const CONTROL_PRODUCT = `arn:aws:securityhub:${REGION}::product/aws/securityhub`
/** The stand-in's clock goes so many times faster than AWS's, and so do we. */
const FASTER = 100

/** A Security Hub of its own; it ends with the test that calls this. */
export async function newHub(options: SecurityHubOptions = {}): Promise<SecurityHubServer> {
  const server = await SecurityHubServer.start({ rateFactor: FASTER, ...options })
  onTestFinished(() => server.stop())
  return server
}

function settings(server: SecurityHubServer, change: Partial<SecurityHubConfig> = {}): SecurityHubConfig {
  return {
    destinations: [{ account: ACCOUNT, regions: [REGION] }],
    otherAccounts: 'reject',
    note: 'when-empty',
    workflow: true,
    callsPerSecond: 9 * FASTER,
    readsPerSecond: 2 * FASTER,
    requestTimeoutMs: 5000,
    endpoint: server.url,
    stsEndpoint: server.url,
    ...change,
  }
}

/** A sink before that server, with the credentials of an account in the environment; closed with the test. */
export async function openHub(
  server: SecurityHubServer,
  change: Partial<SecurityHubConfig> = {},
  account = ACCOUNT,
): Promise<Sink> {
  const { accessKeyId, secretAccessKey } = server.credentials(account)
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  const silent = (): void => {}
  const log = { debug: silent, info: silent, warn: silent, error: silent }
  const metrics = { count: silent, gauge: silent, observe: silent }
  const context = { name: 'hub', tenant: 'acme', log, metrics, clock: Date.now }
  const sink = await securityHub.create(settings(server, change), context)
  onTestFinished(() => sink.close?.())
  return sink
}

/** Delivers once; each outcome as `delivered`, or the code of the error. */
export async function send(sink: Sink, ...findings: readonly PostureFinding[]): Promise<string[]> {
  const outcomes = await sink.deliver(findings, new AbortController().signal)
  return outcomes.map((each) => (each.status === 'delivered' ? 'delivered' : (each.error as { code?: string }).code!))
}

/** Delivers as the runner does, until nothing is left; the codes of what was rejected. */
export async function pump(sink: Sink, findings: readonly PostureFinding[], maxAttempts = 3): Promise<string[]> {
  const backoff = { initialMs: 1, maxMs: 5 }
  const silent = (): void => {}
  const log = { debug: silent, info: silent, warn: silent, error: silent }
  const metrics = { count: silent, gauge: silent, observe: silent }
  const health = new SinkHealth(sink, { name: 'hub', log, metrics, condition: unwatched, freshMs: 1 })
  const signal = new AbortController().signal
  const rejections = await deliverAll(sink, findings, { backoff, maxAttempts }, health, signal)
  return rejections.map(({ error }) => (error as Error & { code?: string }).code!)
}

/** What of our own findings a Security Hub holds, as `key@revision`. */
export function held(server: SecurityHubServer, account?: string, region?: string): string[] {
  return server.findings(account, region).map(({ ProductFields: fields = {} }) => {
    return `${fields[OWN_KEY_FIELD]}@${fields[`${OWN_PREFIX}revision`]}`
  })
}

/** A control's finding as Security Hub makes it. */
export function controlFinding(id: string, change: object = {}): AwsSecurityFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: CONTROL_PRODUCT,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: REGION,
    GeneratorId: 'security-control/S3.2',
    AwsAccountId: ACCOUNT,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    CreatedAt: '2025-11-24T16:00:00.000Z',
    UpdatedAt: '2025-11-25T12:00:00.000Z',
    Severity: { Label: 'HIGH', Normalized: 70, Original: 'HIGH' },
    Title: 'S3 buckets should block public read',
    Description: 'This control checks public reads.',
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::example-bucket', Partition: 'aws', Region: REGION }],
    Compliance: { Status: 'FAILED', SecurityControlId: 'S3.2' },
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    FindingProviderFields: { Severity: { Label: 'HIGH', Original: 'HIGH' } },
    ...change,
  }
}

type FromHub = Parameters<typeof sampleFinding>[2] & {
  /** The Ids of the records in Security Hub; the key unless told. */
  readonly ids?: readonly string[]
  readonly decision?: 'mute' | 'accept'
  readonly closedBy?: string
  readonly reasons?: readonly string[]
  readonly productArn?: string
}

/** A revision of a finding that was read from Security Hub, as enrichment emits it. */
export function fromHub(key: string, revision = 1, options: FromHub = {}): PostureFinding {
  const { ids = [key], decision, closedBy, reasons = ['The bucket is public.'], productArn = CONTROL_PRODUCT } = options
  const finding = sampleFinding(key, revision, options)
  const [first, ...others] = ids.map((uid) => ({ uid, product: { uid: productArn } }))
  const event = {
    ...finding.event,
    metadata: { ...(finding.event['metadata'] as object), log_name: 'asff', product: { uid: 'security-hub' } },
    finding_info: { ...(finding.event['finding_info'] as object), ...first, related_events: others },
    enrichments: [{ type: 'priority', data: { band: finding.priority, score: 71, reasons } }],
    unmapped: { decision, closed_by: closedBy },
  }
  return { ...finding, event, bytes: Buffer.from(JSON.stringify(event)) }
}

/** What we wrote into a finding of others: its own fields, without their prefix. */
export function ours({ UserDefinedFields: fields = {} }: AwsSecurityFinding): Record<string, string> {
  const own = Object.entries(fields).filter(([name]) => name.startsWith(OWN_USER_FIELD_PREFIX))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(OWN_USER_FIELD_PREFIX.length), value]))
}
