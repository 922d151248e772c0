import { expect, test } from 'vitest'
import { RecentRate } from './recent-rate.ts'

test('a rate is what came since the beginning, and later what came in the last minute', () => {
  const rate = new RecentRate(0)
  expect(rate.look(0, 0)).toBe(0)
  expect(rate.look(10_000, 50)).toBe(5)
  for (let at = 20_000; at <= 60_000; at += 10_000) rate.look(at, 50)
  expect(rate.look(70_000, 50)).toBe(0)
  expect(rate.look(80_000, 650)).toBe(10)
})

test('a rate that was not looked at for long is what came since the last look', () => {
  const rate = new RecentRate(0)
  rate.look(10_000, 10)
  expect(rate.look(1_010_000, 1010)).toBe(1)
})
