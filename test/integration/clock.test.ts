import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Logger } from '../../core/telemetry.ts'
import type { Enricher } from '../../enrichment/enricher.ts'
import { topics } from '../../stream/topics.ts'
import { samplePriority } from '../sample-priority.ts'
import { statement } from '../sample-statement.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ScratchStages } from '../scratch-stages.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

const DAY_MS = 24 * 3600 * 1000
const HOUR_MS = 3600 * 1000
const SESSION_MS = 6000

describe.each(['embedded', 'kafka'] as const)('when the clock jumps back, on a stream of type %s', (type) => {
  test('revisions rise, modified_time with them, and nothing waits for the time to come again', async (context) => {
    const start = Date.now()
    let now = start
    const stages = await ScratchStages.start(type, context, { clock: () => now })
    for (const [step, jump] of [0, -DAY_MS, 0, -HOUR_MS].entries()) {
      now += jump
      await stages.collect([statement('bucket-1', { verdict: step % 2 === 0 ? 'fail' : 'pass', at: start + step })])
      await stages.settled()
    }
    const metadata = stages.delivered.map(
      ({ event }) => event['metadata'] as { sequence: number; modified_time: number },
    )
    expect(metadata.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
    const times = metadata.map(({ modified_time: time }) => time)
    expect(times).toEqual([start, start + 1, start + 2, start + 3])
    expect(await stages.records('deadLetters')).toEqual([])
  })

  test('what waits to be enriched again is not forgotten under a steady flow', async (context) => {
    const start = Date.now()
    let behindMs = 0
    let band: 'P1' | 'P3' = 'P3'
    const [watched, trigger] = [statement('watched', { at: start }), statement('trigger', { at: start })]
    const enricher: Enricher = {
      name: 'watcher',
      version: 1,
      consumes: ['finding.observed'],
      apply: (event) => (event.id === trigger.id ? [watched.key] : []),
      enrich: () => ({ priority: samplePriority(band) }),
    }
    const stages = await ScratchStages.start(type, context, {
      clock: () => Date.now() - behindMs,
      enricher,
      tickMs: 500,
    })
    await stages.collect([watched])
    await stages.settled()
    const flowing = new AbortController()
    const flow = (async () => {
      for (let at = start; !flowing.signal.aborted; at++) await stages.collect([statement('flow', { at })], 'flow')
    })()
    onTestFinished(async () => {
      flowing.abort()
      await flow
    })
    behindMs = DAY_MS
    band = 'P1'
    await stages.collect([trigger])
    const again = () => stages.delivered.filter(({ key, cause }) => key === watched.key && cause === 'context')
    await vi.waitFor(() => expect(again()).toHaveLength(1), { timeout: 10_000, interval: 50 })
  })
})

test('a member whose process has its clock put back stays in its group and goes on', async (context) => {
  const joins: number[] = []
  const note = (_fields: object, message: string) => {
    if (message.includes('Consumer has joined the group')) joins.push(performance.now())
  }
  const log: Logger = { debug: note, info: note, warn: note, error: note }
  const brokers = await sharedBrokers(context)
  const kafka = await ScratchKafka.create({ brokers, sessionTimeoutMs: SESSION_MS, log })
  const stream = await kafka.open()
  onTestFinished(() => stream.close())
  const seen: string[] = []
  const { name } = topics.events
  await stream.consume({ topic: name, group: 'g', tickMs: 100 }, async ({ records }) => {
    seen.push(...records.map(({ key }) => key))
  })
  const { now } = Date
  Date.now = () => now() - HOUR_MS
  onTestFinished(() => void (Date.now = now))
  const joinedBefore = joins.length
  // Whoever commits is heard of by that alone.
  await sleep(3 * SESSION_MS)
  await stream.publish(name, [{ key: 'a', value: Buffer.from('a'), partition: 0 }])
  await vi.waitFor(async () => expect(await stream.lag(name, 'g')).toBe(0), { timeout: 10_000 })
  expect(seen).toEqual(['a'])
  expect(joins.length).toBe(joinedBefore)
})
