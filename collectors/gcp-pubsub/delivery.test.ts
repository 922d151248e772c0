import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { Inbox } from '../messages/inbox.ts'
import type { Message } from '../messages/message.ts'
import { Delivery, type PulledMessage, type PulledSubscription } from './delivery.ts'

const going = new AbortController().signal

/** What the SDK hands over; it notes what is acknowledged, in order, and answers as it is told. */
class FakeSubscription extends EventEmitter implements PulledSubscription {
  readonly acknowledged: string[] = []
  closed = false
  answer: (id: string) => Promise<string> = async () => 'SUCCESS'

  message(id: string): PulledMessage {
    const data = Buffer.from(`body of ${id}`)
    const ackWithResponse = (): Promise<string> => {
      this.acknowledged.push(id)
      return this.answer(id)
    }
    return { id, data, publishTime: new Date(1_764_072_000_000), ackWithResponse }
  }

  push(...ids: readonly string[]): void {
    for (const id of ids) this.emit('message', this.message(id))
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

function bench({ atOnce = 100 } = {}) {
  const inbox = new Inbox<Message>()
  const pulled = new FakeSubscription()
  const logged: string[] = []
  const log = (_fields: object, message: string): void => void logged.push(message)
  const logger = { debug: log, info: log, warn: log, error: log }
  const delivery = new Delivery(pulled, {
    inbox,
    where: 'projects/p/subscriptions/s',
    atOnce,
    log: logger,
    signal: going,
  })
  const next = (atMost = 1000) => inbox.next(atMost, 1000, going)
  return { inbox, pulled, delivery, logged, next }
}

const turn = (): Promise<void> => sleep(10)
const failed = (code: number): Error => Object.assign(new Error(`${code} of gRPC`), { code })

test('messages of one turn are one parcel, in their order, with what is known of them', async () => {
  const { pulled, next } = bench()
  pulled.push('a', 'b', 'c')
  const { messages } = await next()
  expect(messages.map(({ id, body }) => [id, Buffer.from(body).toString()])).toEqual([
    ['a', 'body of a'],
    ['b', 'body of b'],
    ['c', 'body of c'],
  ])
  expect(messages[0]?.sentAt).toBe(1_764_072_000_000)
})

test('a parcel holds no more than a batch may', async () => {
  const { pulled, next } = bench({ atOnce: 2 })
  pulled.push('a', 'b', 'c', 'd', 'e')
  const sizes = [await next(2), await next(2), await next(2)].map(({ messages }) => messages.length)
  expect(sizes).toEqual([2, 2, 1])
})

test('none is acknowledged before it is durable, nor before one that came earlier', async () => {
  const { pulled, next } = bench({ atOnce: 2 })
  pulled.push('a', 'b', 'c', 'd')
  const first = await next(2)
  await turn()
  expect(pulled.acknowledged).toEqual([])
  first.done()
  await turn()
  expect(pulled.acknowledged).toEqual(['a', 'b'])
  const second = await next(2)
  second.done()
  await turn()
  expect(pulled.acknowledged).toEqual(['a', 'b', 'c', 'd'])
})

test('what is durable is acknowledged before it closes; the rest is left to the close', async () => {
  const { inbox, pulled, delivery, next } = bench({ atOnce: 2 })
  pulled.push('a', 'b', 'c', 'd')
  const first = await next(2)
  first.done()
  inbox.close(new Error('the collector takes no more messages'))
  await delivery.close()
  expect(pulled.acknowledged).toEqual(['a', 'b'])
  expect(pulled.closed).toBe(true)
})

test('a close waits for no answer that does not come', async () => {
  const { inbox, pulled, delivery, next } = bench()
  pulled.answer = () => new Promise(() => {})
  pulled.push('a')
  const taken = await next()
  taken.done()
  inbox.close(new Error('the collector takes no more messages'))
  await delivery.close()
  expect(pulled).toMatchObject({ closed: true, acknowledged: ['a'] })
})

test('with exactly-once delivery, acknowledgements that are refused are said once', async () => {
  const { pulled, logged, next } = bench()
  pulled.answer = async (id) => {
    if (id === 'a') return 'INVALID'
    throw new Error('PERMISSION_DENIED')
  }
  pulled.push('a', 'b', 'c')
  const taken = await next()
  taken.done()
  await vi.waitFor(() => expect(logged).toHaveLength(1))
  expect(logged[0]).toContain('come again')
})

test('an error of the stream is told after what came before it', async () => {
  const { pulled, next } = bench()
  pulled.push('a')
  await turn()
  pulled.emit('error', failed(5))
  expect((await next()).messages).toHaveLength(1)
  await expect(next()).rejects.toMatchObject({ code: 'PUBSUB_NOT_FOUND', fault: 'configuration' })
})

test('a stream that fails three times without a message is in trouble; a message makes it forget', async () => {
  const { pulled, next } = bench()
  const fail = (): unknown => pulled.emit('debug', { error: failed(14) })
  fail()
  fail()
  pulled.push('a')
  fail()
  fail()
  expect((await next()).messages).toHaveLength(1)
  fail()
  await expect(next()).rejects.toMatchObject({ code: 'PUBSUB_UNAVAILABLE', fault: 'outage' })
})

test('acknowledgements that fail for good end it, others do not', async () => {
  const { pulled, logged, next } = bench()
  const batch = (code: number) => ({ error: { ackIds: ['x'], code, error: failed(code) } })
  for (let time = 0; time < 5; time++) pulled.emit('debug', batch(14))
  expect(logged).toHaveLength(1)
  pulled.push('a')
  expect((await next()).messages).toHaveLength(1)
  pulled.emit('debug', batch(7))
  await expect(next()).rejects.toMatchObject({ code: 'PUBSUB_ACCESS_DENIED' })
})

test('what happens after the close is nobody’s', async () => {
  const { inbox, pulled, delivery, logged } = bench()
  inbox.close(new Error('the collector takes no more messages'))
  await delivery.close()
  pulled.push('late')
  pulled.emit('error', failed(5))
  pulled.emit('debug', { error: failed(14) })
  await turn()
  expect([logged, pulled.acknowledged]).toEqual([[], []])
})
