import { performance } from 'node:perf_hooks'
import { expect, onTestFinished, test } from 'vitest'
import { awsSecurityHubEvents } from '../../collectors/aws-security-hub-events/aws-security-hub-events.ts'
import {
  sampleEvent,
  sampleFinding,
  sampleNotification,
} from '../../collectors/aws-security-hub-events/sample-events.ts'
import type { Context } from '../../core/component.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { CREDENTIALS, FindingsQueue } from '../findings-queue.ts'
import { SqsServer } from '../servers/sqs/sqs-server.ts'
import { arrivingQueue, queuePipeline } from '../arriving-queue.ts'
import { killsWhileMessagesArrive } from '../kills-while-messages-arrive.ts'
import { sharedMoto } from '../servers/moto/shared-moto.ts'

const KILLS = 3
const KILL_MESSAGES = 300
const MEASURED = 300
const going = new AbortController().signal

async function newQueue(
  context: Parameters<typeof sharedMoto>[0],
  options?: { fifo: boolean },
): Promise<FindingsQueue> {
  const queue = await FindingsQueue.create(await sharedMoto(context), options)
  onTestFinished(() => queue.close())
  return queue
}

/** The collector in this process. */
async function newCollector({ url, endpoint }: Pick<FindingsQueue, 'url' | 'endpoint'>, settings = {}) {
  for (const [name, value] of Object.entries(CREDENTIALS)) process.env[name] ??= value
  const log = (): void => {}
  const context: Context = {
    name: 'hub',
    tenant: 'acme',
    clock: Date.now,
    log: { debug: log, info: log, warn: log, error: log },
    metrics: { count: log, gauge: log, observe: log },
  }
  const collector = await awsSecurityHubEvents.create(
    {
      queueUrl: url,
      region: 'eu-west-1',
      endpoint,
      waitSeconds: 1,
      visibilitySeconds: 60,
      maxMessages: 500,
      ...settings,
    },
    context,
  )
  onTestFinished(() => collector.close?.())
  return collector
}

test('what Security Hub tells EventBridge becomes findings that open, change once and are resolved', async (context) => {
  const queue = await newQueue(context)
  const pipeline = queuePipeline(queue)
  const findings = Array.from({ length: 12 }, (_, number) => sampleFinding(number))
  await queue.put(findings)
  expect(await pipeline.run()).toMatchObject({ in: 12, changed: 12, open: 12, deadLetters: 0 })
  await queue.put(findings.slice(0, 4))
  expect(await pipeline.run()).toMatchObject({ in: 4, changed: 0, open: 12 })
  const passed = { Compliance: { Status: 'PASSED', SecurityControlId: 'S3.2' }, UpdatedAt: '2026-11-25T13:00:00.000Z' }
  await queue.put([0, 1, 2].map((number) => sampleFinding(number, passed)))
  expect(await pipeline.run()).toMatchObject({ in: 3, changed: 3, open: 9, resolved: 3, deadLetters: 0 })
  expect(await queue.left()).toEqual({ all: 0, held: 0 })
})

test('bodies of every form arrive, and what is none is a dead letter or passed over', async (context) => {
  const queue = await newQueue(context)
  const pipeline = queuePipeline(queue)
  const event = JSON.stringify(sampleEvent([sampleFinding(1), null]))
  await queue.send([
    JSON.stringify(sampleNotification(JSON.stringify(sampleEvent([sampleFinding(2)])))),
    JSON.stringify([sampleFinding(3), sampleFinding(4, { AwsAccountId: '444455556666', Region: 'us-east-1' })]),
    JSON.stringify(sampleEvent([], { 'detail-type': 'GuardDuty Finding' })),
    event,
    '<html><body>Bad gateway</body></html>',
  ])
  expect(await pipeline.run()).toMatchObject({ in: 6, changed: 4, open: 4, deadLetters: 2 })
  expect(await queue.left()).toEqual({ all: 0, held: 0 })
  const { stdout } = await pipeline.command('dead-letters', 'list')
  expect(stdout).toContain('MESSAGE_NOT_JSON')
})

test('check finds the queue, and says of one that is not there how to mend it', async (context) => {
  const queue = await newQueue(context)
  const collector = await newCollector(queue)
  await collector.check(going)
  const missing = await newCollector({ url: `${queue.url}-no`, endpoint: queue.endpoint })
  await expect(missing.check(going)).rejects.toMatchObject({ code: 'AWS_NOT_FOUND', fault: 'configuration' })
})

test('the queue is read in a role, which has to be of an account that may', async (context) => {
  const queue = await newQueue(context)
  await queue.send([JSON.stringify(sampleEvent([sampleFinding(1)]))])
  const roleOf = (account: string) => ({
    roleArn: `arn:aws:iam::${account}:role/reader`,
    externalId: 'ours',
    stsEndpoint: queue.endpoint,
  })
  const stranger = await newCollector(queue, roleOf('444455556666'))
  await expect(stranger.check(going)).rejects.toMatchObject({ code: 'AWS_NOT_FOUND' })
  const collector = await newCollector(queue, roleOf('123456789012'))
  await collector.check(going)
  let read = 0
  for await (const batch of collector.collect(undefined, going)) read += batch.read
  expect(read).toBe(1)
})

test('a FIFO queue is read in the order of each of its groups', async (context) => {
  const queue = await newQueue(context, { fifo: true })
  const numbers = Array.from({ length: 30 }, (_, number) => number)
  const groupOf = (number: number): string => `account-${number % 3}`
  await queue.send(
    numbers.map((number) => JSON.stringify(sampleEvent([sampleFinding(number)]))),
    groupOf,
  )
  const read: number[] = []
  const collector = await newCollector(queue)
  for await (const { events } of collector.collect(undefined, going))
    read.push(...events.map((event) => Number((event as FindingObserved).identity.resource.split('-').at(-1))))
  for (const group of [0, 1, 2]) {
    const inGroup = (number: number): boolean => number % 3 === group
    expect(read.filter(inGroup)).toEqual(numbers.filter(inGroup))
  }
  expect(await queue.left()).toEqual({ all: 0, held: 0 })
})

test(`${KILLS} kill -9 while ${KILL_MESSAGES} messages arrive lose nothing and repeat no change`, async () => {
  const server = await SqsServer.start()
  onTestFinished(() => server.stop())
  const outcome = await killsWhileMessagesArrive(arrivingQueue(server), KILL_MESSAGES, KILLS)
  console.log('kill -9 of the collector of events:', outcome)
  expect(outcome).toMatchObject({ revisions: KILL_MESSAGES, lines: KILL_MESSAGES, left: 0 })
  expect(outcome.atWork).toBeGreaterThan(0)
  expect(outcome.last).toMatchObject({ open: KILL_MESSAGES, deadLetters: 0 })
})

test(`${MEASURED} messages are read, mapped and deleted`, async (context) => {
  const queue = await newQueue(context)
  const bodies = Array.from({ length: MEASURED }, (_, number) => JSON.stringify(sampleEvent([sampleFinding(number)])))
  await queue.send(bodies)
  const collector = await newCollector(queue)
  const before = { cpu: process.cpuUsage(), at: performance.now() }
  let read = 0
  const keys = new Set<string>()
  for await (const batch of collector.collect(undefined, going)) {
    read += batch.read
    for (const event of batch.events) keys.add((event as FindingObserved).key)
  }
  const { user, system } = process.cpuUsage(before.cpu)
  const cpuSeconds = (user + system) / 1e6
  const seconds = (performance.now() - before.at) / 1000
  console.log(
    `${read} messages in ${seconds.toFixed(1)} s, of which the empty end takes one: ${(read / cpuSeconds).toFixed(0)} messages per CPU second`,
  )
  expect(keys.size).toBe(MEASURED)
  // moto gives messages to two requests at a time now and then, as SQS may: one of them may be the request that the end cut
  // off, and then its ten are hidden for a while. That everything is deleted is the FIFO queue's test.
  expect((await queue.left()).all).toBeLessThanOrEqual(10)
})
