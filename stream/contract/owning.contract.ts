import { describe, expect, test } from 'vitest'
import type { Assignment, StreamRecord } from '../stream.ts'
import {
  INPUT,
  numbered,
  PARTITIONS,
  records,
  STATE,
  text,
  texts,
  untilAborted,
  type Workbench,
} from './workbench.contract.ts'

const GROUP = 'owner'

/** What owning a partition means: taking it over, and restoring what lies beside it. */
export function owningContract(bench: Workbench): void {
  describe('taking a partition over', () => {
    test('comes before its first batch, for every partition', async () => {
      const stream = await bench.open()
      for (let partition = 0; partition < PARTITIONS; partition += 1)
        await stream.publish(INPUT, numbered(1, partition))
      const events: string[] = []
      const assigned = async ({ partition }: Assignment): Promise<undefined> => {
        await bench.pause()
        events.push(`assigned ${partition}`)
      }
      await stream.consume({ topic: INPUT, group: GROUP, assigned }, async ({ partition }) => {
        events.push(`batch ${partition}`)
      })
      await bench.until(() => expect(events).toHaveLength(2 * PARTITIONS))
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const own = events.filter((event) => event.endsWith(String(partition)))
        expect(own).toEqual([`assigned ${partition}`, `batch ${partition}`])
      }
    })

    test('sets the position, before the one that the group has committed', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b', 'c'))
      const earlier = await stream.consume({ topic: INPUT, group: GROUP }, async () => {})
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      await earlier.stop()
      const seen: (string | null)[] = []
      const assigned = async ({ partition }: Assignment): Promise<bigint | undefined> =>
        partition === 0 ? 1n : undefined
      await stream.consume({ topic: INPUT, group: GROUP, assigned }, async (batch) => void seen.push(...texts(batch)))
      await bench.until(() => expect(seen).toEqual(['b', 'c']))
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
    })

    test('leaves the start that was told in force, where it sets no position', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b'))
      const from = new Map([[0, 1n]])
      const found: (bigint | undefined)[] = []
      const assigned = async ({ partition }: Assignment): Promise<undefined> => {
        if (partition === 0) found.push((await stream.positions(INPUT, GROUP)).get(0))
      }
      const seen: (string | null)[] = []
      const options = { topic: INPUT, group: GROUP, from, assigned }
      await stream.consume(options, async (batch) => void seen.push(...texts(batch)))
      await bench.until(() => expect(seen).toEqual(['b']))
      expect(found).toEqual([1n])
    })

    test('ahead of the group leaves no lag behind', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b'))
      const assigned = async ({ partition }: Assignment): Promise<bigint | undefined> =>
        partition === 0 ? 2n : undefined
      const seen: (string | null)[] = []
      await stream.consume({ topic: INPUT, group: GROUP, assigned }, async (batch) => void seen.push(...texts(batch)))
      await stream.publish(INPUT, records(0, 'c'))
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(seen).toEqual(['c'])
    })

    test('happens again after every failed batch', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      const events: string[] = []
      const assigned = async ({ partition }: Assignment): Promise<undefined> => {
        if (partition === 0) events.push('assigned')
      }
      await stream.consume({ topic: INPUT, group: GROUP, assigned }, async (batch) => {
        events.push(texts(batch).join())
        if (events.length < 5) throw new Error('not yet')
      })
      await bench.until(() => expect(events).toEqual(['assigned', 'a', 'assigned', 'a', 'assigned', 'a']))
    })

    test('is tried again until it succeeds, and no batch comes before', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      let attempts = 0
      const assigned = async ({ partition }: Assignment): Promise<undefined> => {
        if (partition !== 0) return
        attempts += 1
        if (attempts < 3) throw new Error('no store')
      }
      const before: number[] = []
      await stream.consume({ topic: INPUT, group: GROUP, assigned }, async () => void before.push(attempts))
      await bench.until(() => expect(before).toEqual([3]))
    })

    test('is let go of when the consumption stops', async () => {
      const stream = await bench.open()
      let left = 0
      const entered = Promise.withResolvers<void>()
      const assigned = async (assignment: Assignment): Promise<never> => {
        entered.resolve()
        return untilAborted(assignment).finally(() => (left += 1))
      }
      const consumption = await stream.consume({ topic: INPUT, group: GROUP, assigned }, () => expect.unreachable())
      await entered.promise
      await consumption.stop()
      expect(left).toBeGreaterThan(0)
    })
  })

  describe('restoring', () => {
    /** Restores partition 1 of a topic when it is taken over; answers the end and what was handed over. */
    const restored = async (topic: string, from: bigint, before: readonly StreamRecordLike[]) => {
      const stream = await bench.open()
      await stream.publish(topic, before)
      const seen: StreamRecord[] = []
      const result = Promise.withResolvers<bigint>()
      const assigned = async ({ partition, restore }: Assignment): Promise<undefined> => {
        if (partition === 1) result.resolve(await restore(topic, from, (some) => void seen.push(...some)))
      }
      await stream.consume({ topic: INPUT, group: GROUP, assigned }, async () => {})
      return { end: await result.promise, seen }
    }
    type StreamRecordLike = ReturnType<typeof records>[number]

    test('hands over this partition of the topic, deletions too, and resolves to its end', async () => {
      const { end, seen } = await restored(STATE, 0n, [
        ...records(0, 'another'),
        ...records(1, 'a', 'b'),
        { key: 'a', value: null, partition: 1 },
      ])
      expect(seen.map(text)).toEqual(['a', 'b', null])
      expect(end).toBe(3n)
    })

    test('begins where it is told to', async () => {
      const { end, seen } = await restored(STATE, 1n, records(1, 'a', 'b', 'c'))
      expect(seen.map(text)).toEqual(['b', 'c'])
      expect(end).toBe(3n)
    })

    test('hands over nothing of an empty partition', async () => {
      const { end, seen } = await restored(STATE, 0n, records(0, 'another'))
      expect(seen).toEqual([])
      expect(end).toBe(0n)
    })

    test('resolves to the end also when it is asked to begin beyond it', async () => {
      const { end, seen } = await restored(STATE, 7n, records(1, 'a'))
      expect(seen).toEqual([])
      expect(end).toBe(1n)
    })

    test('hands over in order what does not fit into one batch', async () => {
      const { end, seen } = await restored(STATE, 0n, numbered(1300, 1))
      expect(seen.map(text)).toEqual(numbered(1300).map(({ key }) => key))
      expect(end).toBe(1300n)
    })

    test('after a failure sees what was committed, and nothing of the failed batch', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b'))
      const restores: string[] = []
      let failed = false
      const assigned = async ({ partition, restore }: Assignment): Promise<undefined> => {
        const keys: string[] = []
        await restore(STATE, 0n, (some) => void keys.push(...some.map(({ key }) => key)))
        if (partition === 0) restores.push(keys.join())
      }
      await stream.consume({ topic: INPUT, group: GROUP, assigned, maxRecords: 1 }, async (batch) => {
        batch.publish(STATE, batch.records)
        if (failed || !texts(batch).includes('b')) return
        failed = true
        throw new Error('after publishing b')
      })
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(restores).toEqual(['', 'a'])
    })
  })
}
