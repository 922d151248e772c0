import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TransientError } from '../../../core/errors.ts'
import type { Message } from '../../messages/message.ts'
import { MemoryStore, openHub, openReader, takeAll, until } from './sample-reader.ts'

const bodies = (count: number): string[] => Array.from({ length: count }, (_, number) => `{"number":${number}}`)
const idsOf = (messages: readonly { readonly id: string }[]): string[] => messages.map(({ id }) => id).toSorted()

/** False, so that it is tried again; throws what trying again would not mend. */
function isTransient(error: unknown): false {
  if (error instanceof TransientError) return false
  throw error
}

test('every partition is read in order, with the bytes as they came, and a checkpoint says how far', async () => {
  const hub = await openHub({ partitions: 3 })
  for (const partition of [0, 1, 2]) hub.send(bodies(20), { partition })
  const store = new MemoryStore()
  const messages = await takeAll(await openReader(hub, store))
  expect(messages).toHaveLength(60)
  for (const partition of ['0', '1', '2']) {
    const of = messages.filter(({ id }) => id.startsWith(`${partition}/`))
    expect(of.map(({ id }) => id)).toEqual(of.map((_, index) => `${partition}/${index}`))
    expect(of.map(({ body }) => Buffer.from(body).toString())).toEqual(bodies(20))
    expect(Math.abs(of[0]!.sentAt! - Date.now())).toBeLessThan(20_000)
    await until(() => store.checkpoints.get(partition)?.sequenceNumber === 19)
  }
})

test('no checkpoint is saved before what came is durable, and none of what was refused', async () => {
  const hub = await openHub({ partitions: 1 })
  hub.send(bodies(10))
  const store = new MemoryStore()
  const reader = await openReader(hub, store)
  const { messages } = await reader.inbox.next(1000, 10_000, reader.signal)
  await sleep(200)
  expect(store.saved).toEqual([])
  await reader.close()
  expect(store.saved).toEqual([])
  expect([...store.claims.values()].map(({ ownerId }) => ownerId)).toEqual([''])

  const second = await openReader(hub, store, { reader: 'second' })
  expect(idsOf(await takeAll(second))).toEqual(expect.arrayContaining(idsOf(messages)))
})

test('what was said to be durable just before the end is checkpointed', async () => {
  const hub = await openHub({ partitions: 1 })
  hub.send(bodies(10))
  const store = new MemoryStore()
  const reader = await openReader(hub, store)
  const { messages, done } = await reader.inbox.next(1000, 10_000, reader.signal)
  done()
  await reader.close()
  expect(store.saved.at(-1)).toBe(messages.at(-1)!.id)
})

test('a second run goes on behind the first, and says that nothing came', async () => {
  const hub = await openHub({ partitions: 2 })
  hub.send(bodies(10))
  const store = new MemoryStore()
  const first = await openReader(hub, store)
  expect(await takeAll(first)).toHaveLength(10)
  await first.close()
  hub.send(bodies(3))
  const second = await openReader(hub, store, { reader: 'second' })
  expect(await takeAll(second)).toHaveLength(3)
})

test('a reader that starts again under its name does not wait for its own claims', async () => {
  const hub = await openHub({ partitions: 2 })
  const store = new MemoryStore()
  for (const partitionId of ['0', '1'])
    await store.claimOwnership([
      {
        partitionId,
        ownerId: 'first',
        consumerGroup: 'posture-stream',
        eventHubName: 'defender',
        fullyQualifiedNamespace: '127.0.0.1',
      },
    ])
  hub.send(bodies(4))
  const began = performance.now()
  expect(await takeAll(await openReader(hub, store, { claimSeconds: 60 }))).toHaveLength(4)
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('a reader that finds claims of a dead one waits until they have expired, and calls that no silence', async () => {
  const hub = await openHub({ partitions: 2 })
  const store = new MemoryStore()
  for (const partitionId of ['0', '1'])
    await store.claimOwnership([
      {
        partitionId,
        ownerId: 'dead',
        consumerGroup: 'posture-stream',
        eventHubName: 'defender',
        fullyQualifiedNamespace: '127.0.0.1',
      },
    ])
  hub.send(bodies(4))
  expect(await takeAll(await openReader(hub, store, { claimSeconds: 3 }))).toHaveLength(4)
})

test('two readers share the partitions, and what one leaves the other takes up', async () => {
  const hub = await openHub({ partitions: 4 })
  const store = new MemoryStore()
  const first = await openReader(hub, store)
  await until(() => hub.readers.length === 4)
  const second = await openReader(hub, store, { reader: 'second' })
  const ownersOf = (): string[] => [...store.claims.values()].map(({ ownerId }) => ownerId).toSorted()
  await until(() => ownersOf().join() === 'first,first,second,second')
  await until(() => hub.readers.length === 4)
  for (const partition of [0, 1, 2, 3]) hub.send(bodies(5), { partition })
  const [some, others] = await Promise.all([takeAll(first), takeAll(second)])
  expect(new Set([...idsOf(some), ...idsOf(others)]).size).toBe(20)
  expect(some.length).toBeGreaterThan(0)
  expect(others.length).toBeGreaterThan(0)
  await first.close()
  await until(() => ownersOf().join() === 'second,second,second,second')
  for (const partition of [0, 1, 2, 3]) hub.send(bodies(1), { partition })
  expect(await takeAll(second)).toHaveLength(4)
})

test.each(['dropAfter', 'closeAfter', 'detachAfter'] as const)('after %s it goes on where it was', async (fault) => {
  const hub = await openHub({ partitions: 2 })
  hub.faults[fault] = 25
  for (const partition of [0, 1]) hub.send(bodies(50), { partition })
  const store = new MemoryStore()
  const messages: Message[] = []
  // What the SDK cannot mend by itself ends a sweep, and the runner begins another.
  for (let isWhole = false; !isWhole;) {
    const reader = await openReader(hub, store, { maxMessages: 10 })
    isWhole = await takeAll(reader, messages).then(() => true, isTransient)
    await reader.close()
  }
  expect(new Set(idsOf(messages)).size).toBe(100)
  expect(hub.faults[fault]).toBe(0)
})

test('messages that the hub deleted before they were read are told', async () => {
  const hub = await openHub({ partitions: 1 })
  hub.send(bodies(10))
  const store = new MemoryStore()
  const first = await openReader(hub, store)
  await takeAll(first)
  await first.close()
  hub.send(bodies(10))
  hub.expire(0, 14)
  const second = await openReader(hub, store)
  expect(await takeAll(second)).toHaveLength(6)
  expect(second.counts['posture_collector_messages_missed_total']).toBe(4)
  expect(second.logged.join()).toContain('The hub deleted 4 messages of partition 0')
})

test('what comes after a long silence does not come into memory all at once', async () => {
  const hub = await openHub({ partitions: 1 })
  const reader = await openReader(hub, new MemoryStore(), { waitSeconds: 1, maxMessages: 20 })
  for (let looks = 0; looks < 3; looks++) (await reader.inbox.next(1000, 10_000, reader.signal)).done()
  hub.send(bodies(2000))
  const { messages } = await reader.inbox.next(1, 10_000, reader.signal)
  await sleep(500)
  expect(messages.length).toBeLessThanOrEqual(20)
  expect(hub.counts.delivered).toBeLessThanOrEqual(60)
})

test('messages of 1 MB come few at a time', async () => {
  const hub = await openHub({ partitions: 1 })
  const large = JSON.stringify('x'.repeat(1024 * 1000))
  hub.send(Array.from({ length: 60 }, () => large))
  const reader = await openReader(hub, new MemoryStore())
  const { messages, done } = await reader.inbox.next(1, 10_000, reader.signal)
  await sleep(300)
  expect(hub.counts.delivered).toBeLessThanOrEqual(20)
  done()
  expect((await takeAll(reader)).length + messages.length).toBe(60)
})

test('what came before the latest is not read, and what comes while nobody reads is', async () => {
  const hub = await openHub({ partitions: 2 })
  hub.send(bodies(1), { partition: 0 })
  await sleep(5)
  const store = new MemoryStore()
  const first = await openReader(hub, store, { startFrom: 'latest' })
  expect(await takeAll(first)).toEqual([])
  await first.close()
  for (const partition of [0, 1]) hub.send(bodies(2), { partition })
  await sleep(5)
  expect(await takeAll(await openReader(hub, store, { startFrom: 'latest' }))).toHaveLength(4)
})
