import { afterEach, expect, test } from 'vitest'
import { stopSignal } from './stop-signal.ts'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const before = new Map(names.map((name) => [name, process.listeners(name)]))
afterEach(() => {
  for (const name of names)
    for (const listener of process.listeners(name))
      if (!before.get(name)!.includes(listener)) process.off(name, listener)
})

test('the first request to end is passed on, the second ends at once, whichever signals they are', () => {
  let ended = 0
  const signal = stopSignal(() => ended++)
  process.emit('SIGTERM')
  expect([signal.aborted, (signal.reason as Error).message, ended]).toEqual([true, 'stopped by SIGTERM', 0])
  process.emit('SIGINT')
  expect(ended).toBe(1)
})
