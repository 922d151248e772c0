import {
  CreateBucketCommand,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type PublicAccessBlockConfiguration,
} from '@aws-sdk/client-s3'
import { policy, tags, using, type SeedTarget } from './seeded.ts'

interface Bucket {
  readonly tags?: Readonly<Record<string, string>>
  readonly objects: Readonly<Record<string, string>>
  readonly block?: PublicAccessBlockConfiguration
  /** Anyone may read, under this condition where there is one. */
  readonly anyoneReads?: object
  readonly acl?: 'public-read'
}

const PEOPLE = 'name,ssn,card\nAda Example,078-05-1120,4111111111111111\n'
const OFF = all(false)
const ON = all(true)

const BUCKETS: Readonly<Record<string, Bucket>> = {
  'acme-customer-exports': {
    tags: { 'data-classification': 'restricted', owner: 'billing' },
    objects: { '2026/customers.csv': PEOPLE },
    block: OFF,
    anyoneReads: {},
  },
  'acme-legacy-acl': {
    tags: { DataClassification: 'confidential' },
    objects: { 'hr/payroll.csv': PEOPLE },
    block: OFF,
    acl: 'public-read',
  },
  'acme-blocked-policy': {
    tags: { 'data-classification': 'internal' },
    objects: { 'a.txt': 'a' },
    block: ON,
    anyoneReads: {},
  },
  'acme-office-only': {
    tags: { 'data-classification': 'confidential' },
    objects: { 'a.txt': 'a' },
    block: OFF,
    anyoneReads: { Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } },
  },
  'acme-website': {
    tags: { 'data-classification': 'public' },
    objects: { 'index.html': '<p>hello</p>' },
    block: OFF,
    anyoneReads: {},
  },
  'acme-untagged': { objects: { 'dump.sql': 'create table users (email text);' }, block: ON },
}

/** Buckets that are public, seem public, or are not; gives their names. */
export async function seedBuckets(target: SeedTarget): Promise<string[]> {
  await using(new S3Client({ ...target, forcePathStyle: true }), async (s3) => {
    for (const [name, bucket] of Object.entries(BUCKETS)) await seedBucket(s3, name, bucket)
  })
  return Object.keys(BUCKETS)
}

async function seedBucket(s3: S3Client, Bucket: string, { tags: named, objects, block, anyoneReads, acl }: Bucket) {
  const ObjectOwnership = acl === undefined ? 'BucketOwnerEnforced' : 'ObjectWriter'
  await s3.send(new CreateBucketCommand({ Bucket, ObjectOwnership }))
  if (named !== undefined) await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tags(named) } }))
  if (block !== undefined)
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }))
  if (anyoneReads !== undefined) {
    const Policy = policy({
      Sid: 'AnyoneReads',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${Bucket}/*`,
      ...anyoneReads,
    })
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  }
  if (acl !== undefined) await s3.send(new PutBucketAclCommand({ Bucket, ACL: acl }))
  for (const [Key, Body] of Object.entries(objects)) await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
}

function all(value: boolean): PublicAccessBlockConfiguration {
  return { BlockPublicAcls: value, IgnorePublicAcls: value, BlockPublicPolicy: value, RestrictPublicBuckets: value }
}
