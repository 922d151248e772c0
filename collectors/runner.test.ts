import { describe, expect, test } from 'vitest'
import type { Context } from '../core/component.ts'
import { PermanentError, TransientError } from '../core/errors.ts'
import type { PostureEvent, ScanStarted } from '../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../schemas/registry.ts'
import type { OutgoingRecord, Stream, StreamRecord } from '../stream/stream.ts'
import type { CollectedBatch, Collector } from './collector.ts'
import { checkpointKey } from './checkpoint.ts'
import { runCollector } from './runner.ts'

const schemas = new SchemaRegistry()
const NOW = Date.UTC(2026, 10, 25)

/** A stream that keeps what is published, in order, and can be told to fail. */
class Log implements Stream {
  readonly written: { topic: string; record: OutgoingRecord }[] = []
  failing: (topic: string, records: readonly OutgoingRecord[]) => Error | undefined = () => undefined

  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const error = this.failing(topic, records)
    if (error !== undefined) throw error
    this.written.push(...records.map((record) => ({ topic, record })))
  }

  async follow(topic: string, handle: (records: readonly StreamRecord[]) => Promise<void> | void) {
    const records = this.of(topic).map((record, index): StreamRecord => {
      const { key, value, headers = {} } = record
      return { topic, partition: 0, offset: BigInt(index), timestamp: NOW, key, value, headers }
    })
    return { ready: Promise.resolve(handle(records)), stop: async () => {} }
  }

  of(topic: string): OutgoingRecord[] {
    return this.written.filter((each) => each.topic === topic).map((each) => each.record)
  }

  consume = unused
  lag = unused
  positions = unused
  ends = unused
  beginnings = unused
  close = unused
}

async function unused(): Promise<never> {
  throw new Error('not part of running a collector')
}

function bench() {
  const stream = new Log()
  const counts: Record<string, number> = {}
  const logged: string[] = []
  const log = (_fields: object, message: string): void => void logged.push(message)
  const context: Context = {
    name: 'nightly',
    tenant: 'acme',
    clock: () => NOW,
    log: { debug: log, info: log, warn: log, error: log },
    metrics: {
      count: (name, by, labels) => {
        const label = [name, ...Object.values(labels).filter((value) => value !== 'nightly')].join(' ')
        counts[label] = (counts[label] ?? 0) + by
      },
      gauge: () => {},
      observe: () => {},
    },
  }
  const run = async (subject: Collector, options: { kind?: string; signal?: AbortSignal } = {}) =>
    runCollector(
      subject,
      options.kind ?? 'scanner-report',
      { stream, schemas, context },
      options.signal ?? new AbortController().signal,
    )
  return { stream, counts, logged, context, run }
}

/** Gives the batches after the position, which counts them. */
function collector(batches: readonly CollectedBatch[], onPull: (index: number) => void = () => {}): Collector {
  return {
    check: async () => {},
    async *collect(position) {
      for (let index = typeof position === 'number' ? position : 0; index < batches.length; index++) {
        onPull(index)
        yield batches[index]!
      }
    },
  }
}

function scanStarted(uid: string, account = '111122223333'): ScanStarted {
  return {
    type: 'scan.started',
    id: `id-${uid}`,
    time: NOW,
    tenant: 'acme',
    collector: 'nightly',
    source: { product: 'prowler', format: 'prowler-ocsf' },
    scan: { uid, time: NOW },
    provider: 'aws',
    account,
  }
}

const EVENTS = 'posture.events'
const DEAD = 'posture.dead-letters'
const CHECKPOINTS = 'posture.checkpoints'

describe('what a batch becomes', () => {
  test('events are published in order, with CloudEvents headers, on the partition of their account', async () => {
    const { stream, run } = bench()
    await run(collector([{ events: [scanStarted('s1'), scanStarted('s2')], read: 0 }]))
    expect(stream.of(EVENTS).map(({ key, partitionBy }) => [key, partitionBy])).toEqual([
      ['s1', 'acme/111122223333'],
      ['s2', 'acme/111122223333'],
    ])
    const [first] = stream.of(EVENTS)
    expect(first?.headers).toMatchObject({ ce_id: 'id-s1', ce_type: 'posture.scan.started', tenant: 'acme' })
    expect(schemas.decode('posture-event', first!.value!)).toEqual(scanStarted('s1'))
  })

  test('events, dead letters and then the checkpoint are durable before the next batch is asked for', async () => {
    const { stream, run } = bench()
    const unreadable = [{ bytes: Buffer.from('{'), error: new PermanentError('BROKEN', 'x'), origin: 'r.json#0' }]
    const written: string[][] = []
    const pulled = (): void => void written.push(stream.written.map(({ topic }) => topic))
    await run(
      collector(
        [
          { events: [scanStarted('s1')], unreadable, read: 1, position: 1 },
          { events: [], read: 0 },
        ],
        pulled,
      ),
    )
    expect(written).toEqual([[], [EVENTS, DEAD, CHECKPOINTS]])
  })

  test('unreadable bytes are set aside untouched, with where they stood and why', async () => {
    const { stream, counts, run } = bench()
    const bytes = Buffer.from([0x7b, 0xff, 0x00])
    const error = new PermanentError('RECORD_BROKEN', 'it is not JSON')
    await run(collector([{ events: [], unreadable: [{ bytes, error, origin: 'report.json#1024' }], read: 3 }]))
    const [letter, ...others] = stream.of(DEAD)
    expect(others).toEqual([])
    expect(Buffer.from(letter!.value!)).toEqual(bytes)
    expect(schemas.check('dead-letter', letter?.headers)).toMatchObject({
      dl_stage: 'collectors',
      dl_component: 'nightly',
      dl_code: 'RECORD_BROKEN',
      dl_origin: 'report.json#1024',
      tenant: 'acme',
    })
    expect(counts).toEqual({
      collector_findings_read_total: 3,
      'dead_letters_total collectors RECORD_BROKEN': 1,
    })
  })

  test('more than 512 KiB are cut into numbered parts under one key', async () => {
    const { stream, counts, run } = bench()
    const bytes = Buffer.alloc(2 * 512 * 1024 + 1, 'x')
    await run(collector([{ events: [], unreadable: [{ bytes, error: new Error('large'), origin: 'r#0' }], read: 1 }]))
    const letters = stream.of(DEAD)
    expect(letters.map(({ key, headers }) => [key, headers?.['dl_part']])).toEqual([
      ['r#0', '1/3'],
      ['r#0', '2/3'],
      ['r#0', '3/3'],
    ])
    expect(Buffer.concat(letters.map(({ value }) => value!)).equals(bytes)).toBe(true)
    expect(counts['dead_letters_total collectors Error']).toBe(1)
  })

  test('an event that our own schema refuses is a dead letter, and its neighbours are published', async () => {
    const { stream, run } = bench()
    const invalid = { ...scanStarted('s2'), time: 'yesterday' } as unknown as PostureEvent
    await run(collector([{ events: [scanStarted('s1'), invalid, scanStarted('s3')], read: 0, position: 1 }]))
    expect(stream.of(EVENTS).map(({ key }) => key)).toEqual(['s1', 's3'])
    expect(stream.of(DEAD).map(({ headers }) => headers?.['dl_code'])).toEqual(['SCHEMA_INVALID'])
    expect(stream.of(CHECKPOINTS)).toHaveLength(1)
  })

  test('an event that no topic takes is a dead letter', async () => {
    const { stream, run } = bench()
    await run(collector([{ events: [scanStarted('s1', 'x'.repeat(1_000_000)), scanStarted('s2')], read: 0 }]))
    expect(stream.of(EVENTS).map(({ key }) => key)).toEqual(['s2'])
    expect(stream.of(DEAD).map(({ headers }) => headers?.['dl_code'])).toEqual(Array(2).fill('EVENT_TOO_LARGE'))
  })
})

describe('checkpoints', () => {
  const batches = [1, 2, 3].map((position) => ({ events: [scanStarted(`s${position}`)], read: 1, position }))

  test('the next run goes on after the last one', async () => {
    const { stream, run } = bench()
    await run(collector(batches.slice(0, 2)))
    await run(collector(batches))
    expect(stream.of(EVENTS).map(({ key }) => key)).toEqual(['s1', 's2', 's3'])
  })

  test('another tenant and another instance have their own', async () => {
    const { stream, context, run } = bench()
    await run(collector(batches))
    const others = [
      { ...context, tenant: 'other' },
      { ...context, name: 'hourly' },
    ]
    for (const other of others)
      await runCollector(
        collector(batches),
        'scanner-report',
        { stream, schemas, context: other },
        new AbortController().signal,
      )
    expect(stream.of(EVENTS)).toHaveLength(9)
  })

  test('one of another type is not read, and that is said', async () => {
    const { stream, logged, run } = bench()
    await run(collector(batches), { kind: 'webhook' })
    await run(collector(batches))
    expect(stream.of(EVENTS)).toHaveLength(6)
    expect(logged.join()).toContain('is of another type')
  })

  test('one that cannot be read is started over, and that is said', async () => {
    const { stream, context, logged, run } = bench()
    const headers = { schema: 'checkpoint/1' }
    await stream.publish(CHECKPOINTS, [{ key: checkpointKey(context), value: Buffer.from('{'), headers }])
    await run(collector(batches))
    expect(stream.of(EVENTS)).toHaveLength(3)
    expect(logged.join()).toContain('cannot be read')
  })

  test('one of a newer version stops the collector instead of being started over', async () => {
    const { stream, context, run } = bench()
    const headers = { schema: 'checkpoint/99' }
    await stream.publish(CHECKPOINTS, [{ key: checkpointKey(context), value: Buffer.from('{}'), headers }])
    await expect(run(collector(batches))).rejects.toMatchObject({ code: 'SCHEMA_NEWER' })
    expect(stream.of(EVENTS)).toEqual([])
  })

  test('a removed one means from the beginning', async () => {
    const { stream, context, run } = bench()
    await run(collector(batches))
    await stream.publish(CHECKPOINTS, [{ key: checkpointKey(context), value: null }])
    await run(collector(batches))
    expect(stream.of(EVENTS)).toHaveLength(6)
  })
})

describe('when something fails', () => {
  test('a publish that fails for a while is repeated until it succeeds', async () => {
    const { stream, logged, run } = bench()
    let failures = 3
    stream.failing = () => (failures-- > 0 ? new TransientError('BROKER_DOWN', 'no broker') : undefined)
    await run(collector([{ events: [scanStarted('s1')], read: 1, position: 1 }]))
    expect(stream.written.map(({ topic }) => topic)).toEqual([EVENTS, CHECKPOINTS])
    expect(logged).toHaveLength(3)
  })

  test('a record that the stream refuses for good becomes a dead letter alone', async () => {
    const { stream, run } = bench()
    stream.failing = (topic, records) =>
      topic === EVENTS && records.some(({ key }) => key === 's2') ? new PermanentError('REFUSED', 'no') : undefined
    await run(collector([{ events: ['s1', 's2', 's3'].map((uid) => scanStarted(uid)), read: 0, position: 1 }]))
    expect(stream.of(EVENTS).map(({ key }) => key)).toEqual(['s1', 's3'])
    expect(stream.of(DEAD).map(({ headers }) => headers?.['dl_code'])).toEqual(['REFUSED'])
  })

  test('a source that fails for a while is read again from the last checkpoint', async () => {
    const { stream, run } = bench()
    const positions: unknown[] = []
    const flaky: Collector = {
      check: async () => {},
      async *collect(position) {
        positions.push(position)
        if (position === undefined) yield { events: [scanStarted('s1')], read: 1, position: 'after s1' }
        if (positions.length < 3) throw new Error('connection reset')
      },
    }
    await run(flaky)
    expect(positions).toEqual([undefined, 'after s1', 'after s1'])
    expect(stream.of(EVENTS)).toHaveLength(1)
  })

  test('a permanent error ends the run with that error', async () => {
    const { run } = bench()
    const refusing: Collector = {
      check: async () => {},
      collect: () => {
        throw new PermanentError('NOT_ALLOWED', 'no')
      },
    }
    await expect(run(refusing)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  })

  test('stopping lets the running batch become durable and asks for no more', async () => {
    const { stream, run } = bench()
    const stop = new AbortController()
    const batches = [1, 2].map((position) => ({ events: [scanStarted(`s${position}`)], read: 1, position }))
    await run(
      collector(batches, () => stop.abort()),
      { signal: stop.signal },
    )
    expect(stream.written.map(({ topic }) => topic)).toEqual([EVENTS, CHECKPOINTS])
  })

  test('stopping ends the wait for a stream that is down', async () => {
    const { stream, run } = bench()
    stream.failing = () => new TransientError('BROKER_DOWN', 'no broker')
    await run(collector([{ events: [scanStarted('s1')], read: 1 }]), { signal: AbortSignal.timeout(50) })
    expect(stream.written).toEqual([])
  })
})
