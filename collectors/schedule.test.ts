import { describe, expect, test } from 'vitest'
import { Schedule, scheduleProblem } from './schedule.ts'

const at = (text: string): number => new Date(text).getTime()
const after = (expression: string, moment: string): string | undefined => {
  const tick = new Schedule(expression).after(at(moment))
  return tick === undefined ? undefined : new Date(tick).toISOString()
}

test.each([
  ['30 2 * * *', '2026-11-25T02:29:59.999Z', '2026-11-25T02:30:00.000Z'],
  ['30 2 * * *', '2026-11-25T02:30:00.000Z', '2026-11-26T02:30:00.000Z'],
  ['*/20 * * * *', '2026-11-25T23:45:00Z', '2026-11-26T00:00:00.000Z'],
  ['15 */10 * * * *', '2026-11-25T00:00:15Z', '2026-11-25T00:10:15.000Z'],
  ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['0 6 * * 1', '2026-11-25T00:00:00Z', '2026-11-30T06:00:00.000Z'],
  ['0 0 13 * 5', '2026-11-14T00:00:00Z', '2027-08-13T00:00:00.000Z'],
  ['0 2 * jan sun', '2026-11-25T00:00:00Z', '2027-01-03T02:00:00.000Z'],
])('%s after %s ticks at %s, in UTC', (expression, moment, expected) => {
  expect(after(expression, moment)).toBe(expected)
})

describe('a schedule that is none', () => {
  test.each([
    ['', 'no cron expression of 5 or 6 fields'],
    ['hourly', 'no cron expression of 5 or 6 fields'],
    ['@daily', 'no cron expression of 5 or 6 fields'],
    ['* * * *', 'no cron expression of 5 or 6 fields'],
    ['* * * * * * *', 'no cron expression of 5 or 6 fields'],
    ['60 * * * *', 'the field minute cannot be "60"'],
    ['0 2 * * someday', 'the field day of week cannot be "someday"'],
    ['0 0 31 2 *', 'the field day of month cannot be "31"'],
  ])('%j: %s', (expression, problem) => {
    expect(scheduleProblem(expression)).toBe(problem)
  })

  test('one that is sound has no problem', () => {
    expect(['0 */6 * * *', '  5 4 * * 1-5 ', '0 0 0 1 1 *'].map(scheduleProblem)).toEqual(Array(3).fill(undefined))
  })
})
