import { describe, expect, test } from 'vitest'
import type { StreamRecord } from '../stream.ts'
import { INPUT, numbered, records, SINGLE, sorted, text, type Workbench } from './workbench.contract.ts'

/** What `follow`, `lag`, `ends` and `beginnings` promise. */
export function readingContract(bench: Workbench): void {
  describe('following', () => {
    test('hands over the whole topic before it is ready, and then its tail', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [...records(0, 'a', 'b'), ...records(3, 'c')])
      const seen: (string | null)[] = []
      const following = await stream.follow(INPUT, (some) => void seen.push(...some.map(text)))
      await following.ready
      expect(sorted(seen)).toEqual(['a', 'b', 'c'])
      await stream.publish(INPUT, records(1, 'd'))
      await bench.until(() => expect(seen).toHaveLength(4))
      expect(seen.at(-1)).toBe('d')
    })

    test('is ready at once where there is nothing', async () => {
      const stream = await bench.open()
      const following = await stream.follow(SINGLE, () => expect.unreachable())
      await following.ready
    })

    test('calls its handler once at a time, in order, with more records than one batch holds', async () => {
      const stream = await bench.open()
      const all = numbered(1200)
      await stream.publish(INPUT, all)
      const seen: string[] = []
      let running = 0
      const following = await stream.follow(INPUT, async (some) => {
        running += 1
        expect(running).toBe(1)
        await Promise.resolve()
        seen.push(...some.map(({ key }) => key))
        running -= 1
      })
      await following.ready
      expect(seen).toEqual(all.map(({ key }) => key))
    })

    test('hands over again what its handler rejected', async () => {
      const stream = await bench.open()
      await stream.publish(SINGLE, records(0, 'a'))
      const attempts: (string | null)[][] = []
      const following = await stream.follow(SINGLE, (some) => {
        attempts.push(some.map(text))
        if (attempts.length === 1) throw new Error('the table is not there yet')
      })
      await following.ready
      expect(attempts).toEqual([['a'], ['a']])
    })

    test('hands over nothing after it was stopped, twice if need be, and waits for its handler', async () => {
      const stream = await bench.open()
      await stream.publish(SINGLE, records(0, 'a'))
      const release = Promise.withResolvers<void>()
      const seen: StreamRecord[] = []
      const following = await stream.follow(SINGLE, async (some) => {
        seen.push(...some)
        await release.promise
      })
      await bench.until(() => expect(seen).toHaveLength(1))
      let stopped = false
      const stopping = Promise.all([following.stop(), following.stop()]).then(() => (stopped = true))
      await bench.pause()
      expect(stopped).toBe(false)
      release.resolve()
      await stopping
      await stream.publish(SINGLE, records(0, 'b'))
      await bench.pause()
      expect(seen).toHaveLength(1)
    })

    test('rejects ready when it is stopped before', async () => {
      const stream = await bench.open()
      await stream.publish(SINGLE, records(0, 'a'))
      const following = await stream.follow(SINGLE, () => Promise.reject(new Error('never')))
      await following.stop()
      await expect(following.ready).rejects.toMatchObject({ code: 'STREAM_STOPPED' })
    })
  })

  describe('ends, beginnings and lag', () => {
    test('say by partition where the next record goes and where the oldest stands', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [...records(0, 'a', 'b'), ...records(2, 'c')])
      expect([...(await stream.ends(INPUT))]).toEqual([
        [0, 2n],
        [1, 0n],
        [2, 1n],
        [3, 0n],
      ])
      expect([...(await stream.beginnings(INPUT))]).toEqual([
        [0, 0n],
        [1, 0n],
        [2, 0n],
        [3, 0n],
      ])
    })

    test('count for each group what it has not committed', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [...numbered(5), ...numbered(3, 2)])
      expect(await stream.lag(INPUT, 'reader')).toBe(8)
      const consumption = await stream.consume({ topic: INPUT, group: 'reader' }, async () => {})
      await bench.until(async () => expect(await stream.lag(INPUT, 'reader')).toBe(0))
      await consumption.stop()
      await stream.publish(INPUT, numbered(2, 1))
      expect(await stream.lag(INPUT, 'reader')).toBe(2)
      expect(await stream.lag(INPUT, 'another')).toBe(10)
    })

    test('do not count a batch that is still being handled as committed', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(5))
      const release = Promise.withResolvers<void>()
      let entered = false
      await stream.consume({ topic: INPUT, group: 'reader' }, async () => {
        entered = true
        await release.promise
      })
      await bench.until(() => expect(entered).toBe(true))
      expect(await stream.lag(INPUT, 'reader')).toBe(5)
      release.resolve()
      await bench.until(async () => expect(await stream.lag(INPUT, 'reader')).toBe(0))
    })
  })
}
