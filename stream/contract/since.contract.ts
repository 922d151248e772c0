import { describe, expect, test } from 'vitest'
import type { Stream } from '../stream.ts'
import { INPUT, OUTPUT, records, sorted, text, texts, type Workbench } from './workbench.contract.ts'

/** What `offsetsSince` promises, and following from a place. */
export function sinceContract(bench: Workbench): void {
  async function readFrom(stream: Stream, topic: string, from: ReadonlyMap<number, bigint>): Promise<string[]> {
    const seen: (string | null)[] = []
    const following = await stream.follow(topic, (some) => void seen.push(...some.map(text)), { from })
    await following.ready
    await following.stop()
    return sorted(seen)
  }

  /** A moment with nothing written just before or after it. */
  async function now(): Promise<number> {
    await bench.pause()
    const time = Date.now()
    await bench.pause()
    return time
  }

  describe('the place of a time', () => {
    test('is by partition the first record written then or later, the end where there was none', async () => {
      const stream = await bench.open()
      const start = await now()
      await stream.publish(INPUT, [...records(0, 'a', 'b'), ...records(1, 'c')])
      const time = await now()
      await stream.publish(INPUT, [...records(0, 'd'), ...records(2, 'e')])
      const offsets = (zero: bigint, one: bigint, two: bigint): Map<number, bigint> =>
        new Map([zero, one, two, 0n].entries())
      expect(await stream.offsetsSince(INPUT, start)).toEqual(offsets(0n, 0n, 0n))
      expect(await stream.offsetsSince(INPUT, 0)).toEqual(offsets(0n, 0n, 0n))
      expect(await stream.offsetsSince(INPUT, time)).toEqual(offsets(2n, 1n, 0n))
      expect(await stream.offsetsSince(INPUT, time + 0.5)).toEqual(offsets(2n, 1n, 0n))
      expect(await stream.offsetsSince(INPUT, Date.now() + 3_600_000)).toEqual(offsets(3n, 1n, 1n))
    })

    test('leads to exactly what was committed since, also where batches published it', async () => {
      const stream = await bench.open()
      const consumption = await stream.consume({ topic: INPUT, group: 'copier', maxRecords: 1 }, async (batch) => {
        batch.publish(
          OUTPUT,
          texts(batch).flatMap((each) => records(batch.partition, String(each))),
        )
      })
      const copied = async (): Promise<void> =>
        await bench.until(async () => expect(await stream.lag(INPUT, 'copier')).toBe(0))
      await stream.publish(INPUT, [...records(0, 'a', 'b'), ...records(1, 'c')])
      await copied()
      const time = await now()
      await stream.publish(INPUT, [...records(0, 'd', 'e'), ...records(3, 'f')])
      await copied()
      await consumption.stop()
      expect(await readFrom(stream, OUTPUT, await stream.offsetsSince(OUTPUT, time))).toEqual(['d', 'e', 'f'])
      expect(await readFrom(stream, OUTPUT, await stream.offsetsSince(OUTPUT, await now()))).toEqual([])
    })
  })

  describe('following from a place', () => {
    test('begins there, elsewhere with the oldest, and goes on with the tail', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [...records(0, 'a', 'b'), ...records(1, 'c'), ...records(2, 'd')])
      const from = new Map([
        [0, 1n],
        [2, 1n],
      ])
      const seen: (string | null)[] = []
      const following = await stream.follow(INPUT, (some) => void seen.push(...some.map(text)), { from })
      await following.ready
      expect(sorted(seen)).toEqual(['b', 'c'])
      await stream.publish(INPUT, records(2, 'e'))
      await bench.until(() => expect(sorted(seen)).toEqual(['b', 'c', 'e']))
    })
  })
}
