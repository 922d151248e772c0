import { describe, expect, test } from 'vitest'
import {
  INPUT,
  numbered,
  OUTPUT,
  PARTITIONS,
  readTexts,
  records,
  sorted,
  texts,
  type Workbench,
} from './workbench.contract.ts'

const GROUP = 'reader'

/** What `consume` promises to one consumption on its own. */
export function consumingContract(bench: Workbench): void {
  describe('consuming', () => {
    test('hands over batches in order, none larger than asked for', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(25))
      const batches: (string | null)[][] = []
      await stream.consume({ topic: INPUT, group: GROUP, maxRecords: 10 }, async (batch) => {
        expect(batch.partition).toBe(0)
        batches.push(texts(batch))
      })
      await bench.until(() => expect(batches.flat()).toHaveLength(25))
      expect(batches.flat()).toEqual(numbered(25).map(({ key }) => key))
      expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(10)
      expect(batches.every(({ length }) => length > 0)).toBe(true)
    })

    test('hands over what is published while it waits', async () => {
      const stream = await bench.open()
      const seen: (string | null)[] = []
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => void seen.push(...texts(batch)))
      for (const value of ['a', 'b', 'c']) {
        await stream.publish(INPUT, records(1, value))
        await bench.until(() => expect(seen.at(-1)).toBe(value))
      }
      expect(seen).toEqual(['a', 'b', 'c'])
    })

    test('runs one batch of a partition at a time, and partitions beside one another', async () => {
      const stream = await bench.open()
      for (let partition = 0; partition < PARTITIONS; partition += 1)
        await stream.publish(INPUT, numbered(6, partition))
      const running = new Map<number, number>()
      let mostAtOnce = 0
      let count = 0
      await stream.consume({ topic: INPUT, group: GROUP, maxRecords: 2 }, async (batch) => {
        running.set(batch.partition, (running.get(batch.partition) ?? 0) + 1)
        expect(running.get(batch.partition)).toBe(1)
        mostAtOnce = Math.max(mostAtOnce, running.size)
        await bench.pause()
        running.delete(batch.partition)
        count += batch.records.length
      })
      await bench.until(() => expect(count).toBe(6 * PARTITIONS))
      expect(mostAtOnce).toBeGreaterThan(1)
    })

    test('goes on where the group has committed', async () => {
      const stream = await bench.open()
      const seen: (string | null)[] = []
      const consumed = async (count: number): Promise<void> => {
        const consumption = await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
          seen.push(...texts(batch))
        })
        await bench.until(() => expect(seen).toHaveLength(count))
        await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
        await consumption.stop()
      }
      await stream.publish(INPUT, records(0, 'a', 'b'))
      await consumed(2)
      await stream.publish(INPUT, records(0, 'c'))
      await consumed(3)
      expect(seen).toEqual(['a', 'b', 'c'])
    })

    test('keeps groups independent', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'in'))
      const seen: string[] = []
      const note = async (group: string): Promise<void> => {
        await stream.consume(
          { topic: INPUT, group },
          async (batch) => void seen.push(`${group} ${texts(batch).join()}`),
        )
      }
      await Promise.all([note('one'), note('two')])
      await bench.until(() => expect(seen.toSorted()).toEqual(['one in', 'two in']))
    })
  })

  describe('a failing handler', () => {
    test.each([
      ['rejects', () => Promise.reject(new Error('no'))],
      [
        'throws',
        () => {
          throw new Error('no')
        },
      ],
    ])('that %s gets the same records again, after a pause, and commits nothing', async (_, fail) => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b'))
      const attempts: (string | null)[][] = []
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        attempts.push(texts(batch))
        if (attempts.length <= 2) await fail()
      })
      await bench.until(() => expect(attempts.length).toBeGreaterThan(0))
      expect(await stream.lag(INPUT, GROUP)).toBe(2)
      await bench.until(() =>
        expect(attempts).toEqual([
          ['a', 'b'],
          ['a', 'b'],
          ['a', 'b'],
        ]),
      )
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
    })

    test('holds up its own partition alone', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [...records(0, 'poison', 'behind'), ...records(1, 'a'), ...records(2, 'b')])
      const done: (string | null)[] = []
      await stream.consume({ topic: INPUT, group: GROUP, maxRecords: 1 }, async (batch) => {
        if (texts(batch).includes('poison')) throw new Error('poison')
        done.push(...texts(batch))
      })
      await bench.until(() => expect(sorted(done)).toEqual(['a', 'b']))
      await stream.publish(INPUT, records(1, 'c'))
      await bench.until(() => expect(done).toContain('c'))
      expect(done).not.toContain('behind')
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(2))
    })
  })

  describe("the clock's batch", () => {
    test('comes empty, for every partition, when no record came for that long', async () => {
      const stream = await bench.open()
      const ticked = new Set<number>()
      await stream.consume({ topic: INPUT, group: GROUP, tickMs: bench.ms(20) }, async (batch) => {
        expect(batch.records).toEqual([])
        ticked.add(batch.partition)
      })
      await bench.until(() => expect(ticked.size).toBe(PARTITIONS))
    })

    test('never comes unless asked for', async () => {
      const stream = await bench.open()
      await stream.consume({ topic: INPUT, group: GROUP }, () => expect.unreachable())
      await bench.pause()
    })

    test('commits what it publishes, and writes nothing when it publishes nothing', async () => {
      const stream = await bench.open()
      const ticks: number[] = []
      await stream.consume({ topic: INPUT, group: GROUP, tickMs: bench.ms(20) }, async (batch) => {
        if (batch.partition !== 2) return
        ticks.push(batch.partition)
        if (ticks.length === 2) batch.publish(OUTPUT, records(2, 'from the clock'))
      })
      await bench.until(() => expect(ticks.length).toBeGreaterThan(4))
      expect(await readTexts(stream, OUTPUT)).toEqual(['from the clock'])
      expect([...(await stream.ends(OUTPUT)).values()].filter((end) => end > 0n)).toHaveLength(1)
    })
  })
}
