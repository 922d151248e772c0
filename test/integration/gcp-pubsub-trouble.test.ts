import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import { pipelineOf } from '../kills-while-messages-arrive.ts'
import { bodies, going, newReader, numbersOf, readSubscription, sweep } from '../notifications.ts'
import { ended } from '../scratch-pipeline.ts'
import { PubsubServer } from '../servers/pubsub/pubsub-server.ts'

const PATIENCE = { timeout: 15_000, interval: 20 }
const CONSUME = 'pubsub.subscriptions.consume'

const newServer = (context: TestContext): Promise<PubsubServer> => PubsubServer.forTest(context)

describe('a stream', () => {
  test.for([
    ['a denial', 7, 'PUBSUB_ACCESS_DENIED', 'configuration'],
    ['an expired token', 16, 'PUBSUB_CREDENTIALS', 'configuration'],
    ['a detached subscription', 9, 'PUBSUB_NOT_PULLED', 'configuration'],
    ['a quota that is used up', 8, 'PUBSUB_THROTTLED', 'outage'],
    ['an error of its own', 13, 'PUBSUB_UNAVAILABLE', 'outage'],
    ['a long outage', 14, 'PUBSUB_UNAVAILABLE', 'outage'],
  ] as const)('that ends with %s ends the sweep with an error that can be waited out', async (row, context) => {
    const [, status, code, fault] = row
    const server = await newServer(context)
    await server.refuse('StreamingPull', status)
    const { collector } = await newReader(server, { waitSeconds: 20 })
    const error = await sweep(collector).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ code, fault, message: expect.stringContaining(server.subscription) as string })
    await server.permit()
    await server.publish(bodies(3))
    expect((await sweep((await newReader(server)).collector)).findings).toHaveLength(3)
  })

  test('that ends now and then, as those of Google do, is no trouble', async (context) => {
    const server = await newServer(context)
    await server.endStreamsAfter(300)
    const { collector, logged } = await newReader(server, { waitSeconds: 2 })
    const sweeping = sweep(collector)
    for (let from = 0; from < 60; from += 10) {
      await server.publish(bodies(10, from))
      await sleep(200)
    }
    await server.endStreamsAfter(0)
    expect(new Set(numbersOf((await sweeping).findings)).size).toBe(60)
    expect(logged).toEqual([])
  })

  test('of a subscription that is deleted ends the sweep, after what came before', async (context) => {
    const server = await newServer(context)
    await server.publish(bodies(20))
    const { collector } = await newReader(server, { waitSeconds: 20 })
    let published = 0
    const sweeping = sweep(collector, async ({ events }) => {
      published += events.length
      if (published === 20) await server.unsubscribe()
    })
    await expect(sweeping).rejects.toMatchObject({ code: 'PUBSUB_NOT_FOUND', fault: 'configuration' })
    expect(published).toBe(20)
    await expect(sweep(collector)).rejects.toMatchObject({ code: 'PUBSUB_NOT_FOUND' })
    await server.subscribe()
    await server.publish(bodies(5))
    expect((await sweep((await newReader(server)).collector)).findings).toHaveLength(5)
  })
})

describe('a server', () => {
  test('that is gone ends the sweep, and is read again when it is back', async (context) => {
    const server = await newServer(context)
    await server.publish(bodies(10))
    const { collector } = await newReader(server, { waitSeconds: 20 })
    const sweeping = sweep(collector, () => server.kill())
    await expect(sweeping).rejects.toMatchObject({ code: expect.stringMatching(/UNREACHABLE|UNAVAILABLE/) as string })
    await server.startAgain()
    await server.publish(bodies(10, 10))
    expect(numbersOf((await sweep((await newReader(server)).collector)).findings)).toHaveLength(10)
  })

  test('that is not there is waited for, also in a run until idle', async (context) => {
    const server = await newServer(context)
    const pipeline = pipelineOf(readSubscription(server))
    await server.kill()
    const child = pipeline.start()
    const end = ended(child)
    await sleep(5000)
    expect(child.exitCode).toBeNull()
    await server.startAgain()
    await server.publish(bodies(10))
    const { code, stderr } = await end
    expect([code, pipeline.revisions().length]).toEqual([0, 10])
    // Said once, however often it was tried.
    expect(stderr.match(/PUBSUB_UNREACHABLE/g)?.length).toBeLessThanOrEqual(2)
    expect(stderr).not.toContain('Warning')
  })

  test('that does not answer holds up no stop', async (context) => {
    const server = await newServer(context)
    await server.publish(bodies(30))
    const { collector } = await newReader(server)
    const stop = new AbortController()
    const sweeping = sweep(
      collector,
      () => {
        server.stall()
        stop.abort(new Error('stopped'))
      },
      stop.signal,
    )
    const before = performance.now()
    await expect(sweeping).rejects.toThrow('stopped')
    await collector.close?.()
    expect(performance.now() - before).toBeLessThan(5000)
    const patience = AbortSignal.timeout(200)
    await expect((await newReader(server)).collector.check(patience)).rejects.toThrow('timeout')
  })
})

describe('acknowledging', () => {
  test('that fails is said once, the messages come again, and nothing is lost', async (context) => {
    const server = await newServer(context)
    await server.refuse('Acknowledge', 13)
    await server.publish(bodies(10))
    const { collector, logged } = await newReader(server)
    expect((await sweep(collector)).findings).toHaveLength(10)
    expect(logged.filter((message) => message.includes('could not be acknowledged'))).toHaveLength(1)
    await server.permit()
    const again = sweep((await newReader(server, { waitSeconds: 11 })).collector)
    expect(new Set(numbersOf((await again).findings)).size).toBe(10)
    expect(await server.counts()).toMatchObject({ all: 0 })
  })

  test('that is denied ends the sweep', async (context) => {
    const server = await newServer(context)
    await server.refuse('Acknowledge', 7)
    await server.publish(bodies(10))
    const { collector } = await newReader(server, { waitSeconds: 20 })
    await expect(sweep(collector)).rejects.toMatchObject({ code: 'PUBSUB_ACCESS_DENIED', fault: 'configuration' })
  })
})

test('no more is held than is allowed, however many messages wait and however long publishing takes', async (context) => {
  const server = await newServer(context)
  await server.publish(bodies(3000))
  const { collector } = await newReader(server, { maxMessages: 50 })
  const gate = Promise.withResolvers<void>()
  let largest = 0
  const sweeping = sweep(collector, () => gate.promise)
  for (let look = 0; look < 20; look++) {
    largest = Math.max(largest, (await server.counts()).held)
    await sleep(50)
  }
  expect(largest).toBe(50)
  expect(await server.counts()).toMatchObject({ deliveries: 50 })
  gate.resolve()
  expect(numbersOf((await sweeping).findings)).toHaveLength(3000)
  expect(await server.counts()).toMatchObject({ all: 0, deliveries: 3000 })
})

describe('check', () => {
  test('finds the subscription without touching a message, and says what may be lost', async (context) => {
    const server = await newServer(context)
    await server.publish(bodies(1))
    const { collector, logged } = await newReader(server)
    await collector.check(going)
    expect(await server.counts()).toMatchObject({ all: 1, deliveries: 0 })
    expect(logged).toEqual([])
    expect((await collector.outlook!(going)).join()).toContain('after 31 days without a reader')
  })

  test('warns where the subscription may be read and not looked at', async (context) => {
    const server = await newServer(context)
    await server.refuse('GetSubscription', 7)
    const { collector, logged } = await newReader(server)
    await collector.check(going)
    expect(logged.join()).toContain('roles/pubsub.viewer')
    expect(await collector.outlook!(going)).toEqual([])
  })

  test('finds an emulator where the environment names one', async (context) => {
    const server = await newServer(context)
    vi.stubEnv('PUBSUB_EMULATOR_HOST', new URL(server.endpoint).host)
    onTestFinished(() => void vi.unstubAllEnvs())
    const { collector } = await newReader(server, { endpoint: '' })
    await collector.check(going)
  })

  test('needs the right to read', async (context) => {
    const server = await newServer(context)
    await server.deny(CONSUME)
    const { collector } = await newReader(server)
    const denied = { code: 'PUBSUB_ACCESS_DENIED', message: expect.stringContaining(CONSUME) as string }
    await expect(collector.check(going)).rejects.toMatchObject(denied)
    await server.refuse('GetSubscription', 7)
    await expect(collector.check(going)).rejects.toMatchObject(denied)
  })

  test('says of a subscription that is not there, and of a server that is not, how to mend it', async (context) => {
    const server = await newServer(context)
    const other = { subscription: `${server.subscription}-no` }
    const missing = await newReader(server, other)
    await expect(missing.collector.check(going)).rejects.toMatchObject({
      code: 'PUBSUB_NOT_FOUND',
      fault: 'configuration',
    })
    await server.kill()
    const { collector } = await newReader(server)
    const error = collector.check(going)
    await expect(error).rejects.toMatchObject({ code: 'PUBSUB_UNREACHABLE', fault: 'outage' })
    await vi.waitFor(() => server.startAgain(), PATIENCE)
    await collector.check(going)
  })
})
