import { describe, expect, test } from 'vitest'
import type { AclGrant, Bucket } from '../../../schemas/generated/asset-document.ts'
import { described, documentOf, factOf, oneOf, portOf, setOf, tagsOf, tagsOfRecord } from './facts.ts'
import { uidsOf } from '../ec2/uids.ts'
import { SampleCalls } from './sample-calls.ts'

describe('a document', () => {
  test('tells facts, null ones too, from refusals and from what nothing was said of', () => {
    const document = documentOf<Bucket>(
      { type: 'AWS::S3::Bucket', tags: undefined },
      {
        policy: factOf({ absent: 'NoSuchBucketPolicy' }, () => 'never', null),
        publicAccessBlock: factOf({ refused: 'AccessDenied: no' }, () => null),
        acl: factOf({ value: {} }, (): AclGrant[] | undefined => undefined),
        ownership: factOf({ absent: 'whatever' }, () => null),
      },
    )
    expect(document).toEqual({
      type: 'AWS::S3::Bucket',
      policy: null,
      refused: { publicAccessBlock: 'AccessDenied: no' },
    })
    expect(Object.keys(document)).toEqual(['type', 'policy', 'refused'])
  })

  test('of what has no name is no asset, and makes the listing incomplete', () => {
    for (const uid of [undefined, ''])
      expect(described(uid, { type: 'AWS::S3::Bucket' })).toMatchObject({ refused: ['AWS::S3::Bucket'] })
  })
})

describe('values of the SDK', () => {
  test('tags have names and come in one order, whichever way they are written', () => {
    const tags = [
      { name: 'a', value: '' },
      { name: 'b', value: '2' },
    ]
    expect(tagsOf([{ Key: 'b', Value: '2' }, { Key: 'a' }, { Key: '', Value: 'x' }, {}])).toEqual(tags)
    expect(tagsOfRecord({ b: '2', a: '' })).toEqual(tags)
    expect(tagsOf(undefined)).toBeUndefined()
    expect(tagsOfRecord(undefined)).toBeUndefined()
  })

  test('sets have each text once, in one order; unknown stays unknown', () => {
    expect(setOf(['b', undefined, 'a', '', 'b'])).toEqual(['a', 'b'])
    expect(setOf(undefined)).toBeUndefined()
    expect(uidsOf(new SampleCalls(), 'subnet', ['subnet-1'])).toEqual([
      'arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1',
    ])
  })

  test('a word that the schema does not know, and a port of 0, are not known', () => {
    expect(oneOf(['a', 'b'], 'b')).toBe('b')
    expect(oneOf(['a', 'b'], 'c')).toBeUndefined()
    expect([0, -1, 1.5, undefined, 443].map(portOf)).toEqual([undefined, undefined, undefined, undefined, 443])
  })
})
