import { describe, expect, test } from 'vitest'
import {
  BUCKET,
  exposureBy,
  exposureOfBucket,
  bucket,
  OBJECTS,
  OFFICE,
  OWNER,
  PARTNER,
  policyText,
  statement,
} from './sample-policies.ts'

const named = (condition: unknown) => exposureBy(statement({ Condition: condition }))
const value = (condition: unknown) => named(condition).value
const denied = (condition: unknown, more: Record<string, unknown> = {}) =>
  exposureBy(
    statement(),
    statement({
      Sid: 'Denies',
      Effect: 'Deny',
      Action: 's3:*',
      Resource: [BUCKET, OBJECTS],
      Condition: condition,
      ...more,
    }),
  )

describe('who a principal element means', () => {
  const by = (principal: unknown) => exposureBy(statement({ Principal: principal }))

  test.each([['*'], [{ AWS: '*' }], [{ AWS: ['arn:aws:iam::999988887777:root', '*'] }]])(
    '%j is anyone',
    (principal) => {
      expect(by(principal)).toMatchObject({ value: 'internet_sensitive', certainty: 'certain', anonymous: 'read' })
    },
  )

  test('another account is across the boundary, as root, as a number, as a role', () => {
    for (const principal of [`arn:aws:iam::${PARTNER}:root`, PARTNER, `arn:aws:iam::${PARTNER}:role/reader`]) {
      const exposure = by({ AWS: principal })
      expect(exposure).toMatchObject({ value: 'cross_boundary', certainty: 'certain', anonymous: 'no' })
      expect(exposure.routes[0]).toMatchObject({ from: `account ${PARTNER}` })
    }
  })

  test('its own account, a service and a deleted user are nobody outside', () => {
    for (const principal of [
      { AWS: `arn:aws:iam::${OWNER}:root` },
      { AWS: `arn:aws:iam::${OWNER}:role/app` },
      { Service: 'cloudtrail.amazonaws.com' },
      { AWS: 'AIDAJQABLZS4A3QDU576Q' },
      { AWS: [] },
    ])
      expect(by(principal)).toMatchObject({ value: 'none', certainty: 'certain' })
  })

  test('a wildcard in place of the account is any account', () => {
    expect(by({ AWS: 'arn:aws:iam::*:root' })).toMatchObject({ value: 'internet_sensitive', anonymous: 'no' })
  })

  test('NotPrincipal with Allow is everyone else', () => {
    const exposure = exposureBy({ ...statement({ NotPrincipal: { AWS: PARTNER } }), Principal: undefined })
    expect(exposure).toMatchObject({ value: 'internet_sensitive', anonymous: 'read' })
  })

  test('NotPrincipal with Deny spares only those named', () => {
    const exposure = exposureBy(statement(), {
      Sid: 'OnlyPartner',
      Effect: 'Deny',
      NotPrincipal: { AWS: [`arn:aws:iam::${PARTNER}:role/reader`, `arn:aws:iam::${PARTNER}:root`] },
      Action: '*',
      Resource: '*',
    })
    expect(exposure.value).toBe('cross_boundary')
    expect(exposure.closedBy).toContainEqual({
      uid: BUCKET,
      text: 'bucket policy statement OnlyPartner denies it to everyone else',
    })
  })

  test('a canonical user and an open identity provider are not known, not nobody', () => {
    expect(by({ CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' })).toMatchObject({
      value: 'cross_boundary',
      certainty: 'possible',
    })
    expect(by({ Federated: 'graph.facebook.com' })).toMatchObject({ value: undefined, certainty: 'possible' })
  })

  test('a distribution of CloudFront lets in whom it likes', () => {
    const identity = { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' }
    for (const principal of [identity, { Service: 'cloudfront.amazonaws.com' }]) {
      const exposure = by(principal)
      expect(exposure.value).toBeUndefined()
      expect(exposure.missing.join()).toMatch(/cloudfront/i)
    }
  })
})

describe('which conditions restrict', () => {
  test.each([
    ['StringEquals', 'aws:PrincipalOrgID', 'o-abcdefghij', 'cross_boundary'],
    ['StringEquals', 'aws:PrincipalAccount', PARTNER, 'cross_boundary'],
    ['StringEquals', 'aws:PrincipalAccount', OWNER, 'none'],
    ['StringEqualsIgnoreCase', 'aws:PrincipalAccount', PARTNER, 'cross_boundary'],
    ['ArnEquals', 'aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/x`, 'cross_boundary'],
    ['ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/*`, 'cross_boundary'],
    ['StringLike', 'aws:PrincipalArn', `arn:aws:iam::${OWNER}:*`, 'none'],
    ['ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-abcdefghij/r-ab12/ou-ab12-11111111/*', 'cross_boundary'],
    ['StringEquals', 'aws:SourceVpc', 'vpc-1', 'cross_boundary'],
    ['StringEquals', 'aws:SourceVpce', 'vpce-1', 'cross_boundary'],
    ['StringEquals', 'aws:SourceAccount', PARTNER, 'cross_boundary'],
    ['StringEquals', 'aws:SourceAccount', OWNER, 'none'],
    ['StringEquals', 'aws:SourceOwner', OWNER, 'none'],
    ['ArnEquals', 'aws:SourceArn', `arn:aws:sns:eu-west-1:${OWNER}:news`, 'none'],
    ['ArnLike', 'aws:SourceArn', `arn:aws:sns:eu-west-1:${PARTNER}:*`, 'cross_boundary'],
    ['StringEquals', 'aws:SourceOrgID', 'o-abcdefghij', 'cross_boundary'],
    ['IpAddress', 'aws:SourceIp', OFFICE, 'internet_restricted'],
    ['IpAddress', 'aws:SourceIp', '8.0.0.0/8', 'internet_restricted'],
    ['IpAddress', 'aws:SourceIp', '2001:db8::/32', 'internet_restricted'],
    ['IpAddress', 'aws:SourceIp', '10.0.0.0/8', 'none'],
    ['StringEquals', 'aws:userid', 'AROAJQABLZS4A3QDU576Q:me', 'cross_boundary'],
    ['StringEquals', 's3:x-amz-server-side-encryption-aws-kms-key-id', `arn:aws:kms:eu-west-1:${OWNER}:key/1`, 'none'],
  ])('%s of a fixed %s (%s) is %s', (operator, key, fixed, expected) => {
    const exposure = named({ [operator]: { [key]: fixed } })
    expect(exposure.value).toBe(expected)
    expect(exposure.anonymous).toBe('no')
  })

  test.each([
    ['StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1'],
    ['IpAddressIfExists', 'aws:VpcSourceIp', '10.0.0.0/8'],
    ['ForAllValues:StringEquals', 'aws:PrincipalOrgID', 'o-abcdefghij'],
    ['StringNotEquals', 'aws:SourceVpc', 'vpc-1'],
    ['NotIpAddress', 'aws:SourceIp', OFFICE],
    ['Bool', 'aws:SecureTransport', 'true'],
    ['StringEquals', 's3:ExistingObjectTag/public', 'yes'],
    ['StringEquals', 'aws:RequestTag/team', 'a'],
    ['StringLike', 'aws:UserAgent', 'secret-*'],
    ['StringLike', 'aws:Referer', 'https://example.com/*'],
    ['StringEquals', 's3:prefix', 'public/'],
    ['NumericLessThanEquals', 's3:max-keys', '10'],
    ['Null', 'aws:SourceVpc', 'true'],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0'],
    ['IpAddress', 'aws:SourceIp', '2000::/31'],
    ['StringLike', 'aws:SourceVpc', 'vpc-*'],
    ['StringLike', 'aws:PrincipalAccount', '*'],
  ])('%s of %s (%s) does not keep strangers out', (operator, key, given) => {
    expect(named({ [operator]: { [key]: given } })).toMatchObject({ value: 'internet_sensitive', anonymous: 'read' })
  })

  test.each([
    ['StringLike', 'aws:PrincipalOrgID', 'o-*'],
    ['StringEquals', 'aws:PrincipalTag/team', 'a'],
    ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/*'],
    ['ForAnyValue:StringNotEquals', 'aws:PrincipalOrgID', 'o-abcdefghij'],
    ['Null', 'aws:PrincipalArn', 'false'],
  ])('%s of %s (%s) asks for a signature, which anyone with an account has', (operator, key, given) => {
    const conditions = { [operator]: { [key]: given }, Null: { 'aws:PrincipalArn': 'false' } }
    expect(named(conditions)).toMatchObject({ value: 'internet_sensitive', anonymous: 'no' })
  })

  test('keys and operators ignore case, values do not', () => {
    expect(value({ stringEQUALS: { 'AWS:sourceVPC': 'vpc-1' } })).toBe('cross_boundary')
    expect(exposureBy(statement({ Action: 'S3:getOBJECT' })).value).toBe('internet_sensitive')
    expect(exposureBy(statement({ Resource: OBJECTS.toUpperCase() })).value).toBe('none')
  })

  test('addresses are added up: many narrow blocks are the internet, two halves are', () => {
    expect(value({ IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } })).toBe('internet_sensitive')
    const blocks = Array.from({ length: 256 }, (_, at) => `${at}.0.0.0/8`)
    expect(value({ IpAddress: { 'aws:SourceIp': blocks } })).toBe('internet_sensitive')
    const apart = blocks.slice(1, 9).map((block) => statement({ Condition: { IpAddress: { 'aws:SourceIp': block } } }))
    expect(exposureBy(...apart).value).toBe('internet_sensitive')
    expect(value({ IpAddress: { 'aws:SourceIp': ['8.0.0.0/8', '9.0.0.0/32'] } })).toBe('internet_sensitive')
    expect(value({ IpAddress: { 'aws:SourceIp': ['8.0.0.0/8', '8.1.2.3'] } })).toBe('internet_restricted')
  })

  test('host bits and v4-mapped addresses mean their block', () => {
    const [route] = named({ IpAddress: { 'aws:SourceIp': ['203.0.113.77/24', '::ffff:198.51.100.0/120'] } }).routes
    expect(route?.from).toBe('198.51.100.0/24, 203.0.113.0/24')
  })

  test('an operator, a key or a CIDR that nobody knows leaves it unknown', () => {
    expect(value({ StringSounds: { 'aws:SourceVpc': 'vpc-1' } })).toBeUndefined()
    expect(value({ StringEquals: { 'aws:SomethingNew': 'x' } })).toBeUndefined()
    expect(value({ IpAddress: { 'aws:SourceIp': '203.0.113.0/99' } })).toBeUndefined()
    expect(value({ DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })).toBeUndefined()
  })

  test('what an access point lets through is not known', () => {
    const exposure = named({ StringEquals: { 's3:DataAccessPointAccount': OWNER } })
    expect(exposure).toMatchObject({ value: undefined, anonymous: 'unknown' })
  })

  test('variables are put in from 2012-10-17 on, and are text before', () => {
    const given = { StringEquals: { 'aws:SourceVpc': '${aws:SourceVpc}' } }
    expect(value(given)).toBe('internet_sensitive')
    const old = JSON.stringify({ Statement: [statement({ Condition: given })] })
    expect(exposureOfBucket({ document: bucket({ policy: old }), account: null }).value).not.toBe('internet_sensitive')
  })

  test('a VPC of its own account is inside', () => {
    const policy = policyText(statement({ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }))
    const vpc = { uid: `arn:aws:ec2:eu-west-1:${OWNER}:vpc/vpc-1`, document: { type: 'AWS::EC2::VPC' as const } }
    const exposure = exposureOfBucket({ document: bucket({ policy }), account: null, others: [vpc] })
    expect(exposure).toMatchObject({ value: 'internal', certainty: 'certain' })
    expect(exposure.inputs.map(({ uid }) => uid)).toContain(vpc.uid)
  })

  test('all conditions of a statement must hold, any value of one will do', () => {
    const both = { StringEquals: { 'aws:SourceVpc': 'vpc-1' }, IpAddress: { 'aws:SourceIp': OFFICE } }
    expect(value(both)).toBe('none')
    expect(value({ StringEquals: { 'aws:PrincipalAccount': [OWNER, PARTNER] } })).toBe('cross_boundary')
  })
})

describe('what Deny closes', () => {
  test.each([
    [{ StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'cross_boundary'],
    [{ StringNotEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } }, 'cross_boundary'],
    [{ StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }, 'cross_boundary'],
    [{ StringNotEquals: { 'aws:PrincipalAccount': OWNER } }, 'none'],
    [{ NotIpAddress: { 'aws:SourceIp': OFFICE } }, 'internet_restricted'],
    [{ Null: { 'aws:SourceVpc': 'true' } }, 'internet_sensitive'],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, 'internet_sensitive'],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'internet_sensitive'],
    [{ StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }, 'cross_boundary'],
    [{ IpAddress: { 'aws:SourceIp': OFFICE } }, 'internet_sensitive'],
    [{ StringNotLike: { 'aws:Referer': 'https://example.com/*' } }, 'internet_sensitive'],
    [undefined, 'none'],
  ])('Deny under %j leaves %s', (condition, expected) => {
    expect(denied(condition).value).toBe(expected)
  })

  test('it is named as what closes', () => {
    expect(denied({ StringNotEquals: { 'aws:PrincipalAccount': OWNER } }).closedBy).toContainEqual({
      uid: BUCKET,
      text: 'bucket policy statement Denies denies it to everyone else',
    })
  })

  test('a Deny that cannot be read leaves it unknown', () => {
    for (const changes of [{ Condition: { Odd: 'x' } }, { Principal: 7 }, { Action: undefined }, { Surprise: true }])
      expect(denied(undefined, changes)).toMatchObject({ value: undefined, anonymous: 'unknown' })
  })

  test('only what it is about is closed', () => {
    const rest = { Effect: 'Deny', Action: 's3:GetObject' }
    expect(exposureBy(statement(), statement({ ...rest, Resource: `${BUCKET}/private/*` })).value).toBe(
      'internet_sensitive',
    )
    expect(
      exposureBy(statement({ Resource: `${BUCKET}/a/*` }), statement({ ...rest, Resource: `${BUCKET}/a*` })).value,
    ).toBe('none')
    const spare = { ...statement({ ...rest, NotResource: `${BUCKET}/public/*` }), Resource: undefined }
    expect(exposureBy(statement({ Resource: `${BUCKET}/*.txt` }), spare).value).toBe('internet_sensitive')
    expect(exposureBy(statement({ Resource: `${BUCKET}/a/*.txt` }), spare).value).toBe('none')
    const only = { ...statement({ Effect: 'Deny', NotAction: 's3:GetObject' }), Action: undefined }
    expect(exposureBy(statement({ Action: 's3:*' }), only)).toMatchObject({ anonymous: 'read' })
  })

  test('what one statement asks for and another denies is closed: plain text only, and no plain text', () => {
    const plain = { Bool: { 'aws:SecureTransport': 'false' } }
    expect(exposureBy(statement({ Condition: plain }), statement({ Effect: 'Deny', Condition: plain })).value).toBe(
      'none',
    )
  })

  test('the office, unless it comes from the one address that is denied', () => {
    const [office, blocked] = [OFFICE, '203.0.113.9/32'].map((each) => ({ IpAddress: { 'aws:SourceIp': each } }))
    const exposure = exposureBy(statement({ Condition: office }), statement({ Effect: 'Deny', Condition: blocked }))
    expect(exposure.value).toBe('internet_restricted')
    expect(exposure.routes[0]?.from.split(', ')).toHaveLength(8)
  })
})

describe('which actions', () => {
  test.each([
    ['s3:GetObject', OBJECTS, 'internet_sensitive', 'read'],
    ['s3:Get*', OBJECTS, 'internet_sensitive', 'read'],
    ['*', '*', 'internet_sensitive', 'write'],
    ['s3:PutObject', OBJECTS, 'internet_sensitive', 'write'],
    ['s3:DeleteObject', `${BUCKET}/tmp/*`, 'internet_sensitive', 'write'],
    ['s3:PutBucketPolicy', BUCKET, 'internet_sensitive', 'write'],
    ['s3:ListBucket', BUCKET, 'internet', 'no'],
    ['s3:GetBucketLocation', BUCKET, 'internet', 'no'],
    ['s3:GetObject', BUCKET, 'none', 'no'],
    ['s3:ListBucket', OBJECTS, 'none', 'no'],
    ['s3:GetObject', 'arn:aws:s3:::elsewhere/*', 'none', 'no'],
  ])('%s on %s is %s', (action, resource, expected, anonymous) => {
    expect(exposureBy(statement({ Action: action, Resource: resource }))).toMatchObject({ value: expected, anonymous })
  })

  test('NotAction and NotResource are all the others', () => {
    const others = { ...statement({ NotAction: ['s3:Get*', 's3:List*'] }), Action: undefined }
    expect(exposureBy(others)).toMatchObject({ value: 'internet_sensitive', anonymous: 'write' })
    const elsewhere = { ...statement({ NotResource: `${BUCKET}/private/*` }), Resource: undefined }
    expect(exposureBy(elsewhere)).toMatchObject({ value: 'internet_sensitive', anonymous: 'read' })
    const nothing = { ...statement({ NotAction: 's3:*' }), Action: undefined }
    expect(exposureBy(nothing).value).toBe('none')
  })

  test('the way in names the statement, the action and who', () => {
    expect(exposureBy(statement({ Sid: 'AnyoneReads' })).routes).toEqual([
      {
        from: 'internet',
        protocol: 'https',
        ports: ['443'],
        hops: [{ uid: BUCKET, text: 'bucket policy statement AnyoneReads allows s3:GetObject to anyone' }],
        certainty: 'certain',
      },
    ])
  })
})
