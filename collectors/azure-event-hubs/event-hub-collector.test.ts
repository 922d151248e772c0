import { expect, test } from 'vitest'
import type { Context } from '../../core/component.ts'
import type { CollectedBatch } from '../collector.ts'
import type { Inbox } from '../messages/inbox.ts'
import type { Message } from '../messages/message.ts'
import type { Config } from './config.ts'
import { EventHubCollector } from './event-hub-collector.ts'
import { sampleAssessment } from './mapping/sample-defender.ts'
import type { HubTransport } from './transport.ts'

const going = new AbortController().signal
const logged: string[] = []
const log = (_fields: object, message: string): void => void logged.push(message)
const context: Context = {
  name: 'defender',
  tenant: 'acme',
  clock: Date.now,
  log: { debug: log, info: log, warn: log, error: log },
  metrics: { count: () => {}, gauge: () => {}, observe: () => {} },
}

/** A hub that gives each list of bodies once the last is durable, and says then that nothing comes. */
function collectorOf(lists: readonly (readonly string[])[], consumerGroup = 'posture-stream') {
  const readers: string[] = []
  const durable: number[] = []
  let closed = 0
  const transport: HubTransport = {
    tellsSilence: true,
    check: async () => {},
    open: async (inbox: Inbox<Message>, signal: AbortSignal, reader: string) => {
      readers.push(reader)
      const give = async (): Promise<void> => {
        for (const [number, bodies] of [...lists, []].entries()) {
          const id = (index: number): string => `0/${number * 10 + index}`
          const sentAt = Date.UTC(2026, 10, 26)
          await inbox.put(
            bodies.map((body, index) => ({ id: id(index), body, sentAt })),
            signal,
          )
          durable.push(number)
        }
      }
      give().catch(() => undefined)
      return { close: async () => void (closed += 1) }
    },
  }
  const config = { consumerGroup, maxMessages: 1, waitSeconds: 1 } as Config
  const address = { host: 'contoso.servicebus.windows.net', eventHub: 'defender' }
  return {
    collector: new EventHubCollector(config, context, address, transport),
    readers,
    durable,
    closed: () => closed,
  }
}

async function sweep(collector: EventHubCollector, position?: unknown): Promise<CollectedBatch[]> {
  const batches: CollectedBatch[] = []
  for await (const batch of collector.collect(position, going)) {
    batches.push(batch)
    if (batch.read === 0) break
  }
  return batches
}

const bodyOf = (number: number): string => JSON.stringify(sampleAssessment(number))

test('the name of the reader is saved with the first messages, and known again after a restart', async () => {
  const first = collectorOf([[bodyOf(1)], [bodyOf(2)]])
  const batches = await sweep(first.collector)
  expect(batches.map(({ read, position }) => [read, position !== undefined])).toEqual([
    [1, true],
    [1, false],
    [0, false],
  ])
  const again = collectorOf([[bodyOf(3)]])
  const [batch] = await sweep(again.collector, batches[0]!.position)
  expect(again.readers).toEqual(first.readers)
  expect(batch!.position).toBeUndefined()
})

test('messages are done with once the next batch is asked for, and the hub is let go in the end', async () => {
  const { collector, durable, closed } = collectorOf([[bodyOf(1)], [bodyOf(2)]])
  const batches = collector.collect(undefined, going)
  await batches.next()
  expect(durable).toEqual([])
  await batches.next()
  expect(durable).toEqual([0])
  await batches.return(undefined)
  expect(closed()).toBe(1)
})

test('messages without findings are passed over, and what cannot be read is set aside as it came and read anew', async () => {
  const score = JSON.stringify({ type: 'Microsoft.Security/secureScores', id: '/x', name: 'ascScore', properties: {} })
  const { collector } = collectorOf([[score], ['{"broken']])
  const batches = await sweep(collector)
  expect(batches.map(({ read }) => read)).toEqual([1, 1, 0])
  expect(logged.filter((line) => line.includes('no findings'))).toHaveLength(1)
  const [letter] = batches[1]!.unreadable ?? []
  expect(letter).toMatchObject({ origin: 'defender/0/10', error: { code: 'MESSAGE_NOT_JSON' } })
  await expect(collector.reread({ ...letter!, time: 0 })).rejects.toMatchObject({ code: 'MESSAGE_NOT_JSON' })
  const mended = { bytes: Buffer.from(bodyOf(1)), origin: letter!.origin, time: 0 }
  expect(await collector.reread(mended)).toMatchObject([{ type: 'finding.observed' }])
})

test('the consumer group that everything reads with is warned of', async () => {
  expect(await collectorOf([], '$Default').collector.outlook(going)).toEqual([expect.stringContaining('$Default')])
  expect(await collectorOf([]).collector.outlook(going)).toEqual([])
})
