import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Stream, StreamRecord } from '../stream.ts'
import type { Topic } from '../topics.ts'
import { EmbeddedStream } from './embedded-stream.ts'

const input: Topic = { name: 'input', partitions: 'many', cleanup: 'delete', summary: '' }
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

async function open(directory: string): Promise<EmbeddedStream> {
  const stream = await EmbeddedStream.open({ directory, topics, partitions: 2 })
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
    await until(() => expect(told).toEqual(['a', 'b', 'c']))
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
      await until(() => expect(acknowledged.at(-1)?.startsWith(`${life}-`)).toBe(true))
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
      await until(() => expect(committed).toBeGreaterThan(before))
      await sleep(Math.random() * 50)
      await kill(child)
    }
    const stream = await open(directory)
    expect(await stream.lag('input', 'g')).toBeGreaterThan(0)
    await stream.consume({ topic: 'input', group: 'g' }, async (batch) => batch.publish('output', batch.records))
    await until(async () => expect(await stream.lag('input', 'g')).toBe(0))
    expect((await readAll(stream, 'output')).map(({ key }) => key)).toEqual(keys)
  }, 40_000)
})
