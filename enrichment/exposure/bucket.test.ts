import { describe, expect, test } from 'vitest'
import {
  bucket,
  BUCKET,
  exposureOfBucket,
  OBJECTS,
  OFF,
  OFFICE,
  ON,
  OWNER,
  PARTNER,
  policyText,
  statement,
} from './policy/sample-policies.ts'

const PUBLIC = policyText(statement())
const SHARED = policyText(statement({ Principal: { AWS: PARTNER } }))
const BOTH = policyText(statement({ Sid: 'All' }), statement({ Sid: 'Partner', Principal: { AWS: PARTNER } }))
const READ = [{ grantee: 'all-users', permission: 'READ' }]

describe('settings and policy', () => {
  test('whichever of account and bucket restricts closes a public policy, and nothing else does', () => {
    for (const atAccount of [true, false]) {
      for (const atBucket of [true, false]) {
        const account = { ...OFF, restrictPublicBuckets: atAccount, blockPublicPolicy: true, blockPublicAcls: true }
        const publicAccessBlock = { ...OFF, restrictPublicBuckets: atBucket, ignorePublicAcls: true }
        const { value, anonymous } = exposureOfBucket({
          document: bucket({ policy: PUBLIC, publicAccessBlock }),
          account,
        })
        expect([value, anonymous]).toEqual(atAccount || atBucket ? ['none', 'no'] : ['internet_sensitive', 'read'])
      }
    }
  })

  test('what refuses later writes closes nothing', () => {
    const block = { ...OFF, blockPublicPolicy: true, blockPublicAcls: true }
    const document = bucket({ policy: PUBLIC, publicAccessBlock: block, acl: READ, ownership: null })
    expect(exposureOfBucket({ document, account: block })).toMatchObject({
      value: 'internet_sensitive',
      anonymous: 'read',
    })
  })

  test('a blocked public bucket is closed for sure, and says by what', () => {
    const exposure = exposureOfBucket({ document: bucket({ policy: PUBLIC, publicAccessBlock: ON }), account: null })
    expect(exposure).toMatchObject({ value: 'none', certainty: 'certain', routes: [], missing: [], anonymous: 'no' })
    expect(exposure.closedBy[0]?.text).toBe(
      `RestrictPublicBuckets keeps everyone outside account ${OWNER} from a bucket with a public policy`,
    )
  })

  test('the account that restricts closes also where nothing is known of the bucket itself', () => {
    const document = bucket({ policy: PUBLIC, publicAccessBlock: undefined, ownership: undefined, acl: undefined })
    const exposure = exposureOfBucket({ document, account: ON })
    expect(exposure.anonymous).toBe('no')
    expect(exposure.closedBy[0]?.uid).toBe(`arn:aws:account::${OWNER}:account`)
    expect(exposure.value).toBe('cross_boundary')
    expect(exposure.certainty).toBe('possible')
  })

  test('a public policy that is restricted also loses the accounts that it names; others keep them', () => {
    const by = (policy: string) =>
      exposureOfBucket({ document: bucket({ policy, publicAccessBlock: ON }), account: null })
    expect(by(BOTH).value).toBe('none')
    expect(by(SHARED)).toMatchObject({ value: 'cross_boundary', certainty: 'certain' })
  })

  test('a service that acts for another account stays even then', () => {
    const logs = statement({
      Sid: 'Logs',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:PutObject',
      Condition: { StringEquals: { 'aws:SourceAccount': PARTNER } },
    })
    const document = bucket({ policy: policyText(statement(), logs), publicAccessBlock: ON })
    expect(exposureOfBucket({ document, account: null })).toMatchObject({ value: 'cross_boundary', anonymous: 'no' })
    const reads = policyText(statement(), { ...logs, Action: 's3:GetObject' })
    expect(exposureOfBucket({ document: { ...document, policy: reads }, account: null }).value).toBe('cross_boundary')
  })

  test('many narrow blocks are not public by the definition of S3, so that it does not restrict them', () => {
    const blocks = Array.from({ length: 16 }, (_, at) => `${at + 16}.0.0.0/8`)
    const policy = policyText(statement({ Condition: { IpAddress: { 'aws:SourceIp': blocks } } }))
    const document = bucket({ policy, publicAccessBlock: ON })
    expect(exposureOfBucket({ document, account: null }).value).toBe('internet_sensitive')
  })

  test('an office is restricted to its addresses', () => {
    const policy = policyText(statement({ Sid: 'Office', Condition: { IpAddress: { 'aws:SourceIp': OFFICE } } }))
    const exposure = exposureOfBucket({ document: bucket({ policy }), account: null })
    expect(exposure).toMatchObject({ value: 'internet_restricted', certainty: 'certain', anonymous: 'no' })
    expect(exposure.routes[0]).toMatchObject({
      from: OFFICE,
      hops: [{ uid: BUCKET, text: `bucket policy statement Office allows s3:GetObject to anyone from ${OFFICE}` }],
    })
  })

  test('a setting that is not known leaves a public policy unknown', () => {
    const exposure = exposureOfBucket({
      document: bucket({ policy: PUBLIC, publicAccessBlock: undefined }),
      account: null,
    })
    expect(exposure).toMatchObject({ value: undefined, anonymous: 'unknown' })
    expect(exposure.missing).toContain(`public access block of ${BUCKET}`)
    expect(exposureOfBucket({ document: bucket({ policy: PUBLIC }) }).missing).toContain(
      `S3 public access block of account ${OWNER}`,
    )
  })

  test('a private bucket is closed for sure even where no setting is known', () => {
    const exposure = exposureOfBucket({ document: bucket({ publicAccessBlock: undefined }) })
    expect(exposure).toMatchObject({ value: 'none', certainty: 'certain', anonymous: 'no' })
  })

  test('a policy that is not known, or does not parse, may open anything', () => {
    for (const policy of [
      undefined,
      '',
      '{"Statement": [',
      '[]',
      '"x"',
      '{}',
      '{"Version":"2030-01-01","Statement":[]}',
    ])
      expect(exposureOfBucket({ document: bucket({ policy }), account: null })).toMatchObject({
        value: undefined,
        certainty: 'possible',
        anonymous: 'unknown',
      })
  })

  test('restricted, an unreadable policy opens nothing to strangers, but perhaps to accounts or addresses', () => {
    const exposure = exposureOfBucket({ document: bucket({ policy: '{' }), account: ON })
    expect(exposure).toMatchObject({ value: undefined, certainty: 'possible', anonymous: 'no' })
  })
})

describe('ACLs', () => {
  const by = (acl: unknown, changes: Record<string, unknown> = {}) =>
    exposureOfBucket({
      document: bucket({ acl, ownership: 'ObjectWriter', publicAccessBlock: OFF, ...changes }),
      account: null,
    })

  test.each([
    ['READ', 'internet', 'unknown'],
    ['WRITE', 'internet_sensitive', 'write'],
    ['READ_ACP', 'internet', 'unknown'],
    ['WRITE_ACP', 'internet_sensitive', 'write'],
    ['FULL_CONTROL', 'internet_sensitive', 'write'],
  ])('%s for all users, and for all that have an account, is %s', (permission, value, anonymous) => {
    expect(by([{ grantee: 'all-users', permission }])).toMatchObject({ value, anonymous })
    expect(by([{ grantee: 'authenticated-users', permission }])).toMatchObject({ value, anonymous: 'unknown' })
  })

  test('they are void where they are disabled, or where public ones are ignored', () => {
    expect(by(READ, { ownership: 'BucketOwnerEnforced' })).toMatchObject({ value: 'none', anonymous: 'no' })
    const ignoring = { ...OFF, ignorePublicAcls: true }
    expect(by(READ, { publicAccessBlock: ignoring })).toMatchObject({ value: 'none', certainty: 'certain' })
    expect(by(READ, { publicAccessBlock: ignoring }).closedBy).toContainEqual({
      uid: BUCKET,
      text: 'IgnorePublicAcls makes public ACLs void',
    })
  })

  test('a Deny of the policy stands above them', () => {
    const deny = (condition?: unknown) =>
      by(READ, { policy: policyText(statement({ Effect: 'Deny', Action: '*', Resource: '*', Condition: condition })) })
    expect(deny()).toMatchObject({ value: 'none', certainty: 'certain', anonymous: 'no' })
    expect(deny({ NotIpAddress: { 'aws:SourceIp': OFFICE } })).toMatchObject({
      value: 'internet_restricted',
      anonymous: 'no',
    })
    expect(by(READ, { policy: undefined }).value).toBeUndefined()
  })

  test('another account keeps what it is granted although public ACLs are ignored', () => {
    const other = [{ grantee: 'other', permission: 'FULL_CONTROL' }]
    expect(by(other, { publicAccessBlock: ON }).value).toBe('cross_boundary')
    expect(by(other, { publicAccessBlock: ON, ownership: 'BucketOwnerEnforced' }).value).toBe('none')
  })

  test('where ACLs count, those of single objects may let strangers read', () => {
    for (const ownership of ['ObjectWriter', 'BucketOwnerPreferred', null, undefined]) {
      const exposure = by([], { ownership })
      expect(exposure).toMatchObject({ value: undefined, anonymous: 'unknown' })
      expect(exposure.missing).toContain(`ACLs of the objects of ${BUCKET}`)
    }
  })

  test('what is proved is said although more might be open', () => {
    const policy = policyText(statement({ Condition: { IpAddress: { 'aws:SourceIp': OFFICE } } }))
    expect(by([], { policy })).toMatchObject({ value: 'internet_restricted', certainty: 'possible' })
  })

  test('an ACL that is not known may be public, unless it does not count', () => {
    expect(by(undefined)).toMatchObject({ value: undefined, anonymous: 'unknown' })
    expect(by(undefined, { ownership: 'BucketOwnerEnforced' }).value).toBe('none')
    expect(by(undefined, { publicAccessBlock: ON })).toMatchObject({ value: 'cross_boundary', anonymous: 'no' })
  })

  test('the log delivery group is a service of AWS', () => {
    expect(by([{ grantee: 'log-delivery', permission: 'WRITE' }], { publicAccessBlock: ON }).value).toBe('none')
  })
})

test('a thousand statements and addresses are decided in good time', () => {
  const statements = Array.from({ length: 1000 }, (_, at) =>
    statement({
      Sid: `S${at}`,
      Resource: `${BUCKET}/${at}/*`,
      Principal: { AWS: `arn:aws:iam::${String(at).padStart(12, '1')}:root` },
      Condition: { IpAddress: { 'aws:SourceIp': `198.51.${at % 256}.${at % 128}/32` } },
    }),
  )
  const start = performance.now()
  const exposure = exposureOfBucket({ document: bucket({ policy: policyText(...statements) }), account: null })
  expect(exposure.value === 'cross_boundary' || exposure.value === undefined).toBe(true)
  const narrow = statements.map((each) => ({ ...each, Principal: '*', Resource: OBJECTS }))
  const open = exposureOfBucket({ document: bucket({ policy: policyText(...narrow) }), account: null })
  expect(open.value).toBe('internet_restricted')
  expect(performance.now() - start).toBeLessThan(10_000)
})
