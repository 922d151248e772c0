import { expect, test } from 'vitest'
import { Inbox } from '../../collectors/messages/inbox.ts'
import type { Message } from '../../collectors/messages/message.ts'
import { newEndpoint, Reader, hubCluster } from '../kafka-hub-reader.ts'
import type { Said } from '../scratch-kafka.ts'

const going = new AbortController().signal
const namespace = hubCluster()
const newHub = namespace.newHub

function sorted(lists: readonly (readonly string[])[]): string[] {
  return lists.flat().toSorted()
}

function idsOf(partitions: number, each: number): string[] {
  return Array.from(
    { length: partitions * each },
    (_, index) => `${index % partitions}/${Math.floor(index / partitions)}`,
  ).toSorted()
}

test('what was taken and never became durable comes again, and what did does not', async () => {
  const hub = await newHub({ partitions: 1 })
  await hub.send(['a', 'b'])
  const first = await Reader.open(hub.settings())
  const { messages } = await first.inbox.next(10, 10_000, going)
  expect(messages).toMatchObject([{ id: '0/0' }, { id: '0/1' }])
  expect(Math.abs(Date.now() - messages[0]!.sentAt!)).toBeLessThan(60_000)
  await first.close()
  expect(await hub.left()).toBe(2)

  const second = await Reader.open(hub.settings())
  const again = await second.inbox.next(10, 10_000, going)
  expect(again.messages).toEqual(messages)
  again.done()
  await second.close()
  expect(await hub.left()).toBe(0)

  const third = await Reader.open(hub.settings())
  const { messages: none } = await third.inbox.next(10, 10_000, going)
  expect(none).toEqual([])
})

test('a partition is taken in pieces of maxMessages, in its order', async () => {
  const hub = await newHub({ partitions: 2 })
  const numbers = Array.from({ length: 70 }, (_, number) => `${number}`)
  await hub.send(numbers, 1)
  const reader = await Reader.open(hub.settings({ maxMessages: 30 }))
  const sizes: number[] = []
  const bodies: string[] = []
  while (bodies.length < numbers.length) {
    const { messages, done } = await reader.inbox.next(1000, 10_000, going)
    sizes.push(messages.length)
    bodies.push(...messages.map(({ body }) => Buffer.from(body).toString()))
    done()
  }
  expect(sizes).toEqual([30, 30, 10])
  expect(bodies).toEqual(numbers)
})

test('two readers share the partitions; what one leaves the other takes over, and nothing is read by both', async () => {
  const hub = await newHub()
  const first = (await Reader.open(hub.settings())).start()
  const second = (await Reader.open(hub.settings())).start()
  await hub.send(Array.from({ length: 80 }, () => 'of both'))
  await expect.poll(() => sorted([first.ids, second.ids]), { timeout: 20_000 }).toEqual(idsOf(4, 20))
  expect(first.ids.length).toBeGreaterThan(0)
  expect(second.ids.length).toBeGreaterThan(0)
  await second.close()
  await hub.send(Array.from({ length: 80 }, () => 'of one'))
  await expect.poll(() => sorted([first.ids, second.ids]), { timeout: 20_000 }).toEqual(idsOf(4, 40))
  expect(first.failure).toBeUndefined()
})

test('a consumer group with which another hub is read is refused, and those who read that go on', async () => {
  const [ours, others] = [await newHub(), await newHub()]
  const reader = (await Reader.open(ours.settings())).start()
  const settings = others.settings({ consumerGroup: ours.consumerGroup })
  const inUse = { code: 'EVENT_HUBS_GROUP_IN_USE', message: expect.stringContaining(ours.eventHub) }
  await expect(newEndpoint(settings).check(going)).rejects.toMatchObject(inUse)
  await expect(newEndpoint(settings).open(new Inbox<Message>(), going)).rejects.toMatchObject(inUse)
  await ours.send(Array.from({ length: 40 }, () => 'ours'))
  await expect.poll(() => new Set(reader.ids).size, { timeout: 20_000 }).toBe(40)
  expect(reader.failure).toBeUndefined()
})

test('from the latest on, what came before the first start is left out, and nothing after it', async () => {
  const hub = await newHub()
  await hub.send(Array.from({ length: 8 }, () => 'old'))
  const settings = hub.settings({ startFrom: 'latest' })
  const first = await Reader.open(settings)
  await first.close()
  await hub.send(Array.from({ length: 8 }, () => 'new'))
  const second = (await Reader.open(settings)).start()
  await expect.poll(() => second.bodies.length, { timeout: 20_000 }).toBe(8)
  expect(new Set(second.bodies)).toEqual(new Set(['new']))
})

test.each(['earliest', 'latest'] as const)(
  'from the %s on: where the hub has forgotten what was to come next, that is told, and what it still has is read',
  async (startFrom) => {
    const hub = await newHub({ partitions: 1 })
    const settings = hub.settings({ startFrom })
    const first = (await Reader.open(settings)).start()
    await hub.send(['a', 'b'])
    await expect.poll(() => first.ids.length, { timeout: 20_000 }).toBe(2)
    await expect.poll(() => hub.left()).toBe(0)
    await first.close()
    await hub.send(['c', 'd', 'e'])
    await hub.forget(0, 4)
    expect(await newEndpoint(settings).outlook(going)).toEqual([
      `${hub.eventHub} has 1 partitions, with 1 messages to read.`,
      "2 messages were older than the hub's retention before they were read: they are gone.",
      `Nobody reads it with ${hub.consumerGroup} now.`,
    ])
    const said: Said[] = []
    const second = (await Reader.open(settings, said)).start()
    await expect.poll(() => second.bodies, { timeout: 20_000 }).toEqual(['e'])
    expect(said.filter(({ level }) => level !== 'debug')).toMatchObject([
      { level: 'warn', message: expect.stringContaining('deleted 2 messages of partition 0') },
    ])
    await expect.poll(() => hub.left()).toBe(0)
  },
)
