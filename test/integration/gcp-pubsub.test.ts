import { setTimeout as sleep } from 'node:timers/promises'
import { performance } from 'node:perf_hooks'
import type { CreateSubscriptionOptions } from '@google-cloud/pubsub'
import { expect, test, type TestContext } from 'vitest'
import { validateOcsf } from '../../schemas/ocsf/validator.ts'
import { sccSamples } from '../../collectors/gcp-pubsub/mapping/sample-scc.ts'
import { expectOracle } from '../oracle/expect-oracle.ts'
import { killsWhileMessagesArrive, pipelineOf } from '../kills-while-messages-arrive.ts'
import {
  arrivingNotifications,
  bodies,
  bodyOf,
  newReader,
  numbersOf,
  readSubscription,
  sweep,
} from '../notifications.ts'
import { PubsubServer } from '../servers/pubsub/pubsub-server.ts'

const KILLS = 3
const KILL_MESSAGES = 300
const MEASURED = 2000

const newServer = (context: TestContext, options?: CreateSubscriptionOptions): Promise<PubsubServer> =>
  PubsubServer.forTest(context, options)

test('what Security Command Center notifies becomes findings that open, change once and are resolved', async (context) => {
  const server = await newServer(context)
  const pipeline = pipelineOf(readSubscription(server))
  await server.publish(bodies(12))
  expect(await pipeline.run()).toMatchObject({ in: 12, changed: 12, open: 12, deadLetters: 0 })
  await server.publish(bodies(4))
  expect(await pipeline.run()).toMatchObject({ in: 4, changed: 0, open: 12 })
  const inactive = { state: 'INACTIVE', eventTime: '2026-11-25T13:00:00.000Z' }
  await server.publish([0, 1, 2].map((number) => bodyOf(number, inactive)))
  expect(await pipeline.run()).toMatchObject({ in: 3, changed: 3, open: 9, resolved: 3, deadLetters: 0 })
  expect(await server.counts()).toMatchObject({ all: 0, held: 0 })
  for (const event of pipeline.written()) expect(validateOcsf(event)).toEqual([])
})

test('everything that it may notify of leaves as OCSF that the oracle accepts', async (context) => {
  const server = await newServer(context)
  const pipeline = pipelineOf(readSubscription(server))
  await server.publish([...sccSamples.map(({ body }) => JSON.stringify(body)), '<html>Bad gateway</html>'])
  const { in: read, changed, deadLetters } = await pipeline.run()
  expect({ read, deadLetters }).toEqual({ read: sccSamples.length + 1, deadLetters: 1 })
  expect(changed).toBeGreaterThan(15)
  expectOracle(pipeline, changed, context)
})

test('a dry run shows findings, and leaves the messages where they are', async (context) => {
  const server = await newServer(context)
  const pipeline = pipelineOf(readSubscription(server))
  await server.publish(bodies(5))
  const { code, stdout, stderr } = await pipeline.command('collect', '--dry-run', 'hub', '--limit', '3')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('bucket-')
  expect(await server.counts()).toMatchObject({ all: 5, held: 0 })
})

test('bad messages become dead letters with their bytes, which can be read again', async (context) => {
  const server = await newServer(context)
  const pipeline = pipelineOf(readSubscription(server))
  const rubbish = Buffer.from([0xff, 0x00, 0x41])
  await server.publish([bodyOf(1), '<html>Bad gateway ü</html>', rubbish, '[1,2', bodyOf(2)])
  expect(await pipeline.run()).toMatchObject({ changed: 2, open: 2, deadLetters: 3 })
  expect(await server.counts()).toMatchObject({ all: 0 })
  const { stdout } = await pipeline.command('dead-letters', 'list')
  expect(stdout).toContain('MESSAGE_NOT_JSON')
  await server.publish(['<html>Bad gateway ü</html>', rubbish])
  const { unreadable } = await sweep((await newReader(server)).collector)
  const bytes = unreadable.map((each) => Buffer.from(each.bytes)).toSorted((a, b) => a.length - b.length)
  expect(bytes).toEqual([rubbish, Buffer.from('<html>Bad gateway ü</html>')])
  expect(unreadable[0]?.origin).toMatch(/^posture-stream\/m\d+$/)
})

test('an empty message and one of 10 MB do no harm', async (context) => {
  const server = await newServer(context)
  const { collector } = await newReader(server)
  await server.publish([Buffer.alloc(0)])
  await server.publish([bodyOf(1, { description: 'x'.repeat(9_900_000) })])
  await server.publish([bodyOf(2)])
  const { findings } = await sweep(collector)
  expect(new Set(numbersOf(findings))).toEqual(new Set([1, 2]))
  expect(await server.counts()).toMatchObject({ all: 0 })
})

test('a message is acknowledged only after its batch was published, and comes again where it was not', async (context) => {
  const server = await newServer(context)
  await server.publish(bodies(25))
  const first = await newReader(server)
  await expect(
    sweep(first.collector, () => {
      throw new Error('the stream is gone')
    }),
  ).rejects.toThrow('the stream is gone')
  expect(await server.counts()).toMatchObject({ all: 25, held: 0 })
  const before = performance.now()
  const { findings } = await sweep((await newReader(server)).collector)
  expect(new Set(numbersOf(findings)).size).toBe(25)
  // They were given back: the next reader need not wait until they expire.
  expect(performance.now() - before).toBeLessThan(5000)
  expect(await server.counts()).toMatchObject({ all: 0 })
})

test('publishing for longer than the deadline keeps the messages ours', async (context) => {
  const server = await newServer(context)
  await server.publish(bodies(300))
  const { collector } = await newReader(server, { ackDeadlineSeconds: 10 })
  let slow = true
  const { findings } = await sweep(collector, async () => {
    if (slow) await sleep(14_000)
    slow = false
  })
  expect(numbersOf(findings)).toHaveLength(300)
  expect(await server.counts()).toMatchObject({ all: 0, deliveries: 300 })
})

test.for([
  ['exactly-once delivery', { enableExactlyOnceDelivery: true }],
  [
    'a dead-letter topic',
    { deadLetterPolicy: { deadLetterTopic: 'projects/acme-security/topics/scc-dead', maxDeliveryAttempts: 5 } },
  ],
])('a subscription with %s is read to its end', async ([_what, options], context) => {
  const server = await newServer(context, options as CreateSubscriptionOptions)
  await server.publish(bodies(120))
  const { collector, logged } = await newReader(server)
  await collector.check(new AbortController().signal)
  const { findings } = await sweep(collector)
  expect(numbersOf(findings).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, number) => number))
  expect(await server.counts()).toMatchObject({ all: 0, deliveries: 120, givenBack: 0 })
  expect(logged).toEqual([])
})

test('messages of one ordering key stay in their order, also when they are given back in the middle', async (context) => {
  const server = await newServer(context, { enableMessageOrdering: true })
  const numbers = Array.from({ length: 30 }, (_, number) => number)
  await server.publish(bodies(30), (number) => `key-${number % 3}`)
  const published: number[] = []
  const stopping = sweep((await newReader(server)).collector, ({ events }) => {
    if (published.length >= 9) throw new Error('the stream is gone')
    published.push(...numbersOf(events as never))
  })
  await expect(stopping).rejects.toThrow('the stream is gone')
  const { findings } = await sweep((await newReader(server)).collector)
  const read = [...published, ...numbersOf(findings)]
  for (const key of [0, 1, 2]) {
    const ofKey = [...new Set(read.filter((number) => number % 3 === key))]
    expect(ofKey).toEqual(numbers.filter((number) => number % 3 === key))
  }
  expect(await server.counts()).toMatchObject({ all: 0 })
})

test('a stop acknowledges what is published, gives back the rest, and is quick', async (context) => {
  const server = await newServer(context)
  await server.publish(bodies(40))
  const { collector } = await newReader(server, { maxMessages: 10, ackDeadlineSeconds: 600 })
  const stop = new AbortController()
  let published = 0
  const stopped = sweep(
    collector,
    ({ events }) => {
      published += events.length
      if (published >= 20) stop.abort(new Error('stopped'))
    },
    stop.signal,
  )
  await expect(stopped).rejects.toThrow('stopped')
  const before = performance.now()
  await collector.close?.()
  expect(performance.now() - before).toBeLessThan(1000)
  const { all, held } = await server.counts()
  expect(held).toBe(0)
  // The batch at hand is published and comes again all the same.
  expect(all).toBeGreaterThanOrEqual(40 - published)
  const { findings } = await sweep((await newReader(server)).collector)
  expect(new Set(numbersOf(findings)).size).toBe(all)
})

test('two readers share a subscription', async (context) => {
  const server = await newServer(context)
  const readers = await Promise.all([newReader(server), newReader(server)])
  const sweeps = readers.map(({ collector }) => sweep(collector))
  await server.publish(bodies(400))
  const [one, other] = await Promise.all(sweeps)
  const read = [...one!.findings, ...other!.findings]
  expect(new Set(numbersOf(read)).size).toBe(400)
  expect(one!.findings.length).toBeGreaterThan(0)
  expect(other!.findings.length).toBeGreaterThan(0)
  expect(await server.counts()).toMatchObject({ all: 0 })
})

test(`${KILLS} kill -9 while ${KILL_MESSAGES} messages arrive lose nothing and repeat no change`, async (context) => {
  const server = await newServer(context)
  const outcome = await killsWhileMessagesArrive(arrivingNotifications(server), KILL_MESSAGES, KILLS)
  console.log('kill -9 of the collector of notifications:', outcome)
  expect(outcome).toMatchObject({ revisions: KILL_MESSAGES, lines: KILL_MESSAGES, left: 0 })
  expect(outcome.atWork).toBeGreaterThan(0)
  expect(outcome.last).toMatchObject({ open: KILL_MESSAGES, deadLetters: 0 })
})

test(`${MEASURED} messages are read, mapped and acknowledged`, async (context) => {
  const server = await newServer(context)
  await server.publish(bodies(MEASURED))
  const { collector } = await newReader(server)
  const before = { cpu: process.cpuUsage(), at: performance.now() }
  const { findings, batches } = await sweep(collector)
  const { user, system } = process.cpuUsage(before.cpu)
  const cpuSeconds = (user + system) / 1e6
  const seconds = (performance.now() - before.at) / 1000
  console.log(
    `${findings.length} messages in ${seconds.toFixed(1)} s, of which the empty end takes one, and ${batches.length} batches: ${(findings.length / cpuSeconds).toFixed(0)} messages per CPU second`,
  )
  expect(new Set(numbersOf(findings)).size).toBe(MEASURED)
  expect(await server.counts()).toMatchObject({ all: 0 })
})
