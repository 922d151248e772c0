import type * as Aws from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import type { Calls, Described, Describer } from '../describer.ts'
import { bucketDocument } from './bucket-document.ts'
import { described, isGone, textOf } from './facts.ts'
import { pages, stillThere } from './listing.ts'

type Sdk = typeof Aws

const GONE = ['NoSuchBucket']
const PAGE_SIZE = 1000

/** S3's general-purpose buckets, each in its region; directory buckets cannot be public. */
export const buckets: Describer = {
  name: 's3-buckets',
  service: 's3',
  types: ['AWS::S3::Bucket'],
  scope: 'regional',
  permissions: [
    's3:ListAllMyBuckets',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketPolicy',
    's3:GetBucketAcl',
    's3:GetBucketOwnershipControls',
    's3:GetBucketTagging',
  ],
  changedBy:
    /^((Create|Delete)Bucket|(Put|Delete)Bucket(Acl|Policy|OwnershipControls|Tagging|PublicAccessBlock)|(Put|Delete)PublicAccessBlock|(Tag|Untag)Resource)$/,
  describe: describeBuckets,
}

async function* describeBuckets(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-s3')
  const { region } = calls
  // An address of somebody's own has no names for the buckets.
  const client = () =>
    calls.client('s3', (options) => new sdk.S3Client({ ...options, forcePathStyle: options.endpoint !== undefined }))
  // Only the region's own endpoint takes its name as a filter, and only a paged listing names regions.
  const list = (ContinuationToken: string | undefined) =>
    calls.send('s3:ListAllMyBuckets', async (options) =>
      client().send(
        new sdk.ListBucketsCommand({ BucketRegion: region, MaxBuckets: PAGE_SIZE, ContinuationToken }),
        options,
      ),
    )
  for await (const { Buckets = [] } of pages(list, (answer) => answer.ContinuationToken)) {
    const here = Buckets.filter(({ BucketRegion = region }) => BucketRegion === region)
    yield* stillThere(here, async ({ Name }) => describeBucket(sdk, client, calls, textOf(Name)))
  }
}

async function describeBucket(
  sdk: Sdk,
  client: () => S3Client,
  calls: Calls,
  Bucket: string | undefined,
): Promise<Described | undefined> {
  if (Bucket === undefined) return described(undefined, { type: 'AWS::S3::Bucket' })
  const [publicAccessBlock, policy, acl, ownership, tags] = await Promise.all([
    calls.attempt(
      's3:GetBucketPublicAccessBlock',
      async (options) => client().send(new sdk.GetPublicAccessBlockCommand({ Bucket }), options),
      [...GONE, 'NoSuchPublicAccessBlockConfiguration'],
    ),
    calls.attempt(
      's3:GetBucketPolicy',
      async (options) => client().send(new sdk.GetBucketPolicyCommand({ Bucket }), options),
      [...GONE, 'NoSuchBucketPolicy'],
    ),
    calls.attempt(
      's3:GetBucketAcl',
      async (options) => client().send(new sdk.GetBucketAclCommand({ Bucket }), options),
      GONE,
    ),
    calls.attempt(
      's3:GetBucketOwnershipControls',
      async (options) => client().send(new sdk.GetBucketOwnershipControlsCommand({ Bucket }), options),
      [...GONE, 'OwnershipControlsNotFoundError'],
    ),
    calls.attempt(
      's3:GetBucketTagging',
      async (options) => client().send(new sdk.GetBucketTaggingCommand({ Bucket }), options),
      [...GONE, 'NoSuchTagSet'],
    ),
  ])
  if ([publicAccessBlock, policy, acl, ownership, tags].some((each) => isGone(each, GONE))) return undefined
  const uid = calls.arn('s3', Bucket, { region: '', account: '' })
  return described(uid, bucketDocument({ publicAccessBlock, policy, acl, ownership, tags }))
}
