import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { OutgoingRecord, Stream, StreamRecord } from '../stream.ts'
import type { Topic } from '../topics.ts'
import { EmbeddedStream } from './embedded-stream.ts'

const compacted: Topic = {
  name: 'compacted',
  partitions: 'many',
  cleanup: 'compact',
  deleteRetentionMs: 1000,
  summary: '',
}
const lagging: Topic = { ...compacted, name: 'lagging', minCompactionLagMs: 500 }
// The lag outlasts the deletions.
const late: Topic = { ...compacted, name: 'late', minCompactionLagMs: 2000 }
const plain: Topic = { name: 'plain', partitions: 'many', cleanup: 'delete', retentionMs: 1000, summary: '' }
const topics = [compacted, lagging, late, plain]

/** Resolves once `check` no longer throws; patient, because the machine may be busy. */
async function until(check: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(check, { timeout: 8000, interval: 10 })
}

class Setup {
  now = 1_000_000
  readonly directory = mkdtempSync(join(tmpdir(), 'stream-'))
  #stream: EmbeddedStream | undefined

  async open(retentionBytes?: number): Promise<EmbeddedStream> {
    const { directory } = this
    const clock = (): number => this.now
    this.#stream = await EmbeddedStream.open({ directory, topics, partitions: 2, clock, retentionBytes })
    // What opening does by itself is done with, so that only what a test asks for is seen.
    await this.#stream.maintain()
    return this.#stream
  }

  async close(): Promise<void> {
    await this.#stream?.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

async function setUp(retentionBytes?: number): Promise<{ setup: Setup; stream: EmbeddedStream }> {
  const setup = new Setup()
  onTestFinished(() => setup.close())
  return { setup, stream: await setup.open(retentionBytes) }
}

function put(text: string, partition = 0): OutgoingRecord[] {
  return text.split(' ').map((word) => {
    const [key = '', value] = word.split('=')
    return { key, value: value === undefined ? null : Buffer.from(value), partition }
  })
}

const show = ({ key, value, offset }: StreamRecord): string =>
  `${offset}:${key}${value === null ? '' : `=${Buffer.from(value).toString()}`}`

async function contents(stream: Stream, topic: string): Promise<string> {
  const all: StreamRecord[] = []
  const following = await stream.follow(topic, (records) => void all.push(...records))
  await following.ready
  await following.stop()
  return all.map(show).join(' ')
}

describe('compaction', () => {
  test('keeps the newest record of every key, at its offset', async () => {
    const { stream } = await setUp()
    await stream.publish('compacted', put('a=1 b=1 a=2 c=1 a=3'))
    await stream.maintain()
    expect(await contents(stream, 'compacted')).toBe('1:b=1 3:c=1 4:a=3')
    expect((await stream.beginnings('compacted')).get(0)).toBe(1n)
    expect((await stream.ends('compacted')).get(0)).toBe(5n)
  })

  test('takes what was overwritten since it last ran, also after a restart', async () => {
    const { setup, stream } = await setUp()
    await stream.publish('compacted', put('a=1 b=1'))
    await stream.maintain()
    await stream.publish('compacted', put('b=2 c=1'))
    await stream.close()
    const again = await setup.open()
    expect(await contents(again, 'compacted')).toBe('0:a=1 2:b=2 3:c=1')
  })

  test('keeps keys of different partitions apart', async () => {
    const { stream } = await setUp()
    await stream.publish('compacted', [...put('a=1', 0), ...put('a=2', 1)])
    await stream.maintain()
    expect(await contents(stream, 'compacted')).toBe('0:a=1 0:a=2')
  })

  test('leaves alone what is younger than the lag of its topic, and what only such a record overwrites', async () => {
    const { setup, stream } = await setUp()
    await stream.publish('lagging', put('a=1 a=2'))
    setup.now += 499
    await stream.maintain()
    expect(await contents(stream, 'lagging')).toBe('0:a=1 1:a=2')
    await stream.publish('lagging', put('a=3'))
    setup.now += 1
    await stream.maintain()
    expect(await contents(stream, 'lagging')).toBe('1:a=2 2:a=3')
    setup.now += 500
    await stream.maintain()
    expect(await contents(stream, 'lagging')).toBe('2:a=3')
  })

  test('keeps a deletion for its retention, then forgets the key, and never gives its offset again', async () => {
    const { setup, stream } = await setUp()
    await stream.publish('compacted', put('b=1 a=1 a'))
    setup.now += 999
    await stream.maintain()
    expect(await contents(stream, 'compacted')).toBe('0:b=1 2:a')
    setup.now += 1
    await stream.maintain()
    expect(await contents(stream, 'compacted')).toBe('0:b=1')
    await stream.publish('compacted', put('a=2'))
    await stream.maintain()
    expect(await contents(stream, 'compacted')).toBe('0:b=1 3:a=2')
  })

  test('never takes a deletion before what it deleted', async () => {
    const { setup, stream } = await setUp()
    await stream.publish('late', put('a=1 a'))
    setup.now += 1999
    await stream.maintain()
    expect(await contents(stream, 'late')).toBe('0:a=1 1:a')
    setup.now += 1
    await stream.maintain()
    expect(await contents(stream, 'late')).toBe('')
  })

  test('leaves no lag where a group stands before what was removed at the end', async () => {
    const { setup, stream } = await setUp()
    await stream.publish('compacted', put('a=1'))
    const consumption = await stream.consume({ topic: 'compacted', group: 'g' }, async () => {})
    await until(async () => expect(await stream.lag('compacted', 'g')).toBe(0))
    await consumption.stop()
    await stream.publish('compacted', put('a'))
    expect(await stream.lag('compacted', 'g')).toBe(1)
    setup.now += 1000
    await stream.maintain()
    expect(await contents(stream, 'compacted')).toBe('')
    expect(await stream.lag('compacted', 'g')).toBe(0)
    expect((await stream.beginnings('compacted')).get(0)).toBe(2n)
  })

  test('lets a reader that stands on a removed record go on with the next one', async () => {
    const { stream } = await setUp()
    await stream.publish('compacted', put('a=1 a=2 a=3 b=1'))
    await stream.maintain()
    const seen: string[] = []
    const restored = Promise.withResolvers<bigint>()
    await stream.consume(
      {
        topic: 'compacted',
        group: 'g',
        assigned: async ({ partition, restore }) => {
          if (partition !== 0) return
          restored.resolve(await restore('compacted', 1n, (records) => void seen.push(...records.map(show))))
          return 1n
        },
      },
      async ({ records }) => void seen.push(...records.map(show)),
    )
    expect(await restored.promise).toBe(4n)
    await until(() => expect(seen).toEqual(['2:a=3', '3:b=1', '2:a=3', '3:b=1']))
  })
})

describe('retention', () => {
  test('drops records by age from the beginning of a partition, and groups go on behind the gap', async () => {
    const { setup, stream } = await setUp()
    await stream.publish('plain', put('a=1 b=1'))
    setup.now += 600
    await stream.publish('plain', put('c=1'))
    setup.now += 400
    await stream.maintain()
    expect(await contents(stream, 'plain')).toBe('2:c=1')
    expect((await stream.beginnings('plain')).get(0)).toBe(2n)
    expect(await stream.lag('plain', 'g')).toBe(1)
    const seen: string[] = []
    await stream.consume({ topic: 'plain', group: 'g' }, async ({ records }) => void seen.push(...records.map(show)))
    await until(() => expect(seen).toEqual(['2:c=1']))
  })

  test('keeps what is behind a younger record, as clocks may go back', async () => {
    const { setup, stream } = await setUp()
    await stream.publish('plain', put('young=1'))
    setup.now -= 900
    await stream.publish('plain', put('old=1'))
    setup.now += 900 + 500
    await stream.maintain()
    expect(await contents(stream, 'plain')).toBe('0:young=1 1:old=1')
    setup.now += 500
    await stream.maintain()
    expect(await contents(stream, 'plain')).toBe('')
    expect((await stream.ends('plain')).get(0)).toBe(2n)
  })

  test('drops the oldest records of a topic, whatever their partition, until it is as small as asked for', async () => {
    const { setup, stream } = await setUp(40)
    for (let index = 0; index < 10; index += 1) {
      await stream.publish('plain', put(`k${index}=12345678`, index % 2))
      setup.now += 1
    }
    await stream.maintain()
    expect(await contents(stream, 'plain')).toBe('3:k6=12345678 4:k8=12345678 3:k7=12345678 4:k9=12345678')
  })

  test('by size leaves compacted topics whole', async () => {
    const { stream } = await setUp(1)
    await stream.publish('compacted', put('a=1 b=2'))
    await stream.publish('plain', put('a=1 b=2'))
    await stream.maintain()
    expect(await contents(stream, 'compacted')).toBe('0:a=1 1:b=2')
    expect(await contents(stream, 'plain')).toBe('')
  })

  test('removes thousands of records while others are published, and gives the space back', async () => {
    const { setup, stream } = await setUp()
    const value = Buffer.alloc(3000)
    const records = Array.from({ length: 6000 }, (_, index) => ({ key: `k${index % 100}`, value, partition: 0 }))
    await stream.publish('plain', records)
    await stream.publish('compacted', records)
    setup.now += 2000
    const maintained = stream.maintain()
    let during = 0
    const state = { done: false }
    void maintained.then(() => (state.done = true))
    while (!state.done) {
      await stream.publish('plain', [{ key: 'new', value: null, partition: 1 }])
      during += 1
    }
    expect(during).toBeGreaterThan(10)
    expect((await stream.beginnings('plain')).get(0)).toBe(6000n)
    expect((await stream.ends('plain')).get(1)).toBe(BigInt(during))
    expect((await contents(stream, 'compacted')).split(' ')).toHaveLength(100)
    await stream.close()
    expect(statSync(join(setup.directory, 'stream.db')).size).toBeLessThan(20_000_000)
  }, 30_000)
})
