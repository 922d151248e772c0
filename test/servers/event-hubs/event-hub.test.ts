import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import {
  earliestEventPosition,
  EventHubConsumerClient,
  EventHubProducerClient,
  latestEventPosition,
  type EventPosition,
  type SubscribeOptions,
} from '@azure/event-hubs'
import rhea, { type EventContext } from 'rhea'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeProxyCertificates } from '../faulty-proxy-certificates.ts'
import { EventHub, type EventHubOptions } from './event-hub.ts'
import { entraToken } from './tokens.ts'

const retryOptions = { maxRetries: 1, retryDelayInMs: 20, maxRetryDelayInMs: 50, timeoutInMs: 5_000 }

async function startHub(options: EventHubOptions = {}): Promise<EventHub> {
  const hub = await EventHub.start(options)
  onTestFinished(() => hub.close())
  return hub
}

function producerAt(hub: EventHub, connectionString = hub.connectionString): EventHubProducerClient {
  const producer = new EventHubProducerClient(connectionString, { retryOptions })
  onTestFinished(() => producer.close())
  return producer
}

/** Reads one partition and keeps what comes of it. */
function readerAt(
  hub: EventHub,
  options: Partial<SubscribeOptions> & { readonly partition?: string; readonly group?: string } = {},
) {
  const { partition = '0', group = 'posture-stream', startPosition = earliestEventPosition, ...rest } = options
  const client = new EventHubConsumerClient(group, hub.connectionString, { retryOptions })
  const bodies: unknown[] = []
  const sequences: number[] = []
  const errors: string[] = []
  const subscription = client.subscribe(
    partition,
    {
      processEvents: async (events) => {
        bodies.push(...events.map(({ body }) => body as unknown))
        sequences.push(...events.map(({ sequenceNumber }) => sequenceNumber))
      },
      processError: async (error) => void errors.push(...codesOf(error)),
    },
    { startPosition, maxBatchSize: 10, maxWaitTimeInSeconds: 1, skipParsingBodyAsJson: false, ...rest },
  )
  const close = async () => {
    await subscription.close()
    await client.close()
  }
  onTestFinished(close)
  return { bodies, sequences, errors, close }
}

const twice = (message: RegExp) => Array(2).fill(expect.objectContaining({ message: expect.stringMatching(message) }))

/** What is worth trying again comes as all attempts at once. */
function codesOf(error: Error & { readonly code?: string; readonly errors?: readonly { readonly code?: string }[] }) {
  return (error.errors ?? [error]).map(({ code }) => code ?? error.message)
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)
const texts = (count: number, from = 0) => numbers(count, from).map(String)

test('tells the SDK what it is, and keeps what the SDK sends: to a partition, by key, in turn', async () => {
  const hub = await startHub({ partitions: 3 })
  const producer = producerAt(hub)
  const { name, partitionIds } = await producer.getEventHubProperties()
  expect({ name, partitionIds }).toEqual({ name: 'defender', partitionIds: ['0', '1', '2'] })
  await producer.sendBatch([{ body: { a: 1 } }, { body: 'text' }], { partitionId: '1' })
  await producer.sendBatch([{ body: 1 }], { partitionKey: 'same' })
  await producer.sendBatch([{ body: 2 }], { partitionKey: 'same' })
  for (let turn = 0; turn < 3; turn += 1) await producer.sendBatch([{ body: turn }])
  const counts = hub.partitions.map(({ records }) => records.length)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(7)
  const state = await producer.getPartitionProperties('1')
  expect(state).toMatchObject({ isEmpty: false, beginningSequenceNumber: 0 })
  expect(Number(state.lastEnqueuedOffset)).toBeGreaterThan(12e9)
  const reader = readerAt(hub, { partition: '1' })
  await vi.waitFor(() => expect(reader.bodies.slice(0, 2)).toEqual([{ a: 1 }, 'text']), 5_000)
})

test('delivers in order what is there and what comes, and no more than a reader has asked for', async () => {
  const hub = await startHub({ partitions: 1 })
  hub.send(texts(3000), { partition: 0 })
  const reader = readerAt(hub, { maxBatchSize: 500 })
  await vi.waitFor(() => expect(reader.bodies.length).toBe(3000), 8_000)
  hub.send(texts(5, 3000))
  await vi.waitFor(() => expect(reader.bodies).toEqual(numbers(3005)), 5_000)
})

test.each<[string, (hub: EventHub) => EventPosition, readonly number[]]>([
  ['after a sequence number', () => ({ sequenceNumber: 2 }), [3, 4]],
  ['at a sequence number', () => ({ sequenceNumber: 2, isInclusive: true }), [2, 3, 4]],
  ['after an offset', (hub) => ({ offset: hub.partitions[0]!.records[3]!.offset }), [4]],
  ['after a time', (hub) => ({ enqueuedOn: hub.partitions[0]!.records[0]!.at.getTime() - 1 }), [0, 1, 2, 3, 4]],
  ['at what is gone, from the oldest that is left', (hub) => (hub.expire(0, 3), { sequenceNumber: 0 }), [3, 4]],
])('begins %s', async (_, position, expected) => {
  const hub = await startHub({ partitions: 1 })
  hub.send(texts(5))
  const reader = readerAt(hub, { startPosition: position(hub) })
  await vi.waitFor(() => expect(reader.bodies).toEqual(expected), 5_000)
})

test('begins at what comes where it is told so', async () => {
  const hub = await startHub({ partitions: 1 })
  hub.send(texts(5))
  const reader = readerAt(hub, { startPosition: latestEventPosition })
  await vi.waitFor(() => expect(hub.counts.receivers).toBe(1), 5_000)
  hub.send(['5'])
  await vi.waitFor(() => expect(reader.bodies).toEqual([5]), 5_000)
})

test('refuses a position that never was, an unknown hub, group, partition, and a policy without the right', async () => {
  const hub = await startHub({ partitions: 2, rights: ['Send'] })
  const other = await startHub({ partitions: 2 })
  other.send(['0'], { partition: 0 })
  const readers = {
    'com.microsoft:argument-error': readerAt(other, { startPosition: { sequenceNumber: 7 } }),
    'amqp:not-found': readerAt(other, { group: 'nobody' }),
    'com.microsoft:argument-out-of-range': readerAt(other, { partition: '7' }),
    'amqp:unauthorized-access': readerAt(hub),
  }
  const first = () => Object.values(readers).map(({ errors }) => errors[0])
  const meant = {
    'com.microsoft:argument-error': 'ArgumentError',
    'amqp:not-found': 'MessagingEntityNotFoundError',
    'com.microsoft:argument-out-of-range': 'ArgumentOutOfRangeError',
    'amqp:unauthorized-access': 'UnauthorizedError',
  }
  await vi.waitFor(() => expect(first()).toEqual(Object.values(meant)), 8_000)
})

test('gives a partition to the highest owner level, and to the latest of equal ones', async () => {
  const hub = await startHub({ partitions: 1 })
  hub.send(['0'])
  const plain = readerAt(hub)
  await vi.waitFor(() => expect(plain.bodies).toEqual([0]), 5_000)
  const first = readerAt(hub, { ownerLevel: 1 })
  await vi.waitFor(() => expect(first.bodies).toEqual([0]), 5_000)
  await vi.waitFor(() => expect(plain.errors).toContain('ReceiverDisconnectedError'), 5_000)
  const second = readerAt(hub, { ownerLevel: 1 })
  await vi.waitFor(() => expect(second.bodies).toEqual([0]), 5_000)
  await vi.waitFor(() => expect(first.errors).toContain('ReceiverDisconnectedError'), 5_000)
  const [lower, none] = [readerAt(hub, { ownerLevel: 0 }), readerAt(hub)]
  await vi.waitFor(
    () => expect([lower.errors[0], none.errors[0]]).toEqual(['ReceiverDisconnectedError', 'ReceiverDisconnectedError']),
    5_000,
  )
  expect(hub.readers).toMatchObject([{ group: 'posture-stream', partition: '0', level: 1 }])
})

test('lets five readers without a level share a partition, and no sixth; another group is not concerned', async () => {
  const hub = await startHub({ partitions: 1 })
  hub.send(['0'])
  const five = numbers(5).map(() => readerAt(hub))
  await vi.waitFor(() => expect(five.map(({ bodies }) => bodies.length)).toEqual([1, 1, 1, 1, 1]), 8_000)
  const [sixth, other] = [readerAt(hub), readerAt(hub, { group: '$Default' })]
  await vi.waitFor(() => expect(sixth.errors).toContain('QuotaExceededError'), 5_000)
  await vi.waitFor(() => expect(other.bodies).toEqual([0]), 5_000)
})

test('refuses an event above the size of its tier, and creates no hub above its quotas', async () => {
  const hub = await startHub({ partitions: 1, tier: 'basic', consumerGroups: [] })
  const producer = producerAt(hub)
  const batch = await producer.createBatch()
  expect(batch.maxSizeInBytes).toBe(256 * 1024)
  await expect(producer.sendBatch([{ body: 'x'.repeat(300_000) }])).rejects.toThrow(/size/i)
  await producer.sendBatch([{ body: 'x'.repeat(200_000) }])
  expect(hub.counts.appended).toBe(1)
  await expect(EventHub.start({ tier: 'basic', consumerGroups: ['a'] })).rejects.toThrow('1 consumer groups beside')
  await expect(EventHub.start({ partitions: 33 })).rejects.toThrow('33 partitions')
})

test('refuses a wrong key and what it is told to refuse', async () => {
  const hub = await startHub()
  const wrong = hub.connectionString.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=d3Jvbmc=')
  const producer = producerAt(hub, wrong)
  await expect(producer.getPartitionIds()).rejects.toMatchObject({ errors: twice(/InvalidSignature/) })
  expect(hub.counts).toMatchObject({ tokens: 2, refusedTokens: 2 })
  hub.faults.refuseTokens = 1
  await producerAt(hub).sendBatch([{ body: 1 }])
  expect(hub.counts).toMatchObject({ appended: 1, refusedTokens: 3 })
})

test.each(['dropAfter', 'closeAfter', 'detachAfter'] as const)('a client goes on after %s', async (fault) => {
  const hub = await startHub({ partitions: 1 })
  hub.send(texts(30))
  hub.faults[fault] = 7
  const reader = readerAt(hub, { maxBatchSize: 3 })
  await vi.waitFor(() => expect(new Set(reader.sequences).size).toBe(30), 8_000)
  expect(hub.faults[fault]).toBe(0)
})

test('a client goes on after a throttled send, and with a new token when its own is over', async () => {
  const hub = await startHub({ partitions: 1 })
  hub.faults.throttleSends = 1
  await producerAt(hub).sendBatch([{ body: 0 }])
  expect(hub.counts).toMatchObject({ throttled: 1, appended: 1 })
  hub.faults.tokenMs = 300
  const reader = readerAt(hub)
  await vi.waitFor(() => expect(reader.bodies).toEqual([0]), 5_000)
  const { tokens } = hub.counts
  hub.faults.tokenMs = Infinity
  await sleep(700)
  hub.send(['1'])
  await vi.waitFor(() => expect(reader.bodies).toEqual([0, 1]), 8_000)
  expect(hub.counts.tokens).toBeGreaterThan(tokens)
})

test('takes its time where it is told so', async () => {
  const hub = await startHub({ partitions: 1 })
  hub.send(texts(5))
  hub.faults.deliveryMs = 100
  const began = performance.now()
  const reader = readerAt(hub)
  await vi.waitFor(() => expect(reader.bodies).toEqual(numbers(5)), 5_000)
  expect(performance.now() - began).toBeGreaterThan(450)
})

test('speaks TLS, and takes tokens of Entra ID for Event Hubs that are not over; any other is refused', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-event-hub-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const { ca, good } = await makeProxyCertificates(directory)
  const before = getCACertificates('default')
  onTestFinished(() => setDefaultCACertificates(before))
  setDefaultCACertificates([...before, readFileSync(ca, 'utf8')])
  const hub = await startHub({ tls: good })
  const sendWith = async (token: string) => {
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) }
    const options = { retryOptions: { ...retryOptions, maxRetries: 0 } }
    const client = new EventHubProducerClient(`localhost:${hub.port}`, hub.name, credential, options)
    try {
      await client.sendBatch([{ body: 1 }])
    } finally {
      await client.close()
    }
  }
  const soon = Date.now() + 60_000
  await sendWith(entraToken(soon))
  await expect(sendWith(entraToken(Date.now() - 1000))).rejects.toThrow('ExpiredToken')
  await expect(sendWith(entraToken(soon, 'https://storage.azure.com'))).rejects.toThrow('InvalidAudience')
  await expect(sendWith('nonsense')).rejects.toThrow('MalformedToken')
  expect(hub.counts).toMatchObject({ appended: 1, refusedTokens: 3 })
})

test('links without a token are refused', async () => {
  const hub = await startHub({ partitions: 1 })
  const connection = rhea.create_container().connect({ host: '127.0.0.1', port: hub.port, reconnect: false })
  connection.on('disconnected', () => {})
  onTestFinished(() => connection.close())
  const refused: unknown[] = []
  for (const event of ['sender_error', 'receiver_error'])
    connection.on(event, ({ sender, receiver }: EventContext) =>
      refused.push((sender ?? receiver)?.error as { condition?: string } | undefined),
    )
  connection.open_sender('defender')
  connection.open_receiver('defender/ConsumerGroups/$Default/Partitions/0')
  const condition = 'amqp:unauthorized-access'
  await vi.waitFor(() => expect(refused).toMatchObject([{ condition }, { condition }]), 5_000)
})

test('comes back at the same address with all that was in it', async () => {
  const hub = await startHub({ partitions: 1 })
  hub.send(['0'])
  const reader = readerAt(hub)
  await vi.waitFor(() => expect(reader.bodies).toEqual([0]), 5_000)
  await hub.close()
  await sleep(200)
  await hub.open()
  hub.send(['1'])
  await vi.waitFor(() => expect(reader.bodies).toEqual([0, 1]), 8_000)
})
