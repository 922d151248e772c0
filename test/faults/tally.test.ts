import { describe, expect, test } from 'vitest'
import { complaints, staleness, Tally } from './tally.ts'

const statements = new Map([
  ['a', 3],
  ['b', 1],
])

function tally(...found: [key: string, revision: number, state?: string][]): Tally {
  const all = new Tally()
  for (const [key, revision, state = revision % 2 === 1 ? 'open' : 'resolved'] of found) all.add(key, revision, state)
  return all
}

describe('a tally', () => {
  test('has nothing to say where every revision stands once and in order, whatever lies between', () => {
    const whole = tally(['a', 1], ['b', 1], ['a', 2], ['a', 3])
    expect(complaints('there', whole.compare(statements))).toEqual([])
    expect(whole.count).toBe(4)
  })

  test('finds what is lost, at the end and for a whole finding as well', () => {
    expect(tally(['a', 1], ['a', 2]).compare(statements).lost).toEqual(['a 3', 'b 1'])
  })

  test('finds what is doubled, also where it is far behind', () => {
    const found = tally(['a', 1], ['a', 2], ['b', 1], ['a', 3], ['a', 1], ['a', 1]).compare(statements)
    expect(found).toMatchObject({ lost: [], doubled: ['a 1', 'a 1'], disordered: [] })
  })

  test('finds what is out of order, what nobody stated, and what has turned', () => {
    const found = tally(['a', 2], ['a', 1], ['a', 3, 'resolved'], ['a', 4], ['b', 1], ['c', 1]).compare(statements)
    expect(found).toEqual({
      lost: [],
      doubled: [],
      unknown: ['a 4', 'c 1'],
      disordered: ['a 1'],
      turned: ['a 3 is resolved'],
    })
    expect(complaints('there', found)).toEqual([
      'there: 2 unknown (a 4; c 1)',
      'there: 1 disordered (a 1)',
      'there: 1 turned (a 3 is resolved)',
    ])
  })
})

test('newest revisions are stale where they are old, in another state, or missing', () => {
  const newest = (a: number, state: string) => new Map([['a', { revision: a, state }]])
  expect(staleness('there', newest(3, 'open'), new Map([['a', 3]]))).toEqual([])
  expect(staleness('there', newest(2, 'resolved'), statements)).toEqual([
    'there: 2 not the newest (a 2 resolved, not 3; b 0 missing, not 1)',
  ])
  expect(staleness('there', newest(3, 'resolved'), new Map([['a', 3]]))).toHaveLength(1)
})
