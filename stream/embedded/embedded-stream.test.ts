import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Logger } from '../../core/telemetry.ts'
import { streamContract } from '../stream.contract.ts'
import type { Stream, StreamRecord } from '../stream.ts'
import type { Topic } from '../topics.ts'
import { EmbeddedStream } from './embedded-stream.ts'

const maxRecordBytes = 32 * 1024 * 1024
const input: Topic = { name: 'input', partitions: 'many', cleanup: 'delete', maxRecordBytes, summary: '' }
const output: Topic = { name: 'output', partitions: 'many', cleanup: 'delete', summary: '' }
const topics = [input, output]

/** Resolves once `check` no longer throws; patient, because the machine may be busy. */
async function until(check: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(check, { timeout: 8000, interval: 10 })
}

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stream-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function open(directory: string, log?: Logger): Promise<EmbeddedStream> {
  const stream = await EmbeddedStream.open({ directory, topics, partitions: 2, log })
  onTestFinished(() => stream.close())
  return stream
}

async function readAll(stream: Stream, topic: string): Promise<StreamRecord[]> {
  const all: StreamRecord[] = []
  const following = await stream.follow(topic, (records) => void all.push(...records))
  await following.ready
  await following.stop()
  return all
}

streamContract('the embedded stream', (contractTopics, partitions) =>
  EmbeddedStream.open({ directory: freshDirectory(), topics: contractTopics, partitions }),
)

describe('the embedded stream', () => {
  test('numbers the records of a partition one after another, also those of committed batches', async () => {
    const stream = await open(freshDirectory())
    const records = (count: number) => Array.from({ length: count }, () => ({ key: 'k', value: null, partition: 1 }))
    await stream.publish('output', records(2))
    await stream.publish('input', records(1))
    await stream.consume({ topic: 'input', group: 'g' }, async (batch) => batch.publish('output', records(3)))
    await until(async () => expect(await stream.lag('input', 'g')).toBe(0))
    await stream.publish('output', records(1))
    expect((await readAll(stream, 'output')).map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n, 4n, 5n])
  })

  test('tells those who wait for news in this process without looking at the file', async () => {
    const stream = await open(freshDirectory())
    const seen: string[] = []
    await stream.consume({ topic: 'input', group: 'g' }, async (batch) => batch.publish('output', batch.records))
    await stream.consume({ topic: 'output', group: 'g' }, async ({ records }) => {
      seen.push(...records.map(({ key }) => key))
    })
    // Now everyone waits, and the first look at the file, which always wakes, is over.
    await sleep(500)
    await stream.publish('input', [{ key: 'k', value: null }])
    await until(() => expect(seen).toEqual(['k']))
  })

  test('lets a record that cannot be written take its whole publish with it', async () => {
    const stream = await open(freshDirectory())
    const wrong = { key: 'wrong', value: {} as Uint8Array, partition: 0 }
    const publishing = stream.publish('input', [{ key: 'right', value: null, partition: 0 }, wrong])
    await expect(publishing).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
    await stream.publish('input', [{ key: 'next', value: null, partition: 0 }])
    expect((await readAll(stream, 'input')).map(({ offset, key }) => `${offset} ${key}`)).toEqual(['0 next'])
  })

  test('counts the lag of a group from where taking over has put it', async () => {
    const stream = await open(freshDirectory())
    await stream.publish('input', [{ key: 'k', value: null, partition: 0 }])
    const assigned = async (): Promise<bigint> => 1n
    await stream.consume({ topic: 'input', group: 'g', assigned }, () => expect.unreachable())
    await until(async () => expect(await stream.lag('input', 'g')).toBe(0))
  })

  test('keeps records and positions over a restart', async () => {
    const directory = freshDirectory()
    const first = await open(directory)
    await first.publish('input', [{ key: 'a', value: Buffer.from('1'), headers: { h: 'x' }, partition: 0 }])
    const consumption = await first.consume({ topic: 'input', group: 'g' }, async () => {})
    await until(async () => expect(await first.lag('input', 'g')).toBe(0))
    await consumption.stop()
    await first.publish('input', [{ key: 'b', value: null, partition: 0 }])
    await first.close()

    const second = await open(directory)
    const seen: string[] = []
    await second.consume({ topic: 'input', group: 'g' }, async ({ records }) => {
      seen.push(...records.map(({ key }) => key))
    })
    await until(() => expect(seen).toEqual(['b']))
    expect((await readAll(second, 'input'))[0]).toMatchObject({ key: 'a', headers: { h: 'x' } })
  })

  test('bounds a batch of large records by their size too', async () => {
    const stream = await open(freshDirectory())
    const value = Buffer.alloc(5 * 1024 * 1024)
    await stream.publish(
      'input',
      ['a', 'b', 'c', 'd'].map((key) => ({ key, value, partition: 0 })),
    )
    await stream.publish('input', [{ key: 'huge', value: Buffer.alloc(20 * 1024 * 1024), partition: 0 }])
    const batches: string[] = []
    await stream.consume({ topic: 'input', group: 'g' }, async ({ records }) => {
      batches.push(records.map(({ key }) => key).join())
    })
    await until(() => expect(batches).toEqual(['a,b,c', 'd', 'huge']))
  })

  test('lets timers run while it has much to hand over', async () => {
    const stream = await open(freshDirectory())
    await stream.publish(
      'input',
      Array.from({ length: 300 }, () => ({ key: 'k', value: null })),
    )
    let turns = 0
    const timer = setInterval(() => (turns += 1), 0)
    await stream.consume({ topic: 'input', group: 'g', maxRecords: 1 }, async () => {})
    await until(async () => expect(await stream.lag('input', 'g')).toBe(0))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })

  test('says once that a batch fails, again when the reason changes, and when it is over', async () => {
    const lines: string[] = []
    const note = (level: string) => (fields: object) => {
      lines.push(`${level} ${'code' in fields ? String(fields.code) : ''}`.trim())
    }
    const log: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
    const stream = await open(freshDirectory(), log)
    await stream.publish('input', [{ key: 'k', value: null }])
    let attempt = 0
    await stream.consume({ topic: 'input', group: 'g' }, async (batch) => {
      attempt += 1
      if (attempt <= 2) throw new RangeError('the same')
      if (attempt === 3) batch.publish('unknown', [])
    })
    await until(() => expect(lines).toEqual(['warn RangeError', 'error STREAM_UNKNOWN_TOPIC', 'info']))
  })
})
