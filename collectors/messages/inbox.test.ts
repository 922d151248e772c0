import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Inbox } from './inbox.ts'

const going = new AbortController().signal

/** What became of a promise so far. */
function watched(promise: Promise<void>) {
  const seen = { outcome: 'waits' }
  promise.then(
    () => (seen.outcome = 'done'),
    (error: Error) => (seen.outcome = error.message),
  )
  return seen
}

describe('who puts messages', () => {
  test('waits until what was made of them is durable, each for its own', async () => {
    const inbox = new Inbox<number>()
    const [first, second] = [watched(inbox.put([1, 2], going)), watched(inbox.put([3], going))]
    const taken = await inbox.next(2, 1000, going)
    expect(taken.messages).toEqual([1, 2])
    await sleep(1)
    expect([first.outcome, second.outcome]).toEqual(['waits', 'waits'])
    taken.done()
    await sleep(1)
    expect([first.outcome, second.outcome]).toEqual(['done', 'waits'])
  })

  test('is refused when it is closed first, taken or not, and whoever was told that it is done stays so', async () => {
    const inbox = new Inbox<number>()
    const puts = [1, 2, 3].map((each) => watched(inbox.put([each], going)))
    ;(await inbox.next(1, 1000, going)).done()
    await inbox.next(1, 1000, going)
    inbox.close(new Error('stopped'))
    await sleep(1)
    expect(puts.map(({ outcome }) => outcome)).toEqual(['done', 'stopped', 'stopped'])
    await expect(inbox.put([4], going)).rejects.toThrow('stopped')
  })

  test('takes them back when its signal aborts before they were taken', async () => {
    const inbox = new Inbox<number>()
    const lost = new AbortController()
    const put = watched(inbox.put([1], lost.signal))
    void inbox.put([2], going)
    lost.abort(new Error('the partition is lost'))
    expect((await inbox.next(10, 1000, going)).messages).toEqual([2])
    await sleep(1)
    expect(put.outcome).toBe('the partition is lost')
    await expect(inbox.put([3], lost.signal)).rejects.toThrow('the partition is lost')
  })
})

describe('who asks', () => {
  test('is given whole parcels, as many as hold no more than it wants, and one that holds more alone', async () => {
    const inbox = new Inbox<number>()
    for (const parcel of [[1, 2], [3], [4, 5, 6], [7]]) void inbox.put(parcel, going)
    const given: (readonly number[])[] = []
    for (let left = 7; left > 0; left -= given.at(-1)!.length) given.push((await inbox.next(3, 1000, going)).messages)
    expect(given).toEqual([[1, 2, 3], [4, 5, 6], [7]])
    void inbox.put([1, 2, 3, 4, 5], going)
    expect((await inbox.next(3, 1000, going)).messages).toHaveLength(5)
  })

  test('is told after a while that nothing came, and at once what comes meanwhile', async () => {
    const inbox = new Inbox<number>()
    expect((await inbox.next(1, 10, going)).messages).toEqual([])
    const asked = inbox.next(1, 60_000, going)
    await sleep(5)
    void inbox.put([1], going)
    expect((await asked).messages).toEqual([1])
  })

  test('gets what came before the source failed, and then its error', async () => {
    const inbox = new Inbox<number>()
    void inbox.put([1], going)
    inbox.fail(new Error('no such hub'))
    inbox.fail(new Error('a later one'))
    expect((await inbox.next(1, 1000, going)).messages).toEqual([1])
    await expect(inbox.next(1, 1000, going)).rejects.toThrow('no such hub')
    const waiting = new Inbox<number>()
    const asked = waiting.next(1, 60_000, going)
    await sleep(5)
    waiting.fail(new Error('no such hub'))
    await expect(asked).rejects.toThrow('no such hub')
  })

  test('is let go when its signal aborts', async () => {
    await expect(new Inbox<number>().next(1, 60_000, AbortSignal.timeout(10))).rejects.toThrow('timeout')
  })
})
