import { describe, expect, test } from 'vitest'
import { MAX_RECORD_BYTES, type Committed } from '../stream.ts'
import {
  INPUT,
  numbered,
  OUTPUT,
  readTexts,
  records,
  SINGLE,
  STATE,
  texts,
  type Workbench,
} from './workbench.contract.ts'

const GROUP = 'worker'

/** What a batch's commit promises: its publishes and its position, all or nothing, and what is told about it. */
export function committingContract(bench: Workbench): void {
  describe('committing', () => {
    test('shows nothing that a batch publishes before its handler has resolved, and then everything', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      const entered = Promise.withResolvers<void>()
      const release = Promise.withResolvers<void>()
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        batch.publish(OUTPUT, records(0, 'out'))
        batch.publish(STATE, [...records(0, 'state'), { key: 'gone', value: null, partition: 0 }])
        entered.resolve()
        await release.promise
      })
      await entered.promise
      expect(await readTexts(stream, OUTPUT)).toEqual([])
      release.resolve()
      await bench.until(async () => expect(await readTexts(stream, OUTPUT)).toEqual(['out']))
      expect(await readTexts(stream, STATE)).toEqual(['state', null])
      expect(await stream.lag(INPUT, GROUP)).toBe(0)
    })

    test('discards everything that a failed batch published', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      let attempt = 0
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        attempt += 1
        batch.publish(OUTPUT, records(0, `attempt ${attempt}`))
        if (attempt < 3) throw new Error('after publishing')
      })
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(await readTexts(stream, OUTPUT)).toEqual(['attempt 3'])
    })

    test('fails the batch that publishes to an unknown topic or partition, and keeps none of it', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      const codes: unknown[] = []
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        if (codes.length >= 2) return
        batch.publish(OUTPUT, records(0, 'with it'))
        try {
          if (codes.length === 0) batch.publish('contract.unknown', records(0, 'x'))
          else batch.publish(OUTPUT, records(99, 'x'))
        } catch (error) {
          codes.push((error as { code?: unknown }).code)
          throw error
        }
      })
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(codes).toEqual(['STREAM_UNKNOWN_TOPIC', 'STREAM_UNKNOWN_PARTITION'])
      expect(await readTexts(stream, OUTPUT)).toEqual([])
    })

    test('fails the batch that publishes a record over the limit, and keeps none of it', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      const codes: unknown[] = []
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        if (codes.length > 0) return
        batch.publish(OUTPUT, records(0, 'with it'))
        try {
          batch.publish(STATE, [{ key: 'large', value: Buffer.alloc(MAX_RECORD_BYTES), partition: 0 }])
        } catch (error) {
          codes.push((error as { code?: unknown }).code)
          throw error
        }
      })
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(codes).toEqual(['RECORD_TOO_LARGE'])
      expect(await readTexts(stream, OUTPUT)).toEqual([])
    })

    test('refuses what is published after the handler has returned', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      const late = Promise.withResolvers<unknown>()
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        setTimeout(() => {
          try {
            late.resolve(batch.publish(OUTPUT, records(0, 'late')))
          } catch (error) {
            late.resolve(error)
          }
        }, bench.ms(50))
      })
      expect(await late.promise).toMatchObject({ code: 'STREAM_BATCH_OVER' })
      expect(await readTexts(stream, OUTPUT)).toEqual([])
    })

    test('keeps a partition in order through batches that publish', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(50))
      let failed = false
      await stream.consume({ topic: INPUT, group: GROUP, maxRecords: 7 }, async (batch) => {
        for (const { key, value } of batch.records) batch.publish(OUTPUT, [{ key, value, partition: batch.partition }])
        if (!failed && batch.records.some(({ key }) => key === 'r20')) {
          failed = true
          throw new Error('once')
        }
      })
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(await readTexts(stream, OUTPUT)).toEqual(numbered(50).map(({ key }) => key))
    })
  })

  describe('after the commit', () => {
    test('the handler learns by topic how far its own partition has been written', async () => {
      const stream = await bench.open()
      await stream.publish(STATE, records(2, 'before'))
      await stream.publish(INPUT, records(2, 'a'))
      const told = Promise.withResolvers<Committed>()
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        batch.publish(STATE, records(2, 's1', 's2'))
        batch.publish(OUTPUT, [...records(2, 'o1'), ...records(1, 'elsewhere', 'elsewhere')])
        batch.publish(SINGLE, records(0, 'of another partition'))
        return told.resolve
      })
      const committed = await told.promise
      expect(new Map(committed)).toEqual(
        new Map([
          [STATE, 3n],
          [OUTPUT, 1n],
        ]),
      )
    })

    test('it is called once everything is decided, and no batch of the partition comes before it has returned', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b'))
      const events: string[] = []
      await stream.consume({ topic: INPUT, group: GROUP, maxRecords: 1 }, async (batch) => {
        events.push(`handle ${texts(batch).join()}`)
        batch.publish(OUTPUT, records(0, `out ${texts(batch).join()}`))
        return async () => {
          const written = `out ${texts(batch).join()}`
          // Readers of a cluster may see it a moment later.
          await bench.until(async () => expect(await readTexts(stream, OUTPUT)).toContain(written))
          events.push(`seen ${written}`)
        }
      })
      await bench.until(() => expect(events).toHaveLength(4))
      expect(events).toEqual(['handle a', 'seen out a', 'handle b', 'seen out b'])
    })

    test('is not called for a batch that failed', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a'))
      const called: number[] = []
      let attempt = 0
      await stream.consume({ topic: INPUT, group: GROUP }, async () => {
        attempt += 1
        const mine = attempt
        if (attempt === 1) throw new Error('once')
        return () => void called.push(mine)
      })
      await bench.until(() => expect(called).toEqual([2]))
    })

    test("is called for the clock's batch too, with what it published", async () => {
      const stream = await bench.open()
      const told: (bigint | undefined)[] = []
      await stream.consume({ topic: INPUT, group: GROUP, tickMs: bench.ms(20) }, async (batch) => {
        if (batch.partition !== 1) return
        if (told.length === 1) batch.publish(STATE, records(1, 's'))
        return (committed) => void told.push(committed.get(STATE))
      })
      await bench.until(() => expect(told.slice(0, 3)).toEqual([undefined, 1n, undefined]))
    })

    test('a failure takes the partition over anew, and what was committed is not handed over again', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, records(0, 'a', 'b'))
      const events: string[] = []
      const assigned = async ({ partition }: { partition: number }): Promise<undefined> => {
        if (partition === 0) events.push('assigned')
      }
      await stream.consume({ topic: INPUT, group: GROUP, maxRecords: 1, assigned }, async (batch) => {
        events.push(texts(batch).join())
        batch.publish(OUTPUT, records(0, `out ${texts(batch).join()}`))
        return () => {
          if (texts(batch).includes('a')) throw new Error('the local store failed')
        }
      })
      await bench.until(async () => expect(await stream.lag(INPUT, GROUP)).toBe(0))
      expect(events).toEqual(['assigned', 'a', 'assigned', 'b'])
      expect(await readTexts(stream, OUTPUT)).toEqual(['out a', 'out b'])
    })
  })
}
