import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { PermanentError, TransientError } from '../core/errors.ts'
import type { Metrics } from '../core/telemetry.ts'
import { findingHeaders } from '../schemas/records.ts'
import type { BatchHandler, OutgoingRecord, Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { runSink } from './runner.ts'
import { sampleFinding } from './sample-findings.ts'
import type { PostureFinding, Sink } from './sink.ts'

const delivery = { maxAttempts: 2, initialBackoffMs: 1, maxBackoffMs: 2, batch: 100 }
const {
  findings: { name: FINDINGS },
  deadLetters: { name: DEAD },
} = topics

/** One partition of posture.findings, and what a handler's commits made visible elsewhere. */
class OnePartition {
  readonly records: StreamRecord[] = []
  readonly published: Record<string, OutgoingRecord[]> = {}
  committed = 0
  group = ''

  add(key: string, value: Uint8Array | null, headers: Readonly<Record<string, string>> = {}): this {
    const offset = BigInt(this.records.length)
    this.records.push({ topic: FINDINGS, partition: 3, offset, timestamp: 0, key, value, headers })
    return this
  }

  find(...findings: PostureFinding[]): this {
    for (const each of findings) this.add(each.key, each.bytes, findingHeaders(each, 0))
    return this
  }

  /** The port, as far as a sink's runner uses it. */
  port(): Stream {
    const consume: Stream['consume'] = async ({ topic, group, maxRecords = 500 }, handle) => {
      expect(topic).toBe(FINDINGS)
      this.group = group
      const stopped = new AbortController()
      const loop = this.#run(handle, maxRecords, stopped.signal)
      return { stop: async () => (stopped.abort(), await loop), partitions: () => [3] }
    }
    const at = async (offset: bigint): Promise<ReadonlyMap<number, bigint>> => new Map([[3, offset]])
    const ends: Stream['ends'] = (topic) => at(topic === FINDINGS ? BigInt(this.records.length) : 0n)
    return {
      consume,
      ends,
      beginnings: () => at(0n),
      positions: () => at(BigInt(this.committed)),
    } as Partial<Stream> as Stream
  }

  async #run(handle: BatchHandler, maxRecords: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const records = this.records.slice(this.committed, this.committed + maxRecords)
      const pending: [string, readonly OutgoingRecord[]][] = []
      const publish = (topic: string, out: readonly OutgoingRecord[]): void => void pending.push([topic, out])
      try {
        const after = records.length > 0 ? await handle({ partition: 3, records, signal, publish }) : undefined
        this.committed += records.length
        for (const [topic, out] of pending) (this.published[topic] ??= []).push(...out)
        await after?.(new Map())
      } catch {
        // What was rejected is handed over again.
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
}

/** A sink that keeps what it took, as key@revision; `judge` may refuse a finding or throw for all. */
function keepingSink(judge: (finding: PostureFinding) => Error | undefined = () => undefined) {
  const taken: string[] = []
  const sink: Sink = {
    check: async () => {},
    deliver: async (batch) =>
      batch.map((finding) => {
        const error = judge(finding)
        if (error) return { status: 'failed', error }
        taken.push(`${finding.key}@${finding.revision}`)
        return { status: 'delivered' }
      }),
  }
  return { sink, taken }
}

async function run(stream: OnePartition, sink: Sink, takes: 'latest-state' | 'every-revision' = 'every-revision') {
  const counts: Record<string, number> = {}
  const waits: boolean[] = []
  const ages: number[] = []
  const told: string[] = []
  const metrics: Metrics = {
    count: (name, by, labels) => {
      const id = [name, ...Object.values(labels)].join(' ')
      counts[id] = (counts[id] ?? 0) + by
    },
    gauge() {},
    observe: (name, value) => {
      if (name === 'posture_sink_finding_age_seconds') ages.push(value)
    },
  }
  const say = (_: object, message: string): void => void told.push(message)
  const log = { debug: say, info: say, warn: say, error: say }
  const condition = { waiting: () => void waits.push(true), working: () => void waits.push(false), failed() {} }
  const services = { stream: stream.port(), log, metrics, condition, clock: () => Date.UTC(2025, 10, 25) }
  const consumption = await runSink(sink, { takes }, { name: 'archive', tenant: 'acme', delivery }, services)
  onTestFinished(() => consumption.stop())
  return { counts, waits, ages, told, consumption }
}
const caughtUp = (stream: OnePartition): Promise<void> =>
  vi.waitFor(() => expect(stream.committed).toBe(stream.records.length), { interval: 2 })

describe('what a sink is given', () => {
  test('every revision in order, from its own consumer group', async () => {
    const stream = new OnePartition().find(sampleFinding('a', 1), sampleFinding('b', 1), sampleFinding('a', 2))
    const { sink, taken } = keepingSink()
    const { counts } = await run(stream, sink)
    await caughtUp(stream)
    expect(taken).toEqual(['a@1', 'b@1', 'a@2'])
    expect(stream.group).toBe('sink.archive')
    expect(counts).toEqual({ 'posture_sink_records_total archive delivered': 3 })
  })

  test('or only the highest revision per finding, by number and not by position', async () => {
    const stream = new OnePartition().find(
      sampleFinding('a', 2),
      sampleFinding('b', 1),
      sampleFinding('a', 10),
      sampleFinding('a', 9),
    )
    const { sink, taken } = keepingSink()
    const { counts } = await run(stream, sink, 'latest-state')
    await caughtUp(stream)
    expect(taken.toSorted()).toEqual(['a@10', 'b@1'])
    expect(counts).toEqual({
      'posture_sink_records_total archive delivered': 2,
      'posture_sink_records_total archive superseded': 2,
    })
  })

  test('never what is forgotten or another tenant’s', async () => {
    const stream = new OnePartition()
      .add('old', null, { tenant: 'acme' })
      .add('older', null)
      .find(sampleFinding('theirs', 1, { tenant: 'globex' }), sampleFinding('ours'))
      .add('theirs', Buffer.from('{'), { tenant: 'globex', schema: 'posture-finding/99' })
    const { sink, taken } = keepingSink()
    const { counts } = await run(stream, sink)
    await caughtUp(stream)
    expect(taken).toEqual(['ours@1'])
    expect(counts).toMatchObject({
      'posture_sink_records_total archive forgotten': 2,
      'posture_sink_records_total archive foreign_tenant': 2,
    })
    expect(stream.published[DEAD]).toBeUndefined()
  })

  test('the event as it was written', async () => {
    const finding = sampleFinding('a')
    const seen: PostureFinding[] = []
    const stream = new OnePartition().find(finding)
    await run(stream, {
      check: async () => {},
      deliver: async (batch) => (seen.push(...batch), [{ status: 'delivered' }]),
    })
    await caughtUp(stream)
    expect(seen).toEqual([finding])
  })
})

describe('dead letters', () => {
  test('hold what the sink refused and what is unreadable, and become visible with the commit', async () => {
    const good = findingHeaders(sampleFinding('junk'), 0)
    const stream = new OnePartition()
      .add('junk', Buffer.from('{'), good)
      .add('list', Buffer.from('[]'), good)
      .add('bare', Buffer.from('{}'), { tenant: 'acme', schema: 'posture-finding/1' })
      .add('alien', Buffer.from('{}'), { tenant: 'acme', schema: 'state/1' })
      .find(sampleFinding('bad'), sampleFinding('good'))
    const { sink, taken } = keepingSink(({ key }) => (key === 'bad' ? new PermanentError('REFUSED', 'no') : undefined))
    const { counts, told } = await run(stream, sink)
    await caughtUp(stream)
    expect(taken).toEqual(['good@1'])
    const dead = stream.published[DEAD]!
    expect(dead.map(({ key, headers }) => `${key} ${headers!['dl_code']} ${headers!['dl_origin']}`)).toEqual([
      'junk JSON_INVALID posture.findings/3/0',
      'list SCHEMA_INVALID posture.findings/3/1',
      'bare FINDING_HEADERS_INVALID posture.findings/3/2',
      'alien SCHEMA_UNKNOWN posture.findings/3/3',
      'bad REFUSED posture.findings/3/4',
    ])
    expect(dead[4]!.value).toEqual(sampleFinding('bad').bytes)
    expect(dead[4]!.headers).toMatchObject({
      finding_key: 'bad',
      dl_stage: 'sinks',
      dl_component: 'archive',
      dl_attempts: '1',
      dl_time: '2025-11-25T00:00:00.000Z',
    })
    expect(counts).toMatchObject({
      'posture_sink_records_total archive rejected': 5,
      'posture_dead_letters_total sinks archive REFUSED': 1,
    })
    expect(told).toEqual(['Findings that cannot be delivered were set aside as dead letters'])
  })

  test('larger than a record may be are cut into parts', async () => {
    const big = Buffer.alloc(1024 * 1024 + 5, ' ')
    const stream = new OnePartition().add('big', big, findingHeaders(sampleFinding('big'), 0))
    const { sink } = keepingSink()
    const { counts } = await run(stream, sink)
    await caughtUp(stream)
    const dead = stream.published[DEAD]!
    expect(dead.map(({ key, headers }) => `${key} ${headers!['dl_part']}`)).toEqual(['big 1/3', 'big 2/3', 'big 3/3'])
    expect(Buffer.concat(dead.map(({ value }) => value!)).equals(big)).toBe(true)
    expect(counts).toEqual({
      'posture_sink_records_total archive rejected': 1,
      'posture_dead_letters_total sinks archive JSON_INVALID': 1,
    })
  })

  test('do not come from an outage, however long: nothing is committed until the sink takes it', async () => {
    let down = true
    const { sink, taken } = keepingSink(() => {
      if (down) throw new TransientError('TOKEN_REFUSED', '401', { fault: 'configuration' })
      return undefined
    })
    const stream = new OnePartition().find(sampleFinding('a'), sampleFinding('b'), sampleFinding('c'))
    const { waits, told } = await run(stream, sink)
    await vi.waitFor(() => expect(waits.length).toBeGreaterThan(20), { interval: 2 })
    expect([stream.committed, taken, waits.at(-1)]).toEqual([0, [], true])
    down = false
    await caughtUp(stream)
    expect(taken).toEqual(['a@1', 'b@1', 'c@1'])
    expect(stream.published[DEAD]).toBeUndefined()
    expect(waits.at(-1)).toBe(false)
    expect(told).toHaveLength(2)
  })
})

describe('a record of a newer version', () => {
  test('stops the sink before it and says so: what stands before it is delivered, nothing is committed or buried', async () => {
    const newer = { ...findingHeaders(sampleFinding('b'), 0), schema: 'posture-finding/2' }
    const stream = new OnePartition()
      .find(sampleFinding('a'))
      .add('b', Buffer.from('?'), newer)
      .find(sampleFinding('c'))
    const { sink, taken } = keepingSink()
    const { waits, told, consumption } = await run(stream, sink)
    await vi.waitFor(() => expect(waits).toEqual([true]), { interval: 2 })
    expect([taken, stream.committed]).toEqual([['a@1'], 0])
    expect(told).toEqual(['The sink waits until its configuration is mended; nothing is lost'])
    await consumption.stop()
    expect([stream.committed, stream.published, waits.at(-1)]).toEqual([0, {}, false])
  })
})

test('stopping in the middle of a delivery commits nothing, and the next run delivers it', async () => {
  const stream = new OnePartition().find(sampleFinding('a'))
  const stuck: Sink = {
    check: async () => {},
    deliver: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  }
  const { consumption, counts } = await run(stream, stuck)
  await consumption.stop()
  expect([stream.committed, counts]).toEqual([0, {}])
  const { sink, taken } = keepingSink()
  await run(stream, sink)
  await caughtUp(stream)
  expect(taken).toEqual(['a@1'])
})
