import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { CollectedBatch } from '../collector.ts'
import type { Inbox } from './inbox.ts'
import { pushedBatches } from './pushed-batches.ts'

const going = new AbortController().signal

/** A source with an inbox to put into, and what was done with it. */
function source(waitMs = 60_000) {
  const told: string[] = []
  let inbox!: Inbox<string>
  const batches = (signal = going) =>
    pushedBatches<string>(
      {
        open: async (given) => {
          inbox = given
          told.push('opened')
          return { close: async () => void told.push('closed') }
        },
        make: (messages) => messages.map((each): CollectedBatch => ({ events: [], read: each.length })),
        atMost: 10,
        waitMs,
      },
      signal,
    )
  const put = (messages: readonly string[]): Promise<void> =>
    inbox.put(messages, going).then(
      () => void told.push(`done ${messages.join()}`),
      (error: Error) => void told.push(`${error.message}: ${messages.join()}`),
    )
  return { batches, told, put, fail: (error: Error) => inbox.fail(error) }
}

describe('the batches of a source that hands over', () => {
  test('are asked for one by one, and messages are done when the last batch of them was', async () => {
    const { batches, told, put } = source(1)
    const reading = batches()
    expect((await reading.next()).value).toEqual({ events: [], read: 0 })
    void put(['a', 'bb'])
    expect((await reading.next()).value?.read).toBe(1)
    expect((await reading.next()).value?.read).toBe(2)
    expect(told).toEqual(['opened'])
    expect((await reading.next()).value?.read).toBe(0)
    expect(told).toEqual(['opened', 'done a,bb'])
    await reading.return(undefined)
    expect(told).toEqual(['opened', 'done a,bb', 'closed'])
  })

  test('end the source with the iteration, and what was not durable is refused', async () => {
    const { batches, told, put } = source()
    const reading = batches()
    const first = reading.next()
    await sleep(1)
    const putting = put(['a'])
    await first
    await reading.return(undefined)
    await putting
    expect(told.toSorted()).toEqual(['closed', 'opened', 'the collector takes no more messages: a'])
  })

  test('end with the error of the source, which is closed', async () => {
    const { batches, told, fail } = source()
    const first = batches().next()
    await sleep(1)
    fail(new Error('no such subscription'))
    await expect(first).rejects.toThrow('no such subscription')
    expect(told).toEqual(['opened', 'closed'])
  })
})
