import { describe, expect, test } from 'vitest'
import { accountSettings, accountSettingsDocument } from './account-settings.ts'
import { bucketDocument, type BucketAnswers } from './bucket-document.ts'
import { buckets } from './buckets.ts'
import { SampleCalls, describedBy, thrown, valid } from './sample-calls.ts'

const ALL_USERS = { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' } as const
const ALL_FALSE = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
}
const NOTHING_SET = {
  GetPublicAccessBlockCommand: () => thrown('NoSuchPublicAccessBlockConfiguration'),
  GetBucketPolicyCommand: () => thrown('NoSuchBucketPolicy'),
  GetBucketAclCommand: () => ({ Owner: { ID: 'o' }, Grants: [] }),
  GetBucketOwnershipControlsCommand: () => thrown('OwnershipControlsNotFoundError'),
  GetBucketTaggingCommand: () => thrown('NoSuchTagSet'),
}

describe('buckets', () => {
  test('that nothing was set for say so: that is a fact', async () => {
    const calls = new SampleCalls({ ListBucketsCommand: () => ({ Buckets: [{ Name: 'b' }] }), ...NOTHING_SET })
    expect(await describedBy(buckets, calls)).toEqual([
      {
        uid: 'arn:aws:s3:::b',
        document: {
          type: 'AWS::S3::Bucket',
          publicAccessBlock: null,
          policy: null,
          acl: [],
          ownership: null,
          tags: [],
        },
      },
    ])
  })

  test('that may not be asked say what was refused, property by property', async () => {
    const calls = new SampleCalls({
      ListBucketsCommand: () => ({ Buckets: [{ Name: 'b' }] }),
      ...NOTHING_SET,
      GetBucketPolicyCommand: () => thrown('AccessDenied'),
    })
    expect(await describedBy(buckets, calls)).toEqual([
      {
        uid: 'arn:aws:s3:::b',
        document: {
          type: 'AWS::S3::Bucket',
          publicAccessBlock: null,
          acl: [],
          ownership: null,
          tags: [],
          refused: { policy: 's3:GetBucketPolicy: AccessDenied, it said' },
        },
      },
    ])
  })

  test('of other regions, and those that have gone since they were listed, are left out', async () => {
    const asked: unknown[] = []
    const calls = new SampleCalls({
      ...NOTHING_SET,
      ListBucketsCommand: (input) => {
        asked.push(input)
        const ours = [
          { Name: 'ours', BucketRegion: 'eu-west-1' },
          { Name: 'theirs', BucketRegion: 'us-east-1' },
        ]
        return input['ContinuationToken'] === undefined
          ? { Buckets: ours, ContinuationToken: 't' }
          : { Buckets: [{ Name: 'gone', BucketRegion: 'eu-west-1' }, {}] }
      },
      GetBucketAclCommand: ({ Bucket }) => (Bucket === 'gone' ? thrown('NoSuchBucket') : { Grants: [] }),
    })
    const found = await describedBy(buckets, calls)
    expect(found).toMatchObject([{ uid: 'arn:aws:s3:::ours' }, { refused: ['AWS::S3::Bucket'] }])
    expect(asked).toMatchObject([{ BucketRegion: 'eu-west-1' }, { ContinuationToken: 't' }])
  })

  test('whose settings cannot be had for another reason fail the sweep', async () => {
    const calls = new SampleCalls({
      ListBucketsCommand: () => ({ Buckets: [{ Name: 'b' }] }),
      ...NOTHING_SET,
      GetBucketPolicyCommand: () => thrown('InternalError'),
    })
    await expect(describedBy(buckets, calls)).rejects.toThrow('InternalError')
  })
})

describe('the document of a bucket', () => {
  const nothing = { value: {} } as const
  const answers: BucketAnswers = {
    publicAccessBlock: nothing,
    policy: nothing,
    acl: nothing,
    ownership: nothing,
    tags: { value: { TagSet: undefined } },
  }

  test('has its settings as they are; one that is left out is off', () => {
    const document = bucketDocument({
      publicAccessBlock: { value: { PublicAccessBlockConfiguration: { IgnorePublicAcls: true } } },
      policy: { value: { Policy: '{"Statement":[]}' } },
      acl: {
        value: {
          Owner: { ID: 'o' },
          Grants: [
            { Grantee: ALL_USERS, Permission: 'READ' },
            { Grantee: { Type: 'CanonicalUser', ID: 'o' }, Permission: 'FULL_CONTROL' },
            { Grantee: { Type: 'CanonicalUser', ID: 'p' }, Permission: 'READ' },
            { Grantee: { Type: 'CanonicalUser', ID: 'q' }, Permission: 'READ' },
            {
              Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers' },
              Permission: 'WRITE',
            },
            {
              Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery' },
              Permission: 'READ_ACP',
            },
          ],
        },
      },
      ownership: { value: { OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } } },
      tags: { value: { TagSet: [{ Key: 'a', Value: '1' }] } },
    })
    expect(valid({ uid: 'x', document }).document).toEqual({
      type: 'AWS::S3::Bucket',
      publicAccessBlock: { ...ALL_FALSE, ignorePublicAcls: true },
      policy: '{"Statement":[]}',
      acl: [
        { grantee: 'all-users', permission: 'READ' },
        { grantee: 'authenticated-users', permission: 'WRITE' },
        { grantee: 'log-delivery', permission: 'READ_ACP' },
        { grantee: 'other', permission: 'READ' },
        { grantee: 'owner', permission: 'FULL_CONTROL' },
      ],
      ownership: 'ObjectWriter',
      tags: [{ name: 'a', value: '1' }],
    })
  })

  test('does not take an answer without a setting for one without a block', () => {
    expect(valid({ uid: 'x', document: bucketDocument(answers) }).document).toEqual({ type: 'AWS::S3::Bucket' })
  })

  test('with a permission that is not known has an ACL that is not known', () => {
    const acl = { value: { Grants: [{ Grantee: ALL_USERS, Permission: 'LIST' as never }] } }
    expect(bucketDocument({ ...answers, acl })).not.toHaveProperty('acl')
  })
})

describe('the account', () => {
  test('has a block, none, or does not let it be read', async () => {
    const withBlock = { PublicAccessBlockConfiguration: { BlockPublicAcls: true } }
    const documents = await Promise.all(
      [() => withBlock, () => thrown('NoSuchPublicAccessBlockConfiguration'), () => thrown('AccessDenied')].map(
        async (answer) => describedBy(accountSettings, new SampleCalls({ GetPublicAccessBlockCommand: answer })),
      ),
    )
    const uid = 'arn:aws:account::111122223333:account'
    const type = 'AWS::Account::Settings'
    expect(documents.flat()).toEqual([
      { uid, document: { type, s3PublicAccessBlock: { ...ALL_FALSE, blockPublicAcls: true } } },
      { uid, document: { type, s3PublicAccessBlock: null } },
      { uid, document: { type, refused: { s3PublicAccessBlock: expect.stringMatching(/AccessDenied/) } } },
    ])
    expect(accountSettingsDocument({ value: {} })).toEqual({ type })
  })
})
