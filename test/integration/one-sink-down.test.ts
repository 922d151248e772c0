import { expect, test } from 'vitest'
import { oneSinkDown } from '../one-sink-down.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

test('a sink that cannot write holds up nobody, says why, and catches up', async (context) => {
  const brokers = await sharedBrokers(context)
  const outage = { rate: 100, outageMs: 10_000, drainLimitMs: 40_000, signal: context.signal }
  const { acknowledged, freeLags, stuckLag, said, free, stuck, deadLetters } = await oneSinkDown({ brokers, ...outage })
  expect(stuckLag).toBeGreaterThan(outage.rate * 5)
  // What one transaction of enrichment holds comes at once, and is written within a look or two.
  expect(freeLags[Math.floor(freeLags.length / 2)]).toBeLessThan(outage.rate)
  expect(said.map(({ level, code }) => `${level} ${code ?? ''}`)).toEqual(['error STORAGE_NOT_A_DIRECTORY', 'info '])
  expect(said[0]?.reason).toMatch(/stuck.*a file stands where a directory must be/)
  expect(free).toHaveLength(acknowledged)
  expect(stuck).toEqual(free)
  expect(new Set(free).size).toBe(free.length)
  expect(deadLetters).toBe(0)
})
