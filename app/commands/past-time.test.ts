import { InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { pastTime } from './past-time.ts'

test('a time is a date, in UTC where it names no zone, or how long ago it was', () => {
  expect(pastTime('2026-11-25')).toBe(Date.UTC(2026, 10, 25))
  expect(pastTime('2026-11-25T12:00:00+02:00')).toBe(Date.UTC(2026, 10, 25, 10))
  expect(Math.abs(pastTime('2h') - (Date.now() - 7_200_000))).toBeLessThan(1000)
  expect(Math.abs(pastTime('3d') - (Date.now() - 3 * 86_400_000))).toBeLessThan(1000)
})

test.each(['yesterday', '2 h', '-1h', '1999-01-01', ''])('%j is none', (text) => {
  expect(() => pastTime(text)).toThrow(InvalidArgumentError)
})
