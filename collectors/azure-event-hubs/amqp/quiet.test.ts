import { expect, test } from 'vitest'
import { Quiet } from './quiet.ts'

/** A hub of two partitions, which are looked at every second and have to be silent for two. */
function quietOf(held: readonly string[], others: readonly string[] = []): Quiet {
  return new Quiet({
    waitMs: 2000,
    lookMs: 1000,
    partitions: ['0', '1'],
    isHeld: (partition) => held.includes(partition),
    isOthers: (partition) => others.includes(partition),
  })
}

test('all partitions have to be silent over the whole time, and it is said again after as long', () => {
  const quiet = quietOf(['0', '1'])
  quiet.silent('0', 1000)
  quiet.silent('0', 2000)
  expect(quiet.isLongEnough(2000)).toBe(false)
  quiet.silent('1', 2100)
  expect(quiet.isLongEnough(2100)).toBe(false)
  quiet.silent('0', 3000)
  quiet.silent('1', 3100)
  expect(quiet.isLongEnough(3100)).toBe(true)
  quiet.silent('1', 4100)
  expect(quiet.isLongEnough(4100)).toBe(false)
  quiet.silent('0', 5000)
  quiet.silent('1', 5100)
  expect(quiet.isLongEnough(5100)).toBe(true)
})

test('what came and is worked on is no silence', () => {
  const quiet = quietOf(['0', '1'])
  for (const now of [1000, 2000]) for (const partition of ['0', '1']) quiet.silent(partition, now)
  quiet.busy('1', 2000)
  quiet.silent('0', 9000)
  expect(quiet.isLongEnough(9000)).toBe(false)
})

test('a link that broke is no silence: it says once that there is nothing, and then nothing any more', () => {
  const quiet = quietOf(['0', '1'])
  for (const now of [1000, 2000, 3000, 4000, 5000, 6000, 7000]) {
    quiet.silent('0', now)
    if (now === 1000) quiet.silent('1', now)
    expect(quiet.isLongEnough(now)).toBe(false)
  }
})

test('partitions that others read are not waited for; those that nobody reads are', () => {
  const quiet = quietOf(['0'], ['1'])
  quiet.silent('0', 1000)
  quiet.silent('0', 2000)
  expect(quiet.isLongEnough(2000)).toBe(true)
  const unclaimed = quietOf(['0'])
  unclaimed.silent('0', 1000)
  unclaimed.silent('0', 2000)
  expect(unclaimed.isLongEnough(2000)).toBe(false)
})

test('where others read everything it begins when that is known', () => {
  const quiet = quietOf([], ['0', '1'])
  expect(quiet.isLongEnough(50_000)).toBe(false)
  expect(quiet.isLongEnough(51_000)).toBe(false)
  expect(quiet.isLongEnough(52_000)).toBe(true)
})
