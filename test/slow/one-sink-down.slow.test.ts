import { expect, test } from 'vitest'
import { oneSinkDown } from '../one-sink-down.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

test('one of two file sinks cannot write for five minutes at 100 findings a second', async (context) => {
  const brokers = await sharedBrokers(context)
  const outage = { rate: 100, outageMs: 300_000, drainLimitMs: 300_000, signal: context.signal }
  const outcome = await oneSinkDown({ brokers, ...outage })
  const { acknowledged, freeLags, stuckLag, drainSeconds, said, free, stuck, deadLetters } = outcome
  const percentile = (part: number) => freeLags[Math.floor((freeLags.length - 1) * part)]
  console.log(
    `${acknowledged} findings; the other sink's lag over ${freeLags.length} looks: median ${percentile(0.5)}, ` +
      `95 % below ${percentile(0.95)}, most ${freeLags.at(-1)}; the blocked one's: most ${stuckLag}, gone ` +
      `${drainSeconds.toFixed(1)} s after; lines ${free.length} and ${stuck.length}, dead letters ${deadLetters}; it said:\n` +
      said
        .map(({ level, msg, reason }) => `  ${level}: ${msg}${reason === undefined ? '' : ` (${reason})`}`)
        .join('\n'),
  )
  expect(stuckLag).toBeGreaterThan(outage.rate * 250)
  expect(percentile(0.95)).toBeLessThan(outage.rate * 2)
  expect(said.map(({ level }) => level)).toEqual(['error', 'info'])
  expect(free).toHaveLength(acknowledged)
  expect(stuck).toEqual(free)
  expect(new Set(free).size).toBe(free.length)
  expect(deadLetters).toBe(0)
})
