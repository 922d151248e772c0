import { describe, expect, test } from 'vitest'
import type { RunContext } from '../core/component.ts'
import { PermanentError, TransientError } from '../core/errors.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import type { OutgoingRecord, StreamRecord } from '../stream/stream.ts'
import type { Collector } from './collector.ts'
import { checkpointKey, checkpointRecord } from './checkpoint.ts'
import { CollectorRun, type CollectorInstance } from './collector-run.ts'
import { collector, numbered, scanStarted, schemas, until } from './sample-stage.ts'

const NOW = Date.UTC(2026, 10, 25)
const HOUR = 3_600_000
const EVENTS = 'posture.events'
const DEAD = 'posture.dead-letters'
const CHECKPOINTS = 'posture.checkpoints'

/** Keeps what is published, in order, and can be told to fail. */
class Log {
  readonly written: { topic: string; record: OutgoingRecord }[] = []
  failing: (topic: string, records: readonly OutgoingRecord[]) => Error | undefined = () => undefined

  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const error = this.failing(topic, records)
    if (error !== undefined) throw error
    this.written.push(...records.map((record) => ({ topic, record })))
  }

  of(topic: string): OutgoingRecord[] {
    return this.written.filter((each) => each.topic === topic).map((each) => each.record)
  }

  last(topic: string, key: string): StreamRecord | undefined {
    const record = this.of(topic).findLast((each) => each.key === key)
    return record && { headers: {}, ...record, topic, partition: 0, offset: 0n, timestamp: NOW }
  }
}

interface RunOptions extends Partial<Omit<CollectorInstance, 'collector'>> {
  readonly signal?: AbortSignal
  readonly untilIdle?: boolean
}

function bench() {
  const stream = new Log()
  const counts: Record<string, number> = {}
  const gauges: Record<string, number> = {}
  const waits: boolean[] = []
  const logged: string[] = []
  const time = { now: NOW }
  const log = (_fields: object, message: string): void => void logged.push(message)
  const context: RunContext = {
    name: 'nightly',
    tenant: 'acme',
    clock: () => time.now,
    log: { debug: log, info: log, warn: log, error: log },
    metrics: {
      count: (name, by, labels) => {
        const label = [name, ...Object.values(labels).filter((value) => value !== 'nightly')].join(' ')
        counts[label] = (counts[label] ?? 0) + by
      },
      gauge: (name, value) => void (gauges[name] = value),
      observe: () => {},
    },
    condition: { waiting: () => void waits.push(true), working: () => void waits.push(false), failed() {} },
  }
  const start = (subject: Collector, options: RunOptions = {}): CollectorRun => {
    const { signal = new AbortController().signal, untilIdle = true, ...given } = options
    const instance: CollectorInstance = {
      collector: subject,
      kind: 'scanner-report',
      runs: 'once',
      settings: {},
      context,
      ...given,
    }
    const checkpoint = { schemas, writer: 'test', context: instance.context, kind: instance.kind }
    const save = (progress: Parameters<typeof checkpointRecord>[0]): Promise<void> =>
      stream.publish(CHECKPOINTS, [checkpointRecord(progress, checkpoint)])
    const last = stream.last(CHECKPOINTS, checkpointKey(instance.context))
    return new CollectorRun(instance, { stream, schemas, save, untilIdle, signal }, last)
  }
  const run = async (subject: Collector, options: RunOptions = {}): Promise<void> => {
    const started = start(subject, options)
    await started.ended
    if (started.failure !== undefined) throw started.failure
  }
  return { stream, counts, gauges, waits, logged, context, time, start, run }
}

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
      posture_collector_findings_read_total: 3,
      'posture_collector_sweeps_total completed': 1,
      'posture_dead_letters_total collectors RECORD_BROKEN': 1,
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
    expect(counts['posture_dead_letters_total collectors Error']).toBe(1)
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
  const batches = numbered(3)

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
    for (const other of others) await run(collector(batches), { context: other })
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
    expect(logged).toEqual([
      'Collector nightly could not publish to posture.events and keeps trying; nothing is lost.',
      'Collector nightly waits no longer.',
    ])
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
    const batches = numbered(2)
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

describe('what cannot be mended by trying', () => {
  test('a configuration fault is told once, however often it is tried, and so is that it has passed', async () => {
    const { logged, waits, run } = bench()
    let left = 4
    const refused: Collector = {
      check: async () => {},
      async *collect() {
        if (left-- > 0) throw new TransientError('ACCESS_DENIED', 'no', { fault: 'configuration' })
        yield { events: [], read: 0 }
      },
    }
    await run(refused)
    expect(logged).toEqual([
      'Collector nightly cannot read its source until its configuration is mended; it keeps trying.',
      'Collector nightly waits no longer.',
    ])
    expect(waits.slice(0, 5)).toEqual([true, true, true, true, false])
    expect(waits.at(-1)).toBe(false)
  })

  test('another reason is told too', async () => {
    const { logged, run } = bench()
    const codes = ['THROTTLED', 'THROTTLED', 'DOWN', 'THROTTLED']
    const failing: Collector = {
      check: async () => {},
      async *collect() {
        const code = codes.shift()
        if (code !== undefined) throw new TransientError(code, 'no')
        yield { events: [], read: 0 }
      },
    }
    await run(failing)
    expect(logged).toHaveLength(3)
  })
})

describe('a schedule', () => {
  const everyHour = { schedule: '0 * * * *' }

  /** Sweeps until the signal aborts; resolves to when each began. */
  function sweeping(time: { now: number }, onSweep: (count: number) => void = () => {}): Collector & { at: number[] } {
    const at: number[] = []
    return {
      at,
      check: async () => {},
      async *collect() {
        at.push(time.now)
        onSweep(at.length)
        yield { events: [], read: 1, position: at.length }
      },
    }
  }

  test('sweeps at once where it never has, and then waits for the next tick', async () => {
    const { time, start } = bench()
    const stop = new AbortController()
    time.now = NOW + 1000
    const source = sweeping(time)
    const run = start(source, { settings: everyHour, untilIdle: false, signal: stop.signal })
    await until(() => run.isIdle)
    await new Promise((resolve) => setTimeout(resolve, 50))
    stop.abort()
    await run.ended
    expect(source.at).toEqual([NOW + 1000])
  })

  test('catches up once on what was missed, however often that was', async () => {
    const { stream, time, start, run } = bench()
    await run(sweeping(time), { settings: everyHour })
    time.now = NOW + 10 * HOUR + 1
    const stop = new AbortController()
    const source = sweeping(time)
    const again = start(source, { settings: everyHour, untilIdle: false, signal: stop.signal })
    await until(() => again.isIdle)
    await new Promise((resolve) => setTimeout(resolve, 50))
    stop.abort()
    await again.ended
    expect(source.at).toEqual([NOW + 10 * HOUR + 1])
    const saved = schemas.decode('checkpoint', stream.of(CHECKPOINTS).at(-1)!.value!)
    expect(saved).toMatchObject({ sweptAt: NOW + 10 * HOUR + 1, succeededAt: NOW + 10 * HOUR + 1 })
  })

  test('is not asked with --until-idle, which sweeps now', async () => {
    const { time, run } = bench()
    const source = sweeping(time)
    await run(source, { settings: everyHour })
    await run(source, { settings: everyHour })
    expect(source.at).toEqual([NOW, NOW])
  })

  test('every sweep is told whether another one follows', async () => {
    const last: (boolean | undefined)[] = []
    const asked = (then: () => void): Collector => ({
      check: async () => {},
      async *collect(_position, _signal, sweep) {
        last.push(sweep?.isLast)
        yield { events: [], read: 0 }
        then()
      },
    })
    await bench().run(
      asked(() => {}),
      { settings: everyHour },
    )
    for (const settings of [everyHour, {}]) {
      const stop = new AbortController()
      const source = asked(() => stop.abort())
      const run = bench().start(source, { settings, untilIdle: false, signal: stop.signal })
      await run.ended
    }
    expect(last).toEqual([true, false, true])
  })

  test('a sweep that took longer than until the next tick is followed by one, never overlapping', async () => {
    const { time, start } = bench()
    const stop = new AbortController()
    const source = sweeping(time, (count) => {
      if (count === 1) time.now += 5 * HOUR
      if (count === 2) stop.abort()
    })
    const run = start(source, { settings: everyHour, untilIdle: false, signal: stop.signal })
    await run.ended
    expect(source.at).toEqual([NOW, NOW + 5 * HOUR])
  })

  test('a sweep that fails for good is tried again at the next tick, and does not count as swept', async () => {
    const { stream, counts, start, time } = bench()
    const stop = new AbortController()
    const positions: unknown[] = []
    time.now = NOW - 30
    const source: Collector = {
      check: async () => {},
      async *collect(position) {
        positions.push(position)
        if (positions.length === 1) {
          yield { events: [], read: 1, position: 'half' }
          // The tick comes while it is failing, so the next one is meant.
          setTimeout(() => (time.now = NOW + HOUR), 30)
          throw new PermanentError('BROKEN', 'no')
        }
        stop.abort()
      },
    }
    const run = start(source, { settings: { schedule: '* * * * * *' }, untilIdle: false, signal: stop.signal })
    await run.ended
    expect(positions).toEqual([undefined, 'half'])
    expect(counts).toMatchObject({ 'posture_collector_sweeps_total failed': 1 })
    expect(schemas.decode('checkpoint', stream.of(CHECKPOINTS)[0]!.value!)).not.toHaveProperty('sweptAt')
  })
})

describe('a collector that runs continuously', () => {
  test('is asked again soon after its source had nothing more', async () => {
    const { start } = bench()
    const stop = new AbortController()
    let sweeps = 0
    const source: Collector = {
      check: async () => {},
      async *collect() {
        sweeps += 1
        yield { events: [], read: 0 }
      },
    }
    const real = { ...bench().context, clock: Date.now }
    const run = start(source, { runs: 'continuously', context: real, untilIdle: false, signal: stop.signal })
    await until(() => sweeps === 2)
    stop.abort()
    await run.ended
    expect(run.failure).toBeUndefined()
  })

  test('is idle at a batch with nothing in it, though it goes on asking', async () => {
    const { run } = bench()
    let asked = 0
    const endless: Collector = {
      check: async () => {},
      async *collect() {
        for (;;) yield { events: [], read: asked++ < 2 ? 1 : 0 }
      },
    }
    await run(endless, { runs: 'continuously' })
    expect(asked).toBe(3)
  })
})

describe('a source that is silent', () => {
  const settings = { expectEvery: '2h' }
  const quiet = collector([])
  const speaking = (position: number): Collector => ({
    check: async () => {},
    async *collect() {
      yield { events: [], read: 1, position }
    },
  })
  const findings = (stream: Log) =>
    stream
      .of(EVENTS)
      .map(({ value }) => schemas.decode('posture-event', value!))
      .flatMap((event) => (event.type === 'finding.observed' ? [event] : []))

  test('for longer than is expected is a finding of our own, told once, that the next word closes', async () => {
    const { stream, gauges, logged, time, run } = bench()
    await run(speaking(1), { settings })
    time.now += 2 * HOUR - 1
    await run(quiet, { settings })
    expect(findings(stream)).toEqual([])
    for (let turn = 0; turn < 3; turn++) {
      time.now += 1
      await run(quiet, { settings })
    }
    expect(gauges).toMatchObject({ posture_collector_silent: 1, posture_collector_last_success_seconds: NOW / 1000 })
    time.now += 1
    await run(speaking(2), { settings })
    expect(gauges).toMatchObject({
      posture_collector_silent: 0,
      posture_collector_last_success_seconds: time.now / 1000,
    })
    await run(speaking(3), { settings })
    const [fail, pass, ...others] = findings(stream)
    expect(others).toEqual([])
    expect(fail).toMatchObject({
      identity: { product: 'posture-stream', control: 'source-silent', resource: 'nightly', account: 'posture-stream' },
      kind: 'compliance',
      tenant: 'acme',
      verdict: {
        value: 'fail',
        at: NOW + 2 * HOUR,
        detail: 'nightly is expected to be given something every 2h, and was last at 2026-11-25T00:00:00.000Z',
      },
    })
    expect(pass).toMatchObject({ key: fail!.key, verdict: { value: 'pass', at: time.now } })
    expect(logged.filter((line) => line.includes('silent'))).toHaveLength(2)
  })

  test('from the beginning is found out too, though nothing has ever been read and the process is started again and again', async () => {
    const { stream, time, run } = bench()
    for (let turn = 0; turn < 5; turn++) {
      await run(quiet, { settings })
      time.now += HOUR
    }
    const [fail, ...others] = findings(stream)
    expect(others).toEqual([])
    expect(fail?.verdict.detail).toBe('nightly is expected to be given something every 2h, and was never')
  })

  test('word of a scan that found nothing is a word, of one that failed it is not', async () => {
    const { stream, time, run } = bench()
    const scan = (outcome: 'complete' | 'failed') => ({
      type: 'scan.completed' as const,
      id: outcome,
      time: NOW,
      tenant: 'acme',
      collector: 'nightly',
      source: { product: 'prowler', format: 'prowler-ocsf' },
      scan: { uid: outcome, time: NOW },
      scope: { provider: 'aws', account: '111122223333' },
      outcome,
      findings: 0,
    })
    await run(collector([{ events: [scan('complete')], read: 0 }]), { settings })
    time.now += 2 * HOUR
    await run(collector([{ events: [scan('complete')], read: 0 }]), { settings })
    expect(findings(stream)).toEqual([])
    time.now += 2 * HOUR
    await run(collector([{ events: [scan('failed')], read: 0 }]), { settings })
    expect(findings(stream)).toHaveLength(1)
  })

  test('is watched between the sweeps', async () => {
    const { stream, time, start } = bench()
    const stop = new AbortController()
    const run = start(quiet, { settings: { expectEvery: '1s' }, untilIdle: false, signal: stop.signal })
    await until(() => run.isIdle)
    expect(findings(stream)).toEqual([])
    time.now += 1001
    await until(() => findings(stream).length === 1)
    stop.abort()
    await run.ended
  })

  test('is forgiven when nothing is expected of it any more, and when its collector is of another type', async () => {
    for (const options of [{}, { settings, kind: 'webhook' }]) {
      const { stream, time, run } = bench()
      await run(quiet, { settings })
      time.now += 2 * HOUR
      await run(quiet, { settings })
      await run(options.kind === undefined ? quiet : speaking(1), options)
      expect(findings(stream).map(({ verdict }) => verdict.value)).toEqual(['fail', 'pass'])
    }
  })
})
