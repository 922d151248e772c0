import { expect, test } from 'vitest'
import { amount, clock, perSecond, ranges, span } from './status-words.ts'

test('a length of time is said in the unit in which it is a small number that still tells something', () => {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]
  const said = [-5, 999, second, 119 * second, 2 * minute, 119 * minute, 2 * hour, 47 * hour, 2 * day, 4000 * day]
  expect(said.map(span)).toEqual([
    'under 1 s',
    'under 1 s',
    '1 s',
    '119 s',
    '2 min',
    '119 min',
    '2 h',
    '47 h',
    '2 d',
    '4,000 d',
  ])
})

test('a time of the last day is said without its date', () => {
  const now = Date.UTC(2026, 10, 26, 3, 30)
  expect(clock(Date.UTC(2026, 10, 25, 23, 5), now)).toBe('23:05 UTC')
  expect(clock(Date.UTC(2026, 10, 24, 3, 5), now)).toBe('2026-11-24 03:05 UTC')
})

test('numbers of things and rates are written as people read them', () => {
  expect([amount(1, 'record'), amount(12_345, 'record'), amount(2, 'process', 'processes')]).toEqual([
    '1 record',
    '12,345 records',
    '2 processes',
  ])
  expect([undefined, 0, 0.02, 0.34, 9.96, 1234.5].map(perSecond)).toEqual([
    '',
    '0/s',
    '0.02/s',
    '0.3/s',
    '10.0/s',
    '1,235/s',
  ])
})

test('neighbours among numbers are joined', () => {
  expect(ranges([])).toBe('')
  expect(ranges([0, 1, 2, 5, 7, 8])).toBe('0-2, 5, 7-8')
})
