import type { ContextGraph, DocumentOf } from '../../context-graph.ts'
import type { Exposure } from '../../exposure.ts'
import { SAMPLE_ACCOUNT, SAMPLE_TENANT, sampleGraph, type SampleAsset } from '../../graph/sample-graph.ts'
import { bucketExposure } from '../bucket.ts'

/** For tests: the account that owns what they look at, another one, and an office. */
export const OWNER = SAMPLE_ACCOUNT
export const PARTNER = '999988887777'
export const OFFICE = '203.0.113.0/24'
export const BUCKET = 'arn:aws:s3:::reports'
export const OBJECTS = `${BUCKET}/*`

type BucketDocument = DocumentOf<'AWS::S3::Bucket'>
type Block = NonNullable<BucketDocument['publicAccessBlock']>

export const OFF: Block = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
}
export const ON: Block = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
}

/** A statement that lets anyone read the objects, but for what is said otherwise. */
export function statement(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { Sid: 'Reads', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: OBJECTS, ...changes }
}

export function policyText(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** A bucket without ACLs of which everything is known, but for what is said otherwise; `undefined` leaves a fact out. */
export function bucket(changes: { readonly [Key in keyof BucketDocument]?: unknown } = {}): BucketDocument {
  const document = {
    type: 'AWS::S3::Bucket',
    publicAccessBlock: null,
    policy: null,
    acl: [{ grantee: 'owner', permission: 'FULL_CONTROL' }],
    ownership: 'BucketOwnerEnforced',
    ...changes,
  }
  const known = Object.entries(document).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as unknown as BucketDocument
}

export interface BucketSample {
  readonly document: BucketDocument
  /** The account's own settings; absent: not known. */
  readonly account?: Block | null
  readonly others?: readonly SampleAsset[]
}

export function exposureOfBucket({ document, account, others = [] }: BucketSample): Exposure {
  const settings: SampleAsset = {
    uid: `arn:aws:account::${OWNER}:account`,
    document: { type: 'AWS::Account::Settings', ...(account === undefined ? {} : { s3PublicAccessBlock: account }) },
    region: '',
  }
  const graph: ContextGraph = sampleGraph([{ uid: BUCKET, document }, settings, ...others])
  const asset = graph.asset(SAMPLE_TENANT, BUCKET, 'AWS::S3::Bucket')
  if (asset === undefined) throw new Error('The sample graph does not know its bucket.')
  return bucketExposure(graph, SAMPLE_TENANT, asset)
}

/** What comes of a bucket with these statements, without ACLs and without any block. */
export function exposureBy(...statements: readonly unknown[]): Exposure {
  return exposureOfBucket({ document: bucket({ policy: policyText(...statements) }), account: null })
}
