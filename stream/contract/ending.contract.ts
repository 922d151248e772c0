import { describe, expect, test } from 'vitest'
import { INPUT, numbered, OUTPUT, readTexts, records, untilAborted, type Workbench } from './workbench.contract.ts'

const GROUP = 'leaver'

/** What `stop` and `close` promise. */
export function endingContract(bench: Workbench): void {
  describe('stopping', () => {
    test('aborts the signal, waits for the handler, may be repeated, and discards what was let go', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(1))
      const entered = Promise.withResolvers<void>()
      let left = false
      const consumption = await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        batch.publish(OUTPUT, records(0, 'never'))
        entered.resolve()
        await untilAborted(batch).finally(() => (left = true))
      })
      await entered.promise
      await Promise.all([consumption.stop(), consumption.stop()])
      expect(left).toBe(true)
      await consumption.stop()
      expect(await stream.lag(INPUT, GROUP)).toBe(1)
      expect(await readTexts(stream, OUTPUT)).toEqual([])
    })

    test('commits a batch whose handler finishes all the same', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(1))
      const entered = Promise.withResolvers<void>()
      const consumption = await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => {
        entered.resolve()
        await untilAborted(batch).catch(() => undefined)
        batch.publish(OUTPUT, records(0, 'finished'))
      })
      await entered.promise
      await consumption.stop()
      expect(await stream.lag(INPUT, GROUP)).toBe(0)
      expect(await readTexts(stream, OUTPUT)).toEqual(['finished'])
    })

    test('ends the pause after a failure', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(1))
      let attempts = 0
      const consumption = await stream.consume({ topic: INPUT, group: GROUP }, async () => {
        attempts += 1
        throw new Error('down')
      })
      await bench.until(() => expect(attempts).toBeGreaterThan(1))
      await consumption.stop()
      const before = attempts
      await bench.pause()
      expect(attempts).toBe(before)
    })
  })

  describe('closing', () => {
    test('lets running handlers finish and commit, and may be done twice', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(1))
      let finished = false
      const entered = Promise.withResolvers<void>()
      await stream.consume({ topic: INPUT, group: 'reader' }, async () => {
        entered.resolve()
        await bench.pause()
        finished = true
      })
      await entered.promise
      await Promise.all([stream.close(), stream.close()])
      expect(finished).toBe(true)
    })

    test('refuses what comes after', async () => {
      const stream = await bench.open()
      await stream.close()
      await expect(stream.publish(INPUT, numbered(1))).rejects.toMatchObject({ code: 'STREAM_CLOSED' })
      await expect(readTexts(stream, INPUT)).rejects.toMatchObject({ code: 'STREAM_CLOSED' })
    })
  })
}
