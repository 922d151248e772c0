import { describe, expect, test } from 'vitest'
import { INPUT, PARTITIONS, records, sorted, texts, type Workbench } from './workbench.contract.ts'

const GROUP = 'reader'

/** Where a group begins, and that it stays with that. */
export function startingContract(bench: Workbench): void {
  describe('starting', () => {
    test('starts a new group at the end when told to, and stays with that point through failures and stops', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'old'))
      const options = { topic: INPUT, group: GROUP, from: 'latest' } as const
      const attempts: (string | null)[] = []
      const first = await stream.consume(options, async (batch) => {
        attempts.push(...texts(batch))
        throw new Error('not now')
      })
      await stream.publish(INPUT, records(0, 'new'))
      await bench.until(() => expect(attempts[0]).toBe('new'))
      await first.stop()
      await stream.publish(INPUT, records(1, 'meanwhile'))
      const seen: (string | null)[] = []
      await stream.consume(options, async (batch) => void seen.push(...texts(batch)))
      await bench.until(() => expect(sorted(seen)).toEqual(['meanwhile', 'new']))
    })

    test('that started at the end and has seen nothing goes on from there, whatever came while it was away', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'old'))
      const options = { topic: INPUT, group: GROUP, from: 'latest' } as const
      const first = await stream.consume(options, () => expect.unreachable())
      await first.stop()
      const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition)
      for (const partition of partitions) await stream.publish(INPUT, records(partition, `away ${partition}`))
      const seen: (string | null)[] = []
      await stream.consume(options, async (batch) => void seen.push(...texts(batch)))
      await bench.until(() => expect(sorted(seen)).toEqual(partitions.map((partition) => `away ${partition}`)))
    })

    test('starts a new group where it is told by partition, elsewhere at the beginning, and stays with that', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [...records(0, 'a', 'b', 'c'), ...records(1, 'd', 'e'), ...records(2, 'f')])
      const from = new Map([
        [0, 2n],
        [2, 1n],
      ])
      const fails = await stream.consume({ topic: INPUT, group: GROUP, from }, async () => {
        throw new Error('not now')
      })
      await fails.stop()
      expect(await stream.positions(INPUT, GROUP)).toEqual(from)
      await stream.publish(INPUT, records(2, 'g'))
      const seen: (string | null)[] = []
      const elsewhere = new Map([[0, 3n]])
      await stream.consume(
        { topic: INPUT, group: GROUP, from: elsewhere },
        async (batch) => void seen.push(...texts(batch)),
      )
      await bench.until(() => expect(sorted(seen)).toEqual(['c', 'd', 'e', 'g']))
    })

    test('tells the positions of a group, by partition, where it has committed', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [...records(0, 'a', 'b'), ...records(3, 'c')])
      expect(await stream.positions(INPUT, GROUP)).toEqual(new Map())
      const consumption = await stream.consume({ topic: INPUT, group: GROUP }, async ({ partition }) => {
        if (partition === 3) throw new Error('not now')
      })
      await bench.until(async () => expect(await stream.positions(INPUT, GROUP)).toEqual(new Map([[0, 2n]])))
      await consumption.stop()
      expect(await stream.positions(INPUT, 'another')).toEqual(new Map())
    })

    test('goes on from its position when told to start at the end, where it has one', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b'))
      const seen: (string | null)[] = []
      const first = await stream.consume({ topic: INPUT, group: GROUP, maxRecords: 1 }, async (batch) => {
        if (texts(batch).includes('b')) throw new Error('not now')
        seen.push(...texts(batch))
      })
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(1))
      await first.stop()
      await stream.consume(
        { topic: INPUT, group: GROUP, from: 'latest' },
        async (batch) => void seen.push(...texts(batch)),
      )
      await bench.until(() => expect(seen).toEqual(['a', 'b']))
    })
  })
}
