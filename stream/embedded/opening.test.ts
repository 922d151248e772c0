import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Topic } from '../topics.ts'
import { EmbeddedStream, type EmbeddedStreamOptions } from './embedded-stream.ts'

const many: Topic = { name: 'many', partitions: 'many', cleanup: 'delete', summary: '' }
const one: Topic = { name: 'one', partitions: 'one', cleanup: 'compact', summary: '' }
const moduleUrl = new URL('embedded-stream.ts', import.meta.url).href

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stream-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function open(directory: string, options: Partial<EmbeddedStreamOptions> = {}): Promise<EmbeddedStream> {
  const stream = await EmbeddedStream.open({ directory, topics: [many, one], partitions: 3, ...options })
  onTestFinished(() => stream.close())
  return stream
}

async function openedAndClosed(options: Partial<EmbeddedStreamOptions> = {}): Promise<string> {
  const directory = freshDirectory()
  await (await open(directory, options)).close()
  return directory
}

const refusal = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) as string })

describe('the lock', () => {
  test('refuses a second run on the same directory, naming process and directory', async () => {
    const directory = freshDirectory()
    await open(directory)
    const expected = refusal('STREAM_LOCKED', new RegExp(`^Process ${process.pid} .*${directory}.*stop it first`))
    await expect(open(directory)).rejects.toMatchObject(expected)
  })

  test('is free again once the stream is closed, and when opening failed', async () => {
    const directory = await openedAndClosed()
    await expect(open(directory, { partitions: 5 })).rejects.toMatchObject({ code: 'STREAM_PARTITIONS' })
    await open(directory)
  })

  test('dies with its process, however that ends', async () => {
    const directory = freshDirectory()
    const options = JSON.stringify({ directory, topics: [many, one], partitions: 3 })
    const script = `
      import { EmbeddedStream } from ${JSON.stringify(moduleUrl)}
      globalThis.stream = await EmbeddedStream.open(${options})
      console.log('open')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    await expect(open(directory)).rejects.toMatchObject(refusal('STREAM_LOCKED', new RegExp(`^Process ${child.pid} `)))
    child.kill('SIGKILL')
    await exited
    await open(directory)
  })
})

describe('append mode', () => {
  test('publishes and reads beside a run, and leaves consuming and maintenance to it', async () => {
    const directory = freshDirectory()
    await open(directory)
    const appending = await open(directory, { mode: 'append' })
    await appending.publish('one', [{ key: 'k', value: null }])
    expect([...(await appending.ends('one'))]).toEqual([[0, 1n]])
    expect(await appending.lag('one', 'g')).toBe(1)
    const refused = { code: 'STREAM_APPEND_ONLY' }
    await expect(appending.consume({ topic: 'one', group: 'g' }, async () => {})).rejects.toMatchObject(refused)
    await expect(appending.maintain()).rejects.toMatchObject(refused)
  })

  test('needs no run beside it', async () => {
    const directory = await openedAndClosed()
    const appending = await open(directory, { mode: 'append' })
    await appending.publish('one', [{ key: 'k', value: null }])
    expect(await appending.lag('one', 'g')).toBe(1)
  })

  test.each([
    ['in an empty directory', (directory: string) => directory],
    ['where there is no directory', (directory: string) => join(directory, 'none')],
    [
      'where a run has only just begun',
      (directory: string) => {
        writeFileSync(join(directory, 'stream.db'), '')
        return directory
      },
    ],
  ])('does not begin a stream %s', async (_, prepare) => {
    const expected = refusal('STREAM_MISSING', /correct stream.directory/)
    await expect(open(prepare(freshDirectory()), { mode: 'append' })).rejects.toMatchObject(expected)
  })
})

describe('topics and partitions', () => {
  test('are made in a directory that does not exist yet', async () => {
    const stream = await open(join(freshDirectory(), 'a', 'b'))
    expect([...(await stream.ends('many')).keys()]).toEqual([0, 1, 2])
    expect([...(await stream.ends('one')).keys()]).toEqual([0])
  })

  test('may become more topics', async () => {
    const directory = await openedAndClosed({ topics: [one] })
    const stream = await open(directory)
    expect([...(await stream.ends('many')).keys()]).toEqual([0, 1, 2])
  })

  test('refuse another number of partitions than the file was made with', async () => {
    const directory = await openedAndClosed()
    const expected = refusal(
      'STREAM_PARTITIONS',
      /many has 3 partitions in .*stream\.db, but 4 are configured; set stream.partitions/,
    )
    await expect(open(directory, { partitions: 4 })).rejects.toMatchObject(expected)
    await expect(open(directory, { partitions: 4, mode: 'append' })).rejects.toMatchObject(expected)
  })

  test.each([0, -1, 1.5, Number.NaN])('refuse %d as a number of partitions', async (partitions) => {
    await expect(open(freshDirectory(), { partitions })).rejects.toMatchObject({ code: 'STREAM_PARTITIONS' })
  })

  test.each([0, -1, 1.5])('refuse batches of at most %d records', async (maxRecords) => {
    const stream = await open(freshDirectory())
    const consuming = stream.consume({ topic: 'one', group: 'g', maxRecords }, async () => {})
    await expect(consuming).rejects.toMatchObject({ code: 'STREAM_MAX_RECORDS' })
  })
})
