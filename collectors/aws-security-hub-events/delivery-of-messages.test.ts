import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import type { SqsServer } from '../../test/servers/sqs/sqs-server.ts'
import { bodies, bodyOf, buckets, going, openCollector, openQueue, sweep } from './sample-queue.ts'

const PATIENCE = { timeout: 8000, interval: 20 }

let sqs: SqsServer
beforeEach(async () => {
  sqs = await openQueue()
})
const bench = (settings = {}) => openCollector(sqs, settings)

describe('what is not lost', () => {
  test('a message is deleted only after its batch was published', async () => {
    await sqs.send(bodies(25))
    const { collector } = await bench()
    let published = 0
    const { findings } = await sweep(collector, ({ events }) => {
      expect(sqs.counts.all).toBeGreaterThanOrEqual(25 - published)
      published += events.length
    })
    expect([findings.length, sqs.counts.all]).toEqual([25, 0])
  })

  test('what was not published is given back at once, so that the next reader need not wait', async () => {
    await sqs.send(bodies(25))
    const { collector } = await bench({ visibilitySeconds: 3600 })
    await expect(
      sweep(collector, () => {
        throw new Error('the stream is gone')
      }),
    ).rejects.toThrow('the stream is gone')
    expect(sqs.counts).toEqual({ all: 25, held: 0 })
    expect(buckets((await sweep(collector)).findings)).toHaveLength(25)
  })

  test('a stop deletes what is published, and gives back the rest', async () => {
    await sqs.send(bodies(40))
    const { collector } = await bench({ visibilitySeconds: 3600, maxMessages: 10 })
    const stop = new AbortController()
    const published: FindingObserved[] = []
    await expect(
      sweep(
        collector,
        ({ events }) => {
          published.push(...(events as FindingObserved[]))
          if (published.length >= 20) stop.abort(new Error('stopped'))
        },
        stop.signal,
      ),
    ).rejects.toThrow('stopped')
    expect(sqs.counts).toEqual({ all: 40 - published.length, held: 0 })
  })

  test('a stop does not wait for the end of a long poll', async () => {
    sqs.longestWaitMs = Infinity
    const { collector } = await bench()
    const before = performance.now()
    await expect(sweep(collector, () => {}, AbortSignal.timeout(200))).rejects.toThrow()
    expect(performance.now() - before).toBeLessThan(3000)
  })

  test('a stop is not held up by a queue that does not answer', async () => {
    sqs.fault = () => 'stall'
    const { collector } = await bench()
    const before = performance.now()
    await expect(sweep(collector, () => {}, AbortSignal.timeout(200))).rejects.toThrow()
    expect(performance.now() - before).toBeLessThan(3000)
  })

  test('messages stay hidden for as long as they are worked on', async () => {
    await sqs.send(bodies(12))
    const { collector } = await bench({ visibilitySeconds: 2 })
    const { findings } = await sweep(collector, () => sleep(3500))
    expect(findings).toHaveLength(12)
    expect(sqs.requests.some(({ action }) => action === 'ChangeMessageVisibilityBatch')).toBe(true)
    expect(sqs.counts.all).toBe(0)
  })

  test('a message whose receipt has expired is left to whoever has received it since', async () => {
    await sqs.send([bodyOf(1)])
    sqs.longestWaitMs = 2500
    const { collector, logged } = await bench({ visibilitySeconds: 2 })
    sqs.fault = (action) => (action === 'ChangeMessageVisibilityBatch' ? { status: 500 } : undefined)
    let publishes = 0
    const { findings } = await sweep(collector, async () => {
      if (publishes++ === 0) await sleep(3000)
    })
    expect(findings).toHaveLength(2)
    expect(findings[0]?.id).toBe(findings[1]?.id)
    expect(sqs.counts.all).toBe(0)
    expect(logged.join()).toContain('no longer ours')
  })

  test('no more is held than is allowed, while nothing can be deleted', async () => {
    await sqs.send(bodies(100))
    const { collector } = await bench({ maxMessages: 30 })
    let failing = true
    sqs.fault = (action) => (failing && action === 'DeleteMessageBatch' ? { status: 503 } : undefined)
    const sweeping = sweep(collector)
    await sleep(800)
    expect(sqs.largestHeld).toBeLessThanOrEqual(30)
    expect(sqs.counts.all).toBe(100)
    failing = false
    expect(buckets((await sweeping).findings)).toHaveLength(100)
    expect([sqs.counts.all, sqs.largestHeld]).toEqual([0, 30])
  })
})

describe('when SQS is in trouble', () => {
  test('entries of a batch that were not deleted are deleted later', async () => {
    await sqs.send(bodies(30))
    let failures = 4
    sqs.fault = (action) =>
      action === 'DeleteMessageBatch' && failures-- > 0
        ? { refuseEven: { code: 'InternalError', senderFault: false } }
        : undefined
    const { collector, logged } = await bench()
    const { findings } = await sweep(collector)
    expect([findings.length, sqs.counts.all]).toEqual([30, 0])
    expect(logged).toContain('Published messages could not be deleted. It is tried again.')
  })

  test('receipts that have expired are not tried for ever', async () => {
    await sqs.send(bodies(10))
    sqs.fault = (action) =>
      action === 'DeleteMessageBatch'
        ? { refuseEven: { code: 'ReceiptHandleIsInvalid', senderFault: true } }
        : undefined
    const { findings } = await sweep((await bench()).collector)
    expect(findings).toHaveLength(10)
    expect(sqs.counts.all).toBeGreaterThan(0)
  })

  test('without the right to delete it holds what it has, says so, and goes on when it is granted', async () => {
    await sqs.send(bodies(20))
    let denied = true
    sqs.fault = (action) =>
      denied && action === 'DeleteMessageBatch' ? { status: 403, type: 'AccessDeniedException' } : undefined
    const { collector, logged } = await bench()
    const sweeping = sweep(collector)
    await vi.waitFor(() => expect(logged.join()).toContain('until the configuration is mended'), PATIENCE)
    denied = false
    expect((await sweeping).findings).toHaveLength(20)
    expect(sqs.counts.all).toBe(0)
  })

  test.each([
    ['throttling', { status: 400, type: 'ThrottlingException' }, 'AWS_THROTTLED', 'outage'],
    ['its own throttling', { status: 400, type: 'com.amazonaws.sqs#RequestThrottled' }, 'AWS_THROTTLED', 'outage'],
    ['an error of its own', { status: 500 }, 'AWS_UNAVAILABLE', 'outage'],
    ['a page', { status: 502, body: '<html>Bad gateway</html>' }, 'AWS_UNAVAILABLE', 'outage'],
    ['a missing queue', { status: 400, type: 'com.amazonaws.sqs#QueueDoesNotExist' }, 'AWS_NOT_FOUND', 'configuration'],
    ['a denial', { status: 403, type: 'AccessDeniedException' }, 'AWS_ACCESS_DENIED', 'configuration'],
    ['too many held messages', { status: 400, type: 'com.amazonaws.sqs#OverLimit' }, 'AWS_THROTTLED', 'outage'],
    ['a key that is off', { status: 400, type: 'com.amazonaws.sqs#KmsDisabled' }, 'AWS_KEY', 'configuration'],
    [
      'a wrong address',
      { status: 400, type: 'com.amazonaws.sqs#InvalidAddress' },
      'AWS_REQUEST_REFUSED',
      'configuration',
    ],
  ])('%s ends the sweep with an error that can be waited out', async (_what, fault, code, kind) => {
    sqs.fault = (action) => (action === 'ReceiveMessage' ? fault : undefined)
    const { collector } = await bench()
    const error = await sweep(collector).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ code, fault: kind, message: expect.stringContaining(sqs.url) as string })
  })

  test('what came before the trouble is published and deleted first', async () => {
    await sqs.send(bodies(40))
    let receives = 0
    sqs.fault = (action) => (action === 'ReceiveMessage' && receives++ > 1 ? { status: 500 } : undefined)
    const { collector } = await bench()
    const published: unknown[] = []
    await expect(sweep(collector, ({ events }) => void published.push(...events))).rejects.toMatchObject({
      code: 'AWS_UNAVAILABLE',
    })
    expect(published).toHaveLength(20)
    expect(sqs.counts).toEqual({ all: 20, held: 0 })
  })
})

describe('check', () => {
  test('finds the queue, and the right to delete and to hide, without touching a message', async () => {
    await sqs.send([bodyOf(1)])
    const { collector, logged } = await bench()
    await collector.check(going)
    expect(sqs.counts).toEqual({ all: 1, held: 0 })
    expect(sqs.requests.map(({ action }) => action)).not.toContain('ReceiveMessage')
    expect(logged).toEqual([])
  })

  test('warns of a queue without a redrive policy', async () => {
    sqs.attributes = {}
    const { collector, logged } = await bench()
    await collector.check(going)
    expect(logged.join()).toContain('has no redrive policy')
  })

  test.each(['GetQueueAttributes', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch'])(
    'needs %s',
    async (denied) => {
      sqs.fault = (action) => (action === denied ? { status: 403, type: 'AccessDeniedException' } : undefined)
      const { collector } = await bench()
      await expect(collector.check(going)).rejects.toMatchObject({ code: 'AWS_ACCESS_DENIED', fault: 'configuration' })
    },
  )
})
