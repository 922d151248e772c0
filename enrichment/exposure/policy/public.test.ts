import { describe, expect, test } from 'vitest'
import { parsePolicy } from './parse.ts'
import { isAwsPublic } from './public.ts'
import { OFFICE, OWNER, PARTNER, policyText, statement } from './sample-policies.ts'

function isPublic(...statements: readonly unknown[]): string {
  const policy = parsePolicy(policyText(...statements))
  if (policy === undefined) throw new Error('The sample policy does not parse.')
  return isAwsPublic(policy)
}
const under = (condition: unknown) => isPublic(statement({ Condition: condition }))

describe('what S3 calls public', () => {
  test.each([
    ['*', 'yes'],
    [{ AWS: '*' }, 'yes'],
    [{ Federated: 'graph.facebook.com' }, 'yes'],
    [{ Federated: `arn:aws:iam::${OWNER}:saml-provider/x` }, 'no'],
    [{ AWS: PARTNER }, 'no'],
    [{ AWS: [PARTNER, '*'] }, 'yes'],
    [{ AWS: 'arn:aws:iam::*:root' }, 'yes'],
    [{ Service: 'cloudtrail.amazonaws.com' }, 'no'],
    [7, 'unknown'],
  ])('principal %j: %s', (principal, expected) => {
    expect(isPublic(statement({ Principal: principal }))).toBe(expected)
  })

  test.each([
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-91237329' } }, 'no'],
    [{ StringLike: { 'aws:SourceVpc': 'vpc-*' } }, 'yes'],
    [{ StringLike: { 'aws:SourceVpc': 'vpc-1' } }, 'no'],
    [{ StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-?'] } }, 'yes'],
    [{ StringEquals: { 'aws:SourceVpc': '${aws:SourceVpc}' } }, 'yes'],
    [{ StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }, 'yes'],
    [{ 'ForAllValues:StringEquals': { 'aws:SourceVpc': 'vpc-1' } }, 'yes'],
    [{ 'ForAnyValue:StringEquals': { 'aws:PrincipalOrgID': 'o-abcdefghij' } }, 'no'],
    [{ StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'yes'],
    [{ IpAddress: { 'aws:SourceIp': OFFICE } }, 'no'],
    [{ IpAddress: { 'aws:SourceIp': '8.0.0.0/8' } }, 'no'],
    [{ IpAddress: { 'aws:SourceIp': '8.0.0.0/7' } }, 'yes'],
    [{ IpAddress: { 'aws:SourceIp': [OFFICE, '0.0.0.0/1'] } }, 'yes'],
    [{ IpAddress: { 'aws:SourceIp': '2600::/32' } }, 'no'],
    [{ IpAddress: { 'aws:SourceIp': '2600::/31' } }, 'yes'],
    [{ IpAddress: { 'aws:SourceIp': 'nowhere' } }, 'unknown'],
    [{ NotIpAddress: { 'aws:SourceIp': OFFICE } }, 'yes'],
    [{ StringEquals: { 'aws:userid': 'AROAJQABLZS4A3QDU576Q:me' } }, 'no'],
    [{ StringLike: { 'aws:userid': 'AROAJQABLZS4A3QDU576Q:*' } }, 'yes'],
    [{ ArnLike: { 's3:DataAccessPointArn': `arn:aws:s3:us-west-2:${OWNER}:accesspoint/*` } }, 'no'],
    [{ ArnLike: { 's3:DataAccessPointArn': 'arn:aws:s3:us-west-2:*:accesspoint/x' } }, 'yes'],
    [{ StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }, 'yes'],
    [{ StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com', 'kms:CallerAccount': OWNER } }, 'no'],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, 'yes'],
    [{ StringSounds: { 'aws:SourceVpc': 'vpc-1' } }, 'unknown'],
  ])('condition %j: %s', (condition, expected) => {
    expect(under(condition)).toBe(expected)
  })

  test('one public statement makes the policy public, and no Deny takes that back', () => {
    expect(isPublic(statement({ Principal: { AWS: PARTNER } }), statement())).toBe('yes')
    expect(isPublic(statement(), statement({ Effect: 'Deny' }))).toBe('yes')
    expect(isPublic(statement({ Effect: 'Deny' }))).toBe('no')
    expect(isPublic({ ...statement({ NotPrincipal: { AWS: PARTNER } }), Principal: undefined })).toBe('yes')
  })

  test('a statement that cannot be read may be public', () => {
    expect(isPublic('what')).toBe('unknown')
    expect(isPublic(statement({ Effect: 'Perhaps' }))).toBe('unknown')
    expect(isPublic(statement({ Effect: 'Perhaps', Principal: { AWS: PARTNER } }))).toBe('no')
  })
})
