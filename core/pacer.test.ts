import { describe, expect, test } from 'vitest'
import { Pacer } from './pacer.ts'

const signal = new AbortController().signal

async function turns(pacer: Pacer, count: number): Promise<number[]> {
  const began = performance.now()
  const at: number[] = []
  await Promise.all(
    Array.from({ length: count }, async () => {
      await pacer.turn(signal)
      at.push(performance.now() - began)
    }),
  )
  return at
}

describe('pacer', () => {
  test('lets a burst through at once, and what follows at the rate', async () => {
    const at = await turns(new Pacer({ perSecond: 20, burst: 3 }), 7)
    expect(at[2]).toBeLessThan(40)
    expect(at[3]).toBeGreaterThanOrEqual(45)
    expect(at[6]).toBeGreaterThanOrEqual(195)
    expect(at[6]).toBeLessThan(400)
  })

  test('an idle time gives no more than one burst', async () => {
    let now = 0
    const pacer = new Pacer({ perSecond: 10, burst: 2 }, () => now)
    await turns(pacer, 2)
    now = 60_000
    const began = performance.now()
    await turns(pacer, 3)
    expect(performance.now() - began).toBeGreaterThanOrEqual(95)
  })

  test('after a pause nobody comes before it is over, and then without a burst', async () => {
    const pacer = new Pacer({ perSecond: 20, burst: 5 })
    pacer.pause(100)
    const at = await turns(pacer, 2)
    expect(at[0]).toBeGreaterThanOrEqual(95)
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(40)
  })

  test('whoever waits is let go when the signal aborts', async () => {
    const pacer = new Pacer({ perSecond: 0.1, burst: 1 })
    await pacer.turn(signal)
    await expect(pacer.turn(AbortSignal.timeout(20))).rejects.toThrow(/abort/i)
  })
})

test('a burst goes at once, and the rest at the rate, in order', async () => {
  const pace = new Pacer({ perSecond: 100, burst: 5 })
  const began = performance.now()
  const done: number[] = []
  await Promise.all(Array.from({ length: 15 }, (_, index) => pace.turn(signal).then(() => done.push(index))))
  expect(performance.now() - began).toBeGreaterThanOrEqual(95)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
})

test('after a pause nobody goes before its end, and only at the rate', async () => {
  const pace = new Pacer({ perSecond: 100, burst: 5 })
  pace.pause(60)
  const began = performance.now()
  await pace.turn(signal)
  expect(performance.now() - began).toBeGreaterThanOrEqual(55)
  await pace.turn(signal)
  expect(performance.now() - began).toBeGreaterThanOrEqual(65)
})

test('whoever waits can be called off', async () => {
  const pace = new Pacer({ perSecond: 1, burst: 1 })
  await pace.turn(signal)
  const abort = new AbortController()
  const waiting = pace.turn(abort.signal)
  abort.abort()
  await expect(waiting).rejects.toThrow('abort')
})
