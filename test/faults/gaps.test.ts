import { expect, test } from 'vitest'
import { WriteTimes } from './gaps.ts'

const flow = { from: 1000, until: 2000 }

function written(...times: [partition: number, time: number][]): WriteTimes {
  const all = new WriteTimes()
  for (const [partition, time] of times) all.add(partition, time)
  return all
}

test('the longest gap is that of the worst partition, and counts only while there was something to write', () => {
  const times = written(
    [0, 500],
    [0, 1100],
    [1, 1200],
    [0, 1300],
    [0, 1800],
    [1, 1900],
    [1, 1250],
    [0, 1990],
    [1, 5000],
  )
  expect(times.longest(flow)).toEqual({ partition: 1, from: 1250, until: 1900 })
})

test('a partition that goes silent is in a gap until the end, and one that begins late was in one before', () => {
  expect(written([0, 1100]).longest(flow)).toEqual({ partition: 0, from: 1100, until: 2000 })
  expect(written([0, 1700], [0, 1800], [0, 1950]).longest(flow)).toEqual({ partition: 0, from: 1000, until: 1700 })
})

test('a gap belongs to the window in which it ends', () => {
  const times = written([0, 1050], [0, 1400], [0, 1450], [0, 1500], [0, 1600])
  expect(times.longest(flow, { from: 1300, until: 1450 })).toEqual({ partition: 0, from: 1050, until: 1400 })
  expect(times.longest(flow, { from: 1410, until: 1500 })).toEqual({ partition: 0, from: 1400, until: 1450 })
  expect(times.longest(flow, { from: 1010, until: 1390 })).toEqual({ partition: 0, from: 1000, until: 1050 })
})
