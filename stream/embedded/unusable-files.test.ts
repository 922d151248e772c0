import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Topic } from '../topics.ts'
import { EmbeddedStream, type EmbeddedStreamOptions } from './embedded-stream.ts'

const many: Topic = { name: 'many', partitions: 'many', cleanup: 'delete', summary: '' }
const one: Topic = { name: 'one', partitions: 'one', cleanup: 'compact', summary: '' }
const moduleUrl = new URL('embedded-stream.ts', import.meta.url).href

/** Resolves once `check` no longer throws; patient, because the machine may be busy. */
async function until(check: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(check, { timeout: 8000, interval: 10 })
}

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

describe('a file that cannot be used', () => {
  test('is refused when it is no SQLite file', async () => {
    const directory = freshDirectory()
    writeFileSync(join(directory, 'stream.db'), 'not a database '.repeat(1000))
    await expect(open(directory)).rejects.toMatchObject(refusal('STORAGE_DAMAGED', /stream\.db: .*move it away/))
  })

  test('is refused when its lock file is no SQLite file', async () => {
    const directory = freshDirectory()
    writeFileSync(join(directory, 'run.lock'), 'not a database '.repeat(1000))
    await expect(open(directory)).rejects.toMatchObject(refusal('STORAGE_DAMAGED', /run\.lock/))
  })

  test('is refused, and left as it is, when another program made it', async () => {
    const directory = freshDirectory()
    const foreign = new DatabaseSync(join(directory, 'stream.db'))
    foreign.exec('create table customers (name text); pragma user_version = 1')
    await expect(open(directory)).rejects.toMatchObject(refusal('STREAM_FOREIGN_FILE', /another program/))
    expect(foreign.prepare('select name from sqlite_schema').all()).toEqual([{ name: 'customers' }])
    expect(foreign.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'delete' })
    foreign.close()
  })

  test('is refused when a later version made it', async () => {
    const directory = await openedAndClosed()
    const db = new DatabaseSync(join(directory, 'stream.db'))
    db.exec('pragma user_version = 99')
    db.close()
    await expect(open(directory)).rejects.toMatchObject(refusal('STREAM_VERSION', /format 99/))
  })

  test('is reported when it turns out to be damaged only later, and holds up what needs it', async () => {
    const directory = freshDirectory()
    const stream = await open(directory)
    const records = Array.from({ length: 3000 }, (_, index) => ({
      key: `k${index}`,
      value: Buffer.alloc(3000, 7),
      partition: 1,
    }))
    await stream.publish('many', records)
    await stream.close()
    const path = join(directory, 'stream.db')
    const file = openSync(path, 'r+')
    const size = statSync(path).size
    for (let at = Math.floor(size / 2); at < size; at += 16_384) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at)
    closeSync(file)

    const errors: object[] = []
    const silent = (): void => {}
    const log = { debug: silent, info: silent, warn: silent, error: (fields: object) => void errors.push(fields) }
    const damaged = await open(directory, { log })
    let count = 0
    await damaged.consume({ topic: 'many', group: 'g' }, async (batch) => void (count += batch.records.length))
    await until(() => expect(errors).toContainEqual(expect.objectContaining({ code: 'STORAGE_DAMAGED', partition: 1 })))
    expect(count).toBeLessThan(3000)
  })
})

describe('a directory that cannot be used', () => {
  test('is refused where a file has its name', async () => {
    const path = join(freshDirectory(), 'file')
    writeFileSync(path, '')
    for (const directory of [path, join(path, 'below')]) {
      await expect(open(directory)).rejects.toMatchObject({ code: 'STORAGE_NOT_A_DIRECTORY' })
    }
  })

  test('is refused where a directory has the name of the file', async () => {
    const directory = freshDirectory()
    mkdirSync(join(directory, 'stream.db'))
    await expect(open(directory)).rejects.toMatchObject(refusal('STORAGE_FORBIDDEN', /stream\.db/))
  })

  test.each(['run', 'append'] as const)('is refused to %s without permission to write there', async (mode) => {
    const directory = await openedAndClosed()
    // Root may write anywhere, so a child gives that up first.
    const options = JSON.stringify({ directory, topics: [many, one], partitions: 3, mode })
    const script = `
      import { chmodSync } from 'node:fs'
      import { EmbeddedStream } from ${JSON.stringify(moduleUrl)}
      chmodSync(${JSON.stringify(directory)}, 0o555)
      if (process.getuid() === 0) process.seteuid(65534)
      try {
        const stream = await EmbeddedStream.open(${options})
        await stream.publish('one', [{ key: 'k', value: null }])
      } catch (error) {
        console.log(error.code, error.message)
      }`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(stdout).toMatch(/^STORAGE_FORBIDDEN .*(run\.lock|stream\.db)/)
  })
})

describe('a full disk', () => {
  test('refuses a publish as a whole, and keeps what came before', async () => {
    const directory = freshDirectory()
    const options = JSON.stringify({ directory, topics: [many, one], partitions: 3 })
    const script = `
      import { EmbeddedStream } from ${JSON.stringify(moduleUrl)}
      const stream = await EmbeddedStream.open(${options})
      let published = 0
      try {
        for (;; published += 2) await stream.publish('one', [1, 2].map(() => ({ key: 'k', value: Buffer.alloc(100000) })))
      } catch (error) {
        console.log(error.code, published, Number((await stream.ends('one')).get(0)))
      }
      await stream.close()`
    // The shell limits the size of any file to 2 MiB: to the process that is a file system without room.
    const command = `trap '' XFSZ; ulimit -f 2048; exec "$0" --input-type=module -e "$1"`
    const { stdout } = spawnSync('bash', ['-c', command, process.execPath, script], { encoding: 'utf8' })
    const [, code, published, end] = /^(\w+) (\d+) (\d+)\n$/.exec(stdout) ?? []
    expect(code).toMatch(/^STORAGE_(FAILING|FULL)$/)
    expect(Number(published)).toBeGreaterThan(0)
    expect(end).toBe(published)
    const stream = await open(directory)
    expect((await stream.ends('one')).get(0)).toBe(BigInt(published!))
    await stream.publish('one', [{ key: 'k', value: Buffer.alloc(900_000) }])
  })
})
