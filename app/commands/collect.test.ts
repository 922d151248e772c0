import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CollectedBatch, CollectorDefinition } from '../../collectors/collector.ts'
import { PermanentError } from '../../core/errors.ts'
import type { ScanStarted } from '../../schemas/generated/posture-event.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { Catalogs } from '../config/catalogs.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { SampleProcess } from './sample-process.ts'

const all = Object.values(topics)
const scanStarted = (uid: string): ScanStarted => ({
  type: 'scan.started',
  id: uid,
  time: 1,
  tenant: 'acme',
  collector: 'nightly',
  source: { product: 'prowler', format: 'prowler-ocsf' },
  scan: { uid, time: 1 },
  provider: 'aws',
  account: '111122223333',
})

let pulled: number
let failure: Error | undefined
let closed: number
const batches: CollectedBatch[] = [1, 2, 3].map((position) => ({
  events: [scanStarted(`s${position}`)],
  unreadable:
    position === 2 ? [{ bytes: Buffer.from('{'), error: new PermanentError('BROKEN', 'no JSON'), origin: 'r#7' }] : [],
  read: 2,
  position,
}))
const scripted = (consumes: boolean): CollectorDefinition => ({
  name: consumes ? 'queue' : 'files',
  summary: 'Gives three batches',
  configSchema: Type.Object({}),
  consumes,
  create: () => ({
    check: async () => {},
    async *collect(position) {
      for (const batch of batches.slice(Number(position ?? 0))) {
        pulled += 1
        yield batch
        if (failure !== undefined) throw failure
      }
    },
    close: async () => void (closed += 1),
  }),
})
const catalogs: Catalogs = { ...sampleCatalogs, collectors: [scripted(false), scripted(true)] }

let sample: SampleProcess
let config: string
beforeEach(() => {
  sample = new SampleProcess(catalogs)
  failure = undefined
  pulled = closed = 0
  config = sample.file(
    'posture.yaml',
    'tenant: acme\nstream: { type: embedded, directory: ./data }\ncollectors: { nightly: { type: files }, feed: { type: queue } }\n',
  )
})
afterEach(() => sample[Symbol.dispose]())

async function withStream<T>(work: (stream: Stream) => Promise<T>): Promise<T> {
  const directory = join(sample.directory, 'data')
  mkdirSync(directory, { recursive: true })
  const stream = await EmbeddedStream.open({ directory, topics: all })
  try {
    return await work(stream)
  } finally {
    await stream.close()
  }
}

async function read(stream: Stream, topic: string): Promise<StreamRecord[]> {
  const records: StreamRecord[] = []
  const following = await stream.follow(topic, (batch) => void records.push(...batch))
  await following.ready
  await following.stop()
  return records
}

describe('collect --once', () => {
  test('publishes what is there and goes on from there the next time', async () => {
    const first = await sample.run('collect', '--once', 'nightly', '-c', config)
    expect(first).toMatchObject({ code: 0, out: '6 finding records read, 3 events published, 1 dead letters' })
    const { out } = await sample.run('collect', '--once', 'nightly', '--json', '-c', config)
    expect(JSON.parse(out)).toEqual({ in: 0, published: 0, deadLetters: 0 })
    expect((await withStream((stream) => read(stream, topics.events.name))).map(({ key }) => key)).toEqual([
      's1',
      's2',
      's3',
    ])
    expect(closed).toBe(2)
  })

  test('works beside a pipeline that runs on the stream', async () => {
    await withStream(async (stream) => {
      expect((await sample.run('collect', '--once', 'nightly', '-c', config)).code).toBe(0)
      expect(await read(stream, topics.events.name)).toHaveLength(3)
    })
  })

  test('fails with what the collector failed with, and keeps what it had read', async () => {
    failure = new PermanentError('REPORT_NOT_READABLE', 'reports: permission denied')
    const { code, err } = await sample.run('collect', '--once', 'nightly', '-c', config)
    expect(code).toBe(1)
    expect(err).toContain('posture-stream: reports: permission denied')
    failure = undefined
    expect((await sample.run('collect', '--once', 'nightly', '-c', config)).out).toContain('4 finding records read')
  })
})

describe('collect --dry-run', () => {
  test('prints events and dead letters as lines of JSON, and changes nothing', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const { code, out } = await sample.run('collect', '--dry-run', 'nightly', '-c', config)
      expect(code).toBe(0)
      expect(out.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
        scanStarted('s1'),
        scanStarted('s2'),
        { type: 'dead-letter', origin: 'r#7', code: 'BROKEN', message: 'no JSON', size: 1 },
        scanStarted('s3'),
      ])
    }
    const left = await withStream((stream) => Promise.all(all.map(({ name }) => read(stream, name))))
    expect(left.flat()).toEqual([])
  })

  test('stops at the limit, without asking for more', async () => {
    const { out } = await sample.run('collect', '--dry-run', 'nightly', '--limit', '1', '-c', config)
    expect([out.split('\n').length, pulled]).toEqual([1, 1])
  })

  test('goes on from the checkpoint unless it is told to show everything', async () => {
    await sample.run('collect', '--once', 'nightly', '-c', config)
    const { code, out, err } = await sample.run('collect', '--dry-run', 'nightly', '-c', config)
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: 'Nothing is new since the checkpoint; --from-start shows all that is there.',
    })
    const again = await sample.run('collect', '--dry-run', 'nightly', '--from-start', '-c', config)
    expect(again.out.split('\n')).toHaveLength(4)
  })

  test('asks a queue for one batch only: the next question would take that one away', async () => {
    const { out } = await sample.run('collect', '--dry-run', 'feed', '-c', config)
    expect([out.split('\n').length, pulled]).toEqual([1, 1])
  })
})

test.each([
  [['nightly'], 'say which: --once publishes what is there, --dry-run only shows it'],
  [['--once', '--limit', '3', 'nightly'], '--limit and --from-start are for --dry-run'],
  [['--once', 'nigthly'], 'the configuration has no collector nigthly; did you mean "nightly"?'],
  [['--once', '--dry-run', 'nightly'], "option '--once' cannot be used with option '--dry-run'"],
])('collect %j is wrong usage', async (args, message) => {
  const { code, err } = await sample.run('collect', ...args, '-c', config)
  expect(code).toBe(2)
  expect(err).toContain(message)
})

describe('checkpoints', () => {
  test('are listed, and reset so that the collector reads everything again', async () => {
    await sample.run('collect', '--once', 'nightly', '-c', config)
    const { out } = await sample.run('checkpoints', 'list', '-c', config)
    expect(out).toMatch(
      /^COLLECTOR {2}TYPE {3}SAVED {20}LAST SUCCESS\nnightly {4}files {2}20\S+ \S+ UTC {2}20\S+ \S+ UTC$/,
    )
    const reset = await sample.run('checkpoints', 'reset', 'nightly', '-c', config)
    expect(JSON.parse(reset.out)).toMatchObject({ collector: 'nightly', kind: 'files', position: 3 })
    expect(await sample.run('checkpoints', 'list', '-c', config)).toMatchObject({
      code: 0,
      out: '',
      err: 'No collector has a checkpoint yet.',
    })
    expect((await sample.run('collect', '--once', 'nightly', '-c', config)).out).toContain('6 finding records read')
  })

  test('are read by a program as one object per line, with times that people can read', async () => {
    await sample.run('collect', '--once', 'nightly', '-c', config)
    const { out } = await sample.run('checkpoints', 'list', '--json', '-c', config)
    const { savedAt, ...checkpoint } = JSON.parse(out) as { savedAt: string }
    expect(Math.abs(Date.parse(savedAt) - Date.now())).toBeLessThan(60_000)
    expect(checkpoint).toMatchObject({ collector: 'nightly', kind: 'files', position: 3 })
  })

  test('that are broken are shown as such, and of another tenant not at all', async () => {
    await withStream((stream) =>
      stream.publish(topics.checkpoints.name, [
        { key: 'acme/nightly', value: Buffer.from('{"kind":"files","savedAt":1e99}') },
        { key: 'acme/feed', value: Buffer.from('{') },
        { key: 'other/nightly', value: Buffer.from('{"kind":"files","savedAt":1}') },
        { key: 'acme/x/nightly', value: Buffer.from('{"kind":"files","savedAt":1}') },
      ]),
    )
    const { code, out } = await sample.run('checkpoints', 'list', '-c', config)
    expect(code).toBe(0)
    expect(out.split('\n').map((line) => line.replace(/unreadable: .*/, 'unreadable'))).toEqual([
      'COLLECTOR  TYPE  SAVED                    LAST SUCCESS',
      'feed       -     unreadable',
      'nightly    -     unreadable',
    ])
    expect((await sample.run('checkpoints', 'reset', 'feed', '-c', config)).code).toBe(0)
  })

  test('of a source that is silent keep that when they are reset', async () => {
    const value = JSON.stringify({ collector: 'nightly', kind: 'files', savedAt: 5, position: 3, silentSince: 4 })
    const headers = { schema: 'checkpoint/1' }
    await withStream((stream) =>
      stream.publish(topics.checkpoints.name, [{ key: 'acme/nightly', value: Buffer.from(value), headers }]),
    )
    await sample.run('checkpoints', 'reset', 'nightly', '-c', config)
    const { out } = await sample.run('checkpoints', 'list', '--json', '-c', config)
    expect(JSON.parse(out)).toMatchObject({ silentSince: '1970-01-01T00:00:00.004Z' })
    expect(out).not.toContain('position')
    expect((await sample.run('collect', '--once', 'nightly', '-c', config)).out).toContain('4 events published')
  })

  test('that are not there cannot be reset', async () => {
    await sample.run('collect', '--once', 'nightly', '-c', config)
    const { code, err } = await sample.run('checkpoints', 'reset', 'hourly', '-c', config)
    expect(code).toBe(1)
    expect(err).toContain('there is no checkpoint of a collector hourly; see: posture-stream checkpoints list')
  })
})
