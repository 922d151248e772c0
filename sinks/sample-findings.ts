import type { PostureFinding } from './sink.ts'

type SampleOptions = Partial<Omit<PostureFinding, 'event' | 'bytes'>> & {
  readonly title?: string
  readonly message?: string
  readonly account?: string
  readonly control?: string
  readonly resource?: string
  readonly score?: number
}

const FIRST_SEEN = Date.UTC(2025, 10, 24, 16)

/** One revision of a believable compliance finding, for tests: all that is not told follows from key and revision. */
export function sampleFinding(key: string, revision = 1, options: SampleOptions = {}): PostureFinding {
  const { account = '111122223333', control = 'S3.2', resource = 'arn:aws:s3:::example-bucket', score } = options
  const {
    state = 'open',
    priority = 'P2',
    title = `Finding ${key}`,
    message = 'The bucket allows public read',
  } = options
  const modified = FIRST_SEEN + revision * 1000
  const event = {
    activity_id: revision === 1 ? 1 : 2,
    category_uid: 2,
    class_uid: 2003,
    type_uid: 200300 + (revision === 1 ? 1 : 2),
    severity_id: 4,
    severity: 'High',
    time: modified,
    message,
    metadata: { version: '1.6.0', sequence: revision, modified_time: modified, product: { name: 'posture-stream' } },
    finding_info: { uid: key, title, created_time: FIRST_SEEN },
    compliance: { control, status_id: 3, status: 'Fail' },
    resources: [{ uid: resource, name: resource.split(/[:/]/).at(-1), type: 'AwsS3Bucket', region: 'eu-west-1' }],
    cloud: { provider: 'AWS', region: 'eu-west-1', account: { uid: account } },
    ...(score === undefined ? {} : { risk_score: score }),
  }
  return {
    key,
    revision,
    tenant: options.tenant ?? 'acme',
    state,
    priority,
    cause: options.cause ?? 'observed',
    event,
    bytes: Buffer.from(JSON.stringify(event)),
  }
}
