import { describe, expect, test } from 'vitest'
import { findingKey, keyRegion, normalizeResourceUid } from './finding-key.ts'

const parts = {
  product: 'prowler',
  provider: 'aws',
  account: '123456789012',
  region: '',
  control: 's3_bucket_public_access',
  resource: 'arn:aws:s3:::exports',
  discriminator: '',
}

describe('the finding key', () => {
  test('is the version and 32 hex digits, and stays what it was', () => {
    expect(findingKey('acme', parts)).toBe('v1:2d81ffe6b458d5ede6dd90dbef0895a7')
  })

  test.each(Object.keys(parts) as (keyof typeof parts)[])('changes with its %s', (part) => {
    expect(findingKey('acme', { ...parts, [part]: 'other' })).not.toBe(findingKey('acme', parts))
  })

  test('keeps parts apart that only together read the same', () => {
    expect(findingKey('acme', { ...parts, account: '1', region: '23' })).not.toBe(
      findingKey('acme', { ...parts, account: '12', region: '3' }),
    )
  })
})

describe('the region of a key', () => {
  test.each([
    ['arn:aws:ec2:eu-west-1:123456789012:instance/i-1', ''],
    ['arn:aws:iam::123456789012:user/alice', ''],
    ['arn:aws:s3:::exports', ''],
    ['arn:aws-cn:route53:::hostedzone/Z1', ''],
    ['AWS::::Account:123456789012', 'eu-west-1'],
    ['arn:aws:sts::123456789012:assumed-role/x', 'eu-west-1'],
    ['vol-1', 'eu-west-1'],
  ])('of %s is %j', (uid, region) => {
    expect(keyRegion(uid, 'eu-west-1')).toBe(region)
  })
})

test.each([
  [
    '/subscriptions/00-AA/resourceGroups/RG/providers/Microsoft.Storage/storageAccounts/St1/',
    '/subscriptions/00-aa/resourcegroups/rg/providers/microsoft.storage/storageaccounts/st1',
  ],
  ['https://storage.googleapis.com/exports', '//storage.googleapis.com/exports'],
  ['//storage.googleapis.com/exports/', '//storage.googleapis.com/exports'],
  [' arn:aws:s3:::Exports ', 'arn:aws:s3:::Exports'],
])('the resource %j has one spelling', (uid, normal) => {
  expect(normalizeResourceUid(uid)).toBe(normal)
})

test('a uid that is long and full of slashes takes no time', () => {
  const began = performance.now()
  for (const start of ['/subscriptions/', '//x.googleapis.com/'])
    expect(normalizeResourceUid(`${start}${'/'.repeat(200_000)}a/`)).toHaveLength(start.length + 200_001)
  expect(performance.now() - began).toBeLessThan(1000)
})
