import { describe, expect, test } from 'vitest'
import { INPUT, numbered, texts, type Workbench } from './workbench.contract.ts'

const GROUP = 'once'

/** What `forgetGroup` promises. */
export function forgettingContract(bench: Workbench): void {
  describe('forgetting a group', () => {
    test('leaves no position, so that one of that name is new, and other groups as they were', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(2))
      const caughtUp = async (group: string): Promise<void> => {
        const consumption = await stream.consume({ topic: INPUT, group }, async () => {})
        await bench.until(async () => expect(await stream.lag(INPUT, group)).toBe(0))
        await consumption.stop()
      }
      await caughtUp(GROUP)
      await caughtUp('other')
      await stream.forgetGroup(INPUT, GROUP)
      expect(await stream.positions(INPUT, GROUP)).toEqual(new Map())
      expect(await stream.positions(INPUT, 'other')).not.toEqual(new Map())
      const seen: (string | null)[] = []
      await stream.consume({ topic: INPUT, group: GROUP }, async (batch) => void seen.push(...texts(batch)))
      await bench.until(() => expect(seen).toEqual(['r0', 'r1']))
    })

    test('is refused while it has a member, and done once that has left', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, numbered(1))
      const release = Promise.withResolvers<void>()
      const entered = Promise.withResolvers<void>()
      const consumption = await stream.consume({ topic: INPUT, group: GROUP }, async () => {
        entered.resolve()
        await release.promise
      })
      await entered.promise
      await expect(stream.forgetGroup(INPUT, GROUP)).rejects.toMatchObject({ code: 'GROUP_IN_USE', retryable: true })
      const stopping = consumption.stop()
      await expect(stream.forgetGroup(INPUT, GROUP)).rejects.toMatchObject({ code: 'GROUP_IN_USE' })
      release.resolve()
      await stopping
      await stream.forgetGroup(INPUT, GROUP)
      expect(await stream.positions(INPUT, GROUP)).toEqual(new Map())
    })

    test('does nothing where there is none', async () => {
      const stream = await bench.open()
      await stream.forgetGroup(INPUT, 'never')
    })
  })
}
