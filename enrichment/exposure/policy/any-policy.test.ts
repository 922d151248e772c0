import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LADDERS } from '../../evidence.ts'
import type { Exposure } from '../../exposure.ts'
import { parsePolicy } from './parse.ts'
import { isAwsPublic } from './public.ts'
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
} from './sample-policies.ts'

const RUNS = { numRuns: 300 }
const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const condition = pick<unknown>(
  undefined,
  {},
  { IpAddress: { 'aws:SourceIp': OFFICE } },
  { NotIpAddress: { 'aws:SourceIp': [OFFICE, '2600::/20'] } },
  { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
  { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } },
  { StringNotEqualsIfExists: { 'aws:PrincipalAccount': [OWNER, PARTNER] } },
  { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
  { Bool: { 'aws:SecureTransport': 'false' } },
  { StringLike: { 'aws:Referer': '*${aws:username}*' } },
  { Odd: { key: 1 } },
  { Null: { 'aws:SourceVpce': 'false' } },
)
const anyStatement = fc.record(
  {
    Sid: pick('a', 'b'),
    Effect: pick<unknown>('Allow', 'Allow', 'Deny', 'Perhaps'),
    Principal: pick<unknown>('*', { AWS: '*' }, { AWS: PARTNER }, { Service: 's3.amazonaws.com' }, { AWS: [OWNER] }, 3),
    NotPrincipal: pick<unknown>(undefined, undefined, undefined, { AWS: PARTNER }),
    Action: pick<unknown>('s3:GetObject', 's3:*', ['s3:PutObject', 's3:ListBucket'], '*'),
    Resource: pick<unknown>('*', OBJECTS, BUCKET, `${BUCKET}/a/*`, [BUCKET, OBJECTS]),
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Action', 'Resource'] },
)
const statements = fc.array(anyStatement, { maxLength: 4 })
const facts = fc.record({
  policy: statements.map((list) => policyText(...list)),
  publicAccessBlock: pick(null, OFF, ON, { ...OFF, restrictPublicBuckets: true }),
  acl: pick<unknown>([], [{ grantee: 'all-users', permission: 'READ' }], [{ grantee: 'other', permission: 'WRITE' }]),
  ownership: pick(null, 'BucketOwnerEnforced', 'ObjectWriter'),
})
const rank = ({ value }: Exposure): number => (value === undefined ? Number.NaN : LADDERS.exposure.indexOf(value))

describe('whatever a policy says', () => {
  test('it is answered, and never thrown at', () => {
    const anything = fc.oneof(
      fc.json(),
      fc.string(),
      statements.map((list) => policyText(...list).slice(0, -3)),
    )
    fc.assert(
      fc.property(anything, (policy) => {
        const exposure = exposureOfBucket({ document: bucket({ policy }), account: null })
        if (parsePolicy(policy) === undefined) expect(exposure.value).toBeUndefined()
      }),
      RUNS,
    )
  })

  test('so it is with any value in any place of a statement', () => {
    const keys = [
      'Sid',
      'Effect',
      'Principal',
      'NotPrincipal',
      'Action',
      'NotAction',
      'Resource',
      'NotResource',
      'Condition',
    ]
    const odd = fc.dictionary(pick(...keys, '__proto__', 'constructor'), fc.jsonValue({ maxDepth: 3 }))
    fc.assert(
      fc.property(anyStatement, odd, (sane, changes) => {
        const policy = policyText({ ...sane, ...changes })
        const parsed = parsePolicy(policy)
        expect(parsed && ['yes', 'no', 'unknown']).toContain(parsed && isAwsPublic(parsed))
        const exposure = exposureOfBucket({ document: bucket({ policy }), account: null })
        if (exposure.value === undefined) expect(exposure.missing).not.toEqual([])
      }),
      RUNS,
    )
  })

  test('one more Deny never lets more in', () => {
    const deny = anyStatement.map((each) => ({ ...each, Effect: 'Deny' }))
    fc.assert(
      fc.property(statements, deny, (list, more) => {
        const by = (all: readonly unknown[]) =>
          exposureOfBucket({ document: bucket({ policy: policyText(...all) }), account: null })
        const [before, after] = [by(list), by([...list, more])]
        if (before.certainty === 'certain' && after.certainty === 'certain')
          expect(rank(after)).toBeLessThanOrEqual(rank(before))
        if (before.value === 'none' && before.certainty === 'certain') expect(after.value).toBe('none')
      }),
      RUNS,
    )
  })

  test('one more Allow never closes anything', () => {
    const allow = anyStatement.map((each) => ({ ...each, Effect: 'Allow' }))
    fc.assert(
      fc.property(statements, allow, (list, more) => {
        const by = (all: readonly unknown[]) =>
          exposureOfBucket({ document: bucket({ policy: policyText(...all) }), account: null })
        const [before, after] = [by(list), by([...list, more])]
        if (before.certainty === 'certain' && after.certainty === 'certain')
          expect(rank(after)).toBeGreaterThanOrEqual(rank(before))
      }),
      RUNS,
    )
  })

  test('what is said for sure while a fact is missing stays true whatever the fact is', () => {
    const names = fc.subarray(['policy', 'publicAccessBlock', 'acl', 'ownership'] as const, { minLength: 1 })
    fc.assert(
      fc.property(facts, names, pick(null, OFF, ON, undefined), (known, missing, account) => {
        const forgotten = Object.fromEntries(missing.map((each) => [each, undefined]))
        const settings = account === undefined ? {} : { account }
        const less = exposureOfBucket({ document: bucket({ ...known, ...forgotten }), ...settings })
        const more = exposureOfBucket({ document: bucket(known), account: account ?? OFF })
        if (less.certainty === 'certain') expect([more.value, more.certainty]).toEqual([less.value, 'certain'])
        if (less.anonymous !== 'unknown' && less.anonymous !== 'read') expect(more.anonymous).toBe(less.anonymous)
        if (less.certainty === 'possible' && less.value !== undefined && more.value !== undefined)
          expect(rank(less) <= 2 ? rank(more) <= rank(less) : rank(more) >= rank(less)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
