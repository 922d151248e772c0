import { describe, expect, test } from 'vitest'
import { Routes } from './routes.ts'

const [A, B] = ['111122223333', '444455556666'] as const
const destinations = [
  { account: A, regions: ['eu-west-1', 'us-east-1'] },
  { account: B, regions: ['eu-central-1'] },
]
const event = (account: string, region?: string) => ({ cloud: { account: { uid: account }, region } })

describe('a finding goes to', () => {
  const routes = new Routes({ destinations, otherAccounts: 'reject' })

  test.each([
    ['its account and region', event(A, 'us-east-1'), { account: A, region: 'us-east-1' }],
    ['the first region where its own is none of them', event(A, 'ap-south-1'), { account: A, region: 'eu-west-1' }],
    ['the first region where it has none', event(B), { account: B, region: 'eu-central-1' }],
    [
      'the region of its resource before that of its scan',
      { ...event(A, 'eu-west-1'), resources: [{ region: 'us-east-1' }] },
      { account: A, region: 'us-east-1' },
    ],
  ])('%s', (_, of, place) => {
    expect(routes.placeOf(of)).toEqual(place)
  })

  test('the region in which it already stands', () => {
    expect(routes.placeOf(event(A, 'eu-west-1'), 'us-east-1')).toEqual({ account: A, region: 'us-east-1' })
  })

  test('nowhere when no destination is for it, with the remedies', () => {
    expect(() => routes.placeOf(event('999999999999'))).toThrow(/999999999999.*destination.*otherAccounts.*filter/)
    expect(() => routes.placeOf({})).toThrow('no account')
  })

  test('the destination for all others, where there is one', () => {
    const others = new Routes({ destinations, otherAccounts: B })
    expect(others.placeOf({ unmapped: { account: 'cluster-1' } })).toEqual({ account: B, region: 'eu-central-1' })
    expect(others.placeOf(event(A, 'us-east-1'))).toEqual({ account: A, region: 'us-east-1' })
  })
})

test('destinations that contradict each other, or what AWS allows, are all told at once', () => {
  const wrong = [
    { account: A, regions: ['eu-west-1'], roleArn: `arn:aws:iam::${B}:role/x` },
    { account: A, regions: ['us-east-1'], externalId: 'x1' },
  ]
  expect(() => new Routes({ destinations: wrong, otherAccounts: '999999999999' })).toThrow(
    /not of the account 111122223333.*names 111122223333 twice.*no roleArn.*otherAccounts names 999999999999/,
  )
})
