import { describe, expect, test } from 'vitest'
import type { Assignment, Batch } from '../stream.ts'
import {
  INPUT,
  numbered,
  OUTPUT,
  PARTITIONS,
  readTexts,
  records,
  sorted,
  texts,
  untilAborted,
  type Workbench,
} from './workbench.contract.ts'

const GROUP = 'sharers'
const rising = (one: number, other: number): number => one - other

/** How the consumptions of one group share its partitions, and hand them to one another. */
export function sharingContract(bench: Workbench): void {
  describe('sharing a group', () => {
    test('splits the partitions, and hands over every record once', async () => {
      const stream = await bench.open()
      const owners = new Map<number, Set<string>>()
      const seen: (string | null)[] = []
      const join = async (name: string): Promise<void> => {
        const assigned = async ({ partition }: Assignment): Promise<undefined> => {
          owners.set(partition, new Set([name]))
        }
        await stream.consume({ topic: INPUT, group: GROUP, assigned }, async (batch) => {
          owners.get(batch.partition)?.add(name)
          seen.push(...texts(batch))
        })
      }
      await Promise.all([join('first'), join('second')])
      const names = (): string[] => [...owners.values()].map((own) => [...own].join()).toSorted()
      await bench.until(() => expect(names()).toEqual(['first', 'first', 'second', 'second']))
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        await stream.publish(INPUT, records(partition, `${partition}a`, `${partition}b`))
      }
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(sorted(seen)).toEqual(['0a', '0b', '1a', '1b', '2a', '2b', '3a', '3b'])
      expect(names()).toEqual(['first', 'first', 'second', 'second'])
    })

    test('tells each member which partitions are its own, and when the other has left, that all are', async () => {
      const stream = await bench.open()
      const join = () => stream.consume({ topic: INPUT, group: GROUP }, async () => undefined)
      const [first, second] = [await join(), await join()]
      const own = (): number[] => [...(first.partitions() ?? []), ...(second.partitions() ?? [])].toSorted(rising)
      await bench.until(() => {
        expect(own()).toEqual([0, 1, 2, 3])
        expect(first.partitions()).toHaveLength(2)
      })
      await second.stop()
      await bench.until(() => expect(first.partitions()?.toSorted(rising)).toEqual([0, 1, 2, 3]))
    })

    test('takes partitions from a member only after its handlers have let go, and commits nothing of theirs', async () => {
      const stream = await bench.open()
      for (let partition = 0; partition < PARTITIONS; partition += 1)
        await stream.publish(INPUT, numbered(1, partition))
      const events: string[] = []
      const release = Promise.withResolvers<void>()
      const first = async (batch: Batch): Promise<void> => {
        batch.publish(OUTPUT, records(batch.partition, `first ${batch.partition}`))
        events.push(`first enters ${batch.partition}`)
        await untilAborted(batch).catch(() => undefined)
        events.push(`first is told ${batch.partition}`)
        await release.promise
        events.push(`first leaves ${batch.partition}`)
      }
      await stream.consume({ topic: INPUT, group: GROUP }, first)
      await bench.until(() => expect(events).toHaveLength(PARTITIONS))
      const assigned = async ({ partition }: Assignment): Promise<undefined> =>
        void events.push(`second takes ${partition}`)
      await stream.consume({ topic: INPUT, group: GROUP, assigned }, async (batch) => {
        batch.publish(OUTPUT, records(batch.partition, `second ${batch.partition}`))
      })
      const told = (): string[] => events.filter((event) => event.startsWith('first is told'))
      await bench.until(() => expect(told().length).toBeGreaterThan(0))
      await bench.pause()
      expect(events.filter((event) => event.startsWith('second'))).toEqual([])
      release.resolve()
      await bench.until(() => expect(events.filter((event) => event.startsWith('second'))).toHaveLength(2))
      const moved = events.filter((event) => event.startsWith('second takes')).map((event) => event.at(-1))
      for (const partition of moved) {
        expect(events.indexOf(`first leaves ${partition}`)).toBeLessThan(events.indexOf(`second takes ${partition}`))
      }
      await bench.until(async () => {
        const output = await readTexts(stream, OUTPUT)
        expect(output.filter((value) => value?.startsWith('second'))).toEqual(sorted(moved).map((p) => `second ${p}`))
        expect(output.filter((value) => moved.includes(value?.at(-1)) && value?.startsWith('first'))).toEqual([])
      })
    })

    test('gives the partitions of a member that leaves to those who stay', async () => {
      const stream = await bench.open()
      const owned = new Map<string, Set<number>>()
      const join = (name: string) => {
        const partitions = new Set<number>()
        owned.set(name, partitions)
        const assigned = async ({ partition }: Assignment): Promise<undefined> => void partitions.add(partition)
        return stream.consume({ topic: INPUT, group: GROUP, assigned, tickMs: bench.ms(50) }, async () => {})
      }
      const leaving = await join('leaving')
      await join('staying')
      await bench.until(() => expect(owned.get('staying')?.size).toBe(2))
      await leaving.stop()
      await bench.until(() => expect(owned.get('staying')?.size).toBe(PARTITIONS))
    })

    test('lets members beyond the number of partitions stand by, and take over', async () => {
      const stream = await bench.open()
      const takenBy: string[] = []
      const join = (name: string) =>
        stream.consume({ topic: INPUT, group: GROUP, assigned: async () => void takenBy.push(name) }, async () => {})
      const members = []
      for (let index = 0; index <= PARTITIONS; index += 1) members.push(await join(`member ${index}`))
      await bench.until(() => expect(new Set(takenBy).size).toBe(PARTITIONS))
      const idle = members.findIndex((_, index) => !takenBy.includes(`member ${index}`))
      await members.find((_, index) => index !== idle)?.stop()
      await bench.until(() => expect(takenBy).toContain(`member ${idle}`))
    })
  })
}
