import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

const signal = new AbortController().signal

test('a burst goes at once, and the rest at the rate, in order', async () => {
  const pace = new Pace(100, 5)
  const began = performance.now()
  const done: number[] = []
  await Promise.all(Array.from({ length: 15 }, (_, index) => pace.take(signal).then(() => done.push(index))))
  expect(performance.now() - began).toBeGreaterThanOrEqual(95)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
})

test('after a pause nobody goes before its end, and only at the rate', async () => {
  const pace = new Pace(100, 5)
  pace.pause(60)
  const began = performance.now()
  await pace.take(signal)
  expect(performance.now() - began).toBeGreaterThanOrEqual(55)
  await pace.take(signal)
  expect(performance.now() - began).toBeGreaterThanOrEqual(65)
})

test('whoever waits can be called off', async () => {
  const pace = new Pace(1, 1)
  await pace.take(signal)
  const abort = new AbortController()
  const waiting = pace.take(abort.signal)
  abort.abort()
  await expect(waiting).rejects.toThrow('abort')
})
