import { describe, expect, test } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import { Scrubber } from '../scrub.ts'
import { ObservedGroup } from './observed-group.ts'
import { OverdueGroups } from './overdue-groups.ts'
import { Readiness } from './readiness.ts'

const HOUR_MS = 3600 * 1000

/** A process whose clock, stream and one group are at the test's command. */
function bench() {
  const time = { now: 100 * HOUR_MS }
  const told: string[] = []
  const note = (level: string) => (_: object, message: string) => void told.push(`${level} ${message}`)
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const group = new ObservedGroup({ topic: 'topic', group: 'sink.siem' }, new MetricsRegistry(), () => time.now)
  const overdue = new OverdueGroups({
    groups: () => [group],
    keptMs: () => 10 * HOUR_MS,
    clock: () => time.now,
    log,
  })
  let ends: (() => Promise<ReadonlyMap<number, bigint>>) | undefined
  const stream = { ends: () => ends!() }
  const scrubber = new Scrubber([new Secret('hunter22')])
  const readiness = new Readiness({
    stream: () => (ends === undefined ? undefined : stream),
    overdue,
    scrubber,
    answerMs: 20,
    freshMs: 0,
  })
  const holding = new AbortController()
  const record = { topic: 'topic', partition: 0, offset: 1n, key: 'k', value: null, headers: {} }
  return {
    readiness,
    overdue,
    told,
    answers: (answer: () => Promise<ReadonlyMap<number, bigint>>) => (ends = answer),
    /** Hands the group a record that was written so long ago; resolves to what commits it. */
    hold: async (ageMs: number) => {
      const records = [{ ...record, timestamp: time.now - ageMs }]
      const after = await group.handle({ partition: 0, records, signal: holding.signal, publish() {} }, async () => {})
      return () => after(new Map())
    },
    reasons: () =>
      Object.fromEntries(readiness.checks().flatMap(({ name, ok, reason }) => (ok ? [] : [[name, reason]]))),
  }
}
const healthy = async (): Promise<ReadonlyMap<number, bigint>> => new Map()

describe('a process is not ready', () => {
  test('until everything has started, and from when it stops', async () => {
    const { readiness, answers, reasons } = bench()
    readiness.starts('stream')
    expect(reasons()).toEqual({ started: 'still starting: stream', stream: 'the stream is not open yet' })
    readiness.started('stream')
    answers(healthy)
    readiness.starts('enrichment')
    readiness.starts('sink siem')
    await readiness.look()
    expect(reasons()).toEqual({ started: 'still starting: enrichment, sink siem' })
    readiness.runs()
    expect([reasons(), readiness.isReady]).toEqual([{}, true])
    readiness.stops()
    expect([reasons(), readiness.isReady]).toEqual([{ started: 'the process is stopping' }, false])
  })

  test('while the stream refuses or does not answer', async () => {
    const { readiness, answers, reasons } = bench()
    readiness.runs()
    answers(() => Promise.reject(new TransientError('KAFKA_DOWN', 'no broker answers hunter22')))
    expect(await readiness.look()).toBe(false)
    expect(reasons()).toEqual({ stream: 'no broker answers [secret]' })
    answers(() => new Promise(() => {}))
    expect(await readiness.look()).toBe(false)
    expect(reasons()).toEqual({ stream: 'the stream did not answer within 0.02 s' })
    answers(healthy)
    expect(await readiness.look()).toBe(true)
    expect(readiness.isReady).toBe(true)
  })

  test('while a group holds a record that is older than half of what its topic keeps, which is told once', async () => {
    const { readiness, overdue, answers, hold, reasons, told } = bench()
    readiness.runs()
    answers(healthy)
    await readiness.look()
    await hold(4 * HOUR_MS)
    overdue.tell()
    expect([reasons(), told]).toEqual([{}, []])
    const commit = await hold(6 * HOUR_MS)
    overdue.tell()
    overdue.tell()
    expect(reasons()).toEqual({
      groups:
        'the oldest record of topic that group sink.siem has not processed is 21600 s old, half of what is kept is 18000 s',
    })
    expect(told).toEqual([expect.stringMatching(/^error A group is behind by more than half/)])
    await commit()
    overdue.tell()
    expect([reasons(), told.at(-1)]).toEqual([{}, 'info The group is no longer in danger of losing records.'])
  })
})

test('asking again and again asks the stream no more than once at a time', async () => {
  const { readiness, answers } = bench()
  let asked = 0
  answers(async () => {
    asked += 1
    return new Map()
  })
  await Promise.all(Array.from({ length: 50 }, () => readiness.look()))
  expect(asked).toBe(1)
})
