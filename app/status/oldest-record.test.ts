import { describe, expect, test } from 'vitest'
import { oldestRecords, type OffsetsSince } from './oldest-record.ts'

const NOW = Date.UTC(2026, 10, 26)
const HOUR_MS = 3_600_000

/** A topic whose records were written so long ago, by partition. */
class SampleTopic {
  requests = 0
  readonly #ages: readonly (readonly number[])[]

  constructor(...ages: readonly (readonly number[])[]) {
    this.#ages = ages
  }

  readonly offsetsSince: OffsetsSince = async (time) => {
    this.requests += 1
    return new Map(
      this.#ages.map((ages, partition) => {
        const first = ages.findIndex((age) => NOW - age >= time)
        return [partition, BigInt(first === -1 ? ages.length : first)]
      }),
    )
  }
}

function ageOf(found: number | undefined): number {
  return NOW - found!
}

describe('the oldest record that is not acknowledged', () => {
  test.each([
    ['a second', 1000],
    ['seven minutes', 7 * 60_000],
    ['three hours', 3 * HOUR_MS],
    ['ninety days', 90 * 24 * HOUR_MS],
  ])('of %s is found to a tenth of a per mille, with some twenty requests', async (_, age) => {
    const topic = new SampleTopic([200 * 24 * HOUR_MS, age, age / 2], [5, 4])
    const [found] = await oldestRecords([new Map([[0, 1n]])], topic.offsetsSince, NOW)
    expect(Math.abs(ageOf(found) - age)).toBeLessThanOrEqual(Math.max(1, age / 10_000))
    expect(topic.requests).toBeLessThanOrEqual(20)
  })

  test('is that of the partition whose oldest is oldest; those that have been read do not count', async () => {
    const topic = new SampleTopic([9 * HOUR_MS, 1000], [5 * HOUR_MS], [9 * HOUR_MS])
    const wanted = new Map([
      [0, 1n],
      [1, 0n],
    ])
    const [found] = await oldestRecords([wanted], topic.offsetsSince, NOW)
    expect(ageOf(found) / HOUR_MS).toBeCloseTo(5, 3)
  })

  test('is none where all is acknowledged, which asks nothing', async () => {
    const topic = new SampleTopic([HOUR_MS])
    expect(await oldestRecords([new Map(), new Map()], topic.offsetsSince, NOW)).toEqual([undefined, undefined])
    expect(topic.requests).toBe(0)
  })

  test('is now where the records come from a clock that runs ahead of ours', async () => {
    const topic = new SampleTopic([-5000])
    expect(await oldestRecords([new Map([[0, 0n]])], topic.offsetsSince, NOW)).toEqual([NOW])
  })

  test('of groups that stand together is found with the same requests', async () => {
    const topic = new SampleTopic([HOUR_MS, 1000])
    const found = await oldestRecords(
      Array.from({ length: 5 }, () => new Map([[0, 0n]])),
      topic.offsetsSince,
      NOW,
    )
    expect(new Set(found).size).toBe(1)
    expect(topic.requests).toBe(20)
  })

  test('of fifty groups that all stand elsewhere is found to a per cent', async () => {
    const ages = Array.from({ length: 50 }, (_, index) => (50 - index) * HOUR_MS)
    const topic = new SampleTopic(ages)
    const wanted = ages.map((_, index) => new Map([[0, BigInt(index)]]))
    const found = await oldestRecords(wanted, topic.offsetsSince, NOW)
    for (const [index, at] of found.entries()) expect(ageOf(at) / ages[index]!).toBeCloseTo(1, 2)
    expect(topic.requests).toBeLessThan(400)
  })

  test('is not made up where the times cannot be asked for', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('no broker'))
    await expect(oldestRecords([new Map([[0, 0n]])], failing, NOW)).rejects.toThrow('no broker')
  })
})
