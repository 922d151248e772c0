import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Logger } from '../../core/telemetry.ts'
import { streamContract } from '../stream.contract.ts'
import type { Stream, StreamRecord } from '../stream.ts'
import type { Topic } from '../topics.ts'
import { EmbeddedStream } from './embedded-stream.ts'

const input: Topic = { name: 'input', partitions: 'many', cleanup: 'delete', summary: '' }
const output: Topic = { name: 'output', partitions: 'many', cleanup: 'delete', summary: '' }
const topics = [input, output]

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

/** A process of its own that has opened the stream as `stream`; it is killed, as by kill -9, after the test. */
function inProcess(directory: string, mode: 'run' | 'append', code: string): ChildProcess {
  const module = new URL('embedded-stream.ts', import.meta.url).href
  const options = JSON.stringify({ directory, topics, partitions: 2, mode })
  const script = `
    import { EmbeddedStream } from ${JSON.stringify(module)}
    const stream = await EmbeddedStream.open(${options})
    const say = (word) => new Promise((resolve) => process.stdout.write(word + '\\n', resolve))
    ${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => kill(child))
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
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
    await vi.waitFor(async () => expect(await stream.lag('input', 'g')).toBe(0))
    await stream.publish('output', records(1))
    expect((await readAll(stream, 'output')).map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n, 4n, 5n])
  })

  test('keeps records and positions over a restart', async () => {
    const directory = freshDirectory()
    const first = await open(directory)
    await first.publish('input', [{ key: 'a', value: Buffer.from('1'), headers: { h: 'x' }, partition: 0 }])
    const consumption = await first.consume({ topic: 'input', group: 'g' }, async () => {})
    await vi.waitFor(async () => expect(await first.lag('input', 'g')).toBe(0))
    await consumption.stop()
    await first.publish('input', [{ key: 'b', value: null, partition: 0 }])
    await first.close()

    const second = await open(directory)
    const seen: string[] = []
    await second.consume({ topic: 'input', group: 'g' }, async ({ records }) => {
      seen.push(...records.map(({ key }) => key))
    })
    await vi.waitFor(() => expect(seen).toEqual(['b']))
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
    await vi.waitFor(() => expect(batches).toEqual(['a,b,c', 'd', 'huge']))
  })

  test('lets timers run while it has much to hand over', async () => {
    const stream = await open(freshDirectory())
    await stream.publish(
      'input',
      Array.from({ length: 500 }, () => ({ key: 'k', value: null })),
    )
    let turns = 0
    const timer = setInterval(() => (turns += 1), 0)
    await stream.consume({ topic: 'input', group: 'g', maxRecords: 1 }, async () => {})
    await vi.waitFor(async () => expect(await stream.lag('input', 'g')).toBe(0))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(20)
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
    await vi.waitFor(() => expect(lines).toEqual(['warn RangeError', 'error STREAM_UNKNOWN_TOPIC', 'info']), 5000)
  })
})

describe('a second process', () => {
  test('may append to a stream that is being consumed, and read it', async () => {
    const directory = freshDirectory()
    const stream = await open(directory)
    const seen: string[] = []
    await stream.consume({ topic: 'input', group: 'g' }, async (batch) => {
      seen.push(...batch.records.map(({ key }) => key))
      batch.publish('output', batch.records)
    })
    const child = inProcess(
      directory,
      'append',
      `for (const key of ['a', 'b', 'c']) await stream.publish('input', [{ key, value: null, partition: 0 }])
       await stream.follow('output', async (records) => { for (const { key } of records) await say(key) })`,
    )
    const told: string[] = []
    createInterface(child.stdout!).on('line', (line) => told.push(line))
    await vi.waitFor(() => expect(told).toEqual(['a', 'b', 'c']), 5000)
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  test('may append at the same time as the first publishes, and no offset is given twice', async () => {
    const directory = freshDirectory()
    const stream = await open(directory)
    const publish = (name: string): string =>
      `for (let i = 0; i < 100; i += 1) await stream.publish('input', [{ key: '${name}' + i, value: null, partition: 0 }])`
    const child = inProcess(directory, 'append', `${publish('theirs')}; await stream.close()`)
    const exited = once(child, 'exit')
    for (let i = 0; i < 100; i += 1) {
      await stream.publish('input', [{ key: `ours${i}`, value: null, partition: 0 }])
      await sleep(1)
    }
    expect(await exited).toEqual([0, null])
    const all = await readAll(stream, 'input')
    expect(all.map(({ offset }) => Number(offset))).toEqual(Array.from({ length: 200 }, (_, index) => index))
    for (const name of ['ours', 'theirs']) {
      const own = all.filter(({ key }) => key.startsWith(name)).map(({ key }) => key)
      expect(own).toEqual(Array.from({ length: 100 }, (_, index) => `${name}${index}`))
    }
  })
})

describe('kill -9', () => {
  test('loses nothing that was acknowledged, and leaves no publish half done', async () => {
    const directory = freshDirectory()
    const acknowledged: string[] = []
    for (let life = 0; life < 4; life += 1) {
      const child = inProcess(
        directory,
        'run',
        `for (let i = 0; ; i += 1) {
          const key = '${life}-' + i
          await stream.publish('input', [0, 1, 0, 1, 0].map((partition) => ({ key, value: Buffer.alloc(3000), partition })))
          await say(key)
        }`,
      )
      createInterface(child.stdout!).on('line', (line) => acknowledged.push(line))
      await vi.waitFor(() => expect(acknowledged.at(-1)?.startsWith(`${life}-`)).toBe(true), 8000)
      await sleep(Math.random() * 100)
      await kill(child)
    }
    const stream = await open(directory)
    const counts = new Map<string, number>()
    for (const { key } of await readAll(stream, 'input')) counts.set(key, (counts.get(key) ?? 0) + 1)
    expect(acknowledged.length).toBeGreaterThan(4)
    expect(acknowledged.filter((key) => counts.get(key) !== 5)).toEqual([])
    expect([...counts.values()].every((count) => count === 5)).toBe(true)
  }, 40_000)

  test('in a batch leaves its output and its position as if it had never begun, so that each input has one output', async () => {
    const directory = freshDirectory()
    const first = await open(directory)
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}`)
    await first.publish(
      'input',
      keys.map((key) => ({ key, value: Buffer.alloc(300), partition: 0 })),
    )
    await first.close()
    let committed = 0
    for (let life = 0; life < 4; life += 1) {
      const child = inProcess(
        directory,
        'run',
        `await stream.consume({ topic: 'input', group: 'g', maxRecords: 20 }, async (batch) => {
          batch.publish('output', batch.records)
          return () => say('committed')
        })`,
      )
      const before = committed
      createInterface(child.stdout!).on('line', () => (committed += 1))
      await vi.waitFor(() => expect(committed).toBeGreaterThan(before), 8000)
      await sleep(Math.random() * 50)
      await kill(child)
    }
    const stream = await open(directory)
    expect(await stream.lag('input', 'g')).toBeGreaterThan(0)
    await stream.consume({ topic: 'input', group: 'g' }, async (batch) => batch.publish('output', batch.records))
    await vi.waitFor(async () => expect(await stream.lag('input', 'g')).toBe(0), 8000)
    expect((await readAll(stream, 'output')).map(({ key }) => key)).toEqual(keys)
  }, 40_000)
})
