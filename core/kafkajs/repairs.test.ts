import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { repairKafkajs } from './repairs.ts'

interface Queue {
  readonly throttleCheckTimeoutId: unknown
  listenerCount(event: string): number
  push(request: object): void
  fulfillRequest(answer: object): void
  waitForPendingRequests(): Promise<void>
  destroy(): void
}

/** A queue of requests to one broker that is never asked anything. */
function newQueue(): Queue {
  repairKafkajs()
  repairKafkajs()
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const require = createRequire(import.meta.url)
  const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue
  const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000, logger: silent })
  onTestFinished(() => queue.destroy())
  return queue
}

function request(correlationId: number): { readonly done: Promise<unknown>; readonly pushed: object } {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const entry = { apiKey: 0, apiName: 'Test', apiVersion: 0, correlationId, resolve, reject }
  return { done: promise, pushed: { entry, expectResponse: true, sendRequest: () => {} } }
}

test('an answer after which nothing waits sets no timer, and warns of nothing', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  const queue = newQueue()
  const { done, pushed } = request(1)
  queue.push(pushed)
  queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 })
  await done
  expect(queue.throttleCheckTimeoutId).toBeNull()
  await sleep(20)
  expect(warnings).toEqual([])
})

test('requests that wait for room are sent as answers come', async () => {
  const queue = newQueue()
  const requests = [1, 2, 3].map(request)
  for (const { pushed } of requests) queue.push(pushed)
  for (const correlationId of [1, 2, 3])
    queue.fulfillRequest({ correlationId, payload: Buffer.from([correlationId]), size: 1 })
  expect(await Promise.all(requests.map(({ done }) => done))).toMatchObject(
    [1, 2, 3].map((correlationId) => ({ correlationId })),
  )
})

test('many that wait for the last answer wait for the same, and again later', async () => {
  const queue = newQueue()
  for (const correlationId of [1, 2]) {
    queue.push(request(correlationId).pushed)
    const waiting = Array.from({ length: 20 }, () => queue.waitForPendingRequests())
    expect(queue.listenerCount('requestQueueEmpty')).toBe(1)
    queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 })
    await Promise.all(waiting)
  }
})
