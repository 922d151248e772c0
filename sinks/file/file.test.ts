import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sampleFinding } from '../sample-findings.ts'
import { sinkContract } from '../sink.contract.ts'
import type { PostureFinding, Sink } from '../sink.ts'
import { INDEX_NAME } from './archive.ts'
import { everything } from './sample-processes.ts'
import { file } from './file.ts'

const NOON = Date.UTC(2025, 10, 25, 12)
const { signal } = new AbortController()
const PROCESSES = join(import.meta.dirname, 'sample-processes.ts')

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'posture-file-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

interface Opening {
  readonly maxBytes?: number
  readonly maxAge?: string
  readonly clock?: () => number
}

async function openSink(directory: string, { maxBytes = 1e7, maxAge = '1d', clock = () => NOON }: Opening = {}) {
  const warnings: string[] = []
  const log = { debug() {}, info() {}, error() {}, warn: (_: object, message: string) => void warnings.push(message) }
  const context = { name: 'archive', tenant: 'acme', log, metrics: { count() {}, gauge() {}, observe() {} }, clock }
  const sink = await file.create({ directory, maxBytes, maxAge }, context)
  onTestFinished(() => sink.close!())
  return Object.assign(sink, { warnings, send: (...findings: PostureFinding[]) => sink.deliver(findings, signal) })
}

/** The names of the files, in order, and every line in them. */
async function contents(directory: string): Promise<{ names: string[]; lines: string[]; held: string[] }> {
  const names = (await readdir(directory).catch(() => [])).filter(
    (name) => name !== INDEX_NAME && !name.includes('.db-'),
  )
  const lines: string[] = []
  for (const name of names.toSorted()) {
    const bytes = await readFile(join(directory, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    lines.push(...text.split('\n').slice(0, -1))
    expect(text === '' || text.endsWith('\n'), `${name} ends with a whole line`).toBe(true)
  }
  return { names, lines, held: lines.map(idOf) }
}

function idOf(line: string): string {
  const event = JSON.parse(line) as { finding_info: { uid: string }; metadata: { sequence: number } }
  return `${event.finding_info.uid}@${event.metadata.sequence}`
}

sinkContract('file', async () => {
  const directory = join(await newDirectory(), 'made', 'when', 'needed')
  return {
    takes: file.takes,
    open: () => openSink(directory),
    held: async () => (await contents(directory)).held,
  }
})

describe('the files of the file sink', () => {
  test('hold one event per line, as it was written, in order, also where it was written over several lines', async () => {
    const directory = await newDirectory()
    const sink = await openSink(directory)
    const plain = sampleFinding('a')
    const pretty = {
      ...sampleFinding('b'),
      bytes: Buffer.from(JSON.stringify(sampleFinding('b').event, null, 2).replaceAll('\n', '\r\n')),
    }
    await sink.send(plain, pretty)
    const { names, lines } = await contents(directory)
    expect(names).toEqual(['findings-2025-11-25T12-00-00.000Z.ndjson'])
    expect(lines[0]).toBe(Buffer.from(plain.bytes).toString())
    expect(JSON.parse(lines[1]!)).toEqual(pretty.event)
  })

  test('do not exist before the first finding, nor after a check', async () => {
    const directory = join(await newDirectory(), 'later')
    const sink = await openSink(directory)
    await sink.check(signal)
    await expect(stat(directory)).rejects.toThrow('ENOENT')
  })

  test('rotate by size: no file is larger, and those before the current one are compressed', async () => {
    const directory = await newDirectory()
    const line = sampleFinding('k0').bytes.byteLength + 1
    const sink = await openSink(directory, { maxBytes: 3 * line })
    const all = Array.from({ length: 8 }, (_, index) => sampleFinding(`k${index}`))
    await sink.send(...all.slice(0, 2))
    await sink.send(...all.slice(2))
    await sink.close!()
    const { names, held } = await contents(directory)
    expect(names.map((name) => name.split('.').slice(2).join('.'))).toEqual(['ndjson.gz', 'ndjson.gz', 'ndjson'])
    expect(held).toEqual(all.map(({ key }) => `${key}@1`))
    for (const name of names.filter((each) => each.endsWith('.gz'))) {
      expect(gunzipSync(await readFile(join(directory, name))).byteLength).toBe(3 * line)
    }
  })

  test('take a line that is larger than a file may be, alone', async () => {
    const directory = await newDirectory()
    const sink = await openSink(directory, { maxBytes: 10 })
    await sink.send(sampleFinding('a'), sampleFinding('b'))
    await sink.close!()
    const { names, held } = await contents(directory)
    expect([names.length, held]).toEqual([2, ['a@1', 'b@1']])
  })

  test('rotate by age when the next finding comes, and their names sort by time though the clock goes back', async () => {
    const directory = await newDirectory()
    let now = NOON
    const sink = await openSink(directory, { maxAge: '1h', clock: () => now })
    await sink.send(sampleFinding('a'))
    now += 3_600_000
    await sink.send(sampleFinding('b'))
    await sink.close!()
    now = NOON - 86_400_000
    const again = await openSink(directory, { maxBytes: 10, clock: () => now })
    await again.send(sampleFinding('c'))
    await again.close!()
    const { names, held } = await contents(directory)
    expect(held).toEqual(['a@1', 'b@1', 'c@1'])
    expect(names).toEqual([
      'findings-2025-11-25T12-00-00.000Z.ndjson.gz',
      'findings-2025-11-25T13-00-00.000Z.ndjson.gz',
      'findings-2025-11-25T13-00-00.001Z.ndjson',
    ])
  })

  test('rotate by age also where no finding comes any more', async () => {
    const directory = await newDirectory()
    const sink = await openSink(directory, { maxAge: '1s', clock: Date.now })
    await sink.send(sampleFinding('a'))
    await vi.waitFor(async () => expect((await readdir(directory)).join()).toMatch(/ndjson\.gz(,|$)/), {
      timeout: 4000,
    })
    await sink.close!()
    const again = await openSink(directory)
    await again.send(sampleFinding('a'))
    expect((await contents(directory)).held).toEqual(['a@1'])
    expect(again.warnings).toEqual([])
  })

  test('stay in use after a restart, until they are full or old', async () => {
    const directory = await newDirectory()
    const first = await openSink(directory)
    await first.send(sampleFinding('a'))
    await first.close!()
    const second = await openSink(directory, { clock: () => NOON + 1000 })
    await second.send(sampleFinding('b'))
    const { names, held } = await contents(directory)
    expect([names.length, held]).toEqual([1, ['a@1', 'b@1']])
  })
})

describe('what a crash or somebody else left behind', () => {
  test('a torn last line and whole lines that were never confirmed are cut off', async () => {
    const directory = await newDirectory()
    const first = await openSink(directory)
    await first.send(sampleFinding('a'))
    await first.close!()
    const [name] = (await contents(directory)).names
    const unconfirmed = `${Buffer.from(sampleFinding('b').bytes).toString()}\n`.repeat(9)
    await appendFile(join(directory, name!), `${unconfirmed}{"torn":`)
    const second = await openSink(directory)
    await second.send(sampleFinding('b'), sampleFinding('c'))
    expect((await contents(directory)).held).toEqual(['a@1', 'b@1', 'c@1'])
  })

  test('without the index a torn last line is cut off and all others are kept', async () => {
    const directory = await newDirectory()
    const name = 'findings-2025-11-24T00-00-00.000Z.ndjson'
    const long = `{"torn":"${'x'.repeat(200_000)}`
    await writeFile(join(directory, name), `${Buffer.from(sampleFinding('a').bytes).toString()}\n${long}`)
    await writeFile(join(directory, 'findings-2025-11-24T00-00-01.000Z.ndjson'), '{"torn')
    const sink = await openSink(directory)
    await sink.send(sampleFinding('b'))
    await sink.close!()
    const { names, held } = await contents(directory)
    expect(held).toEqual(['a@1', 'b@1'])
    expect(names[0]).toBe(`${name}.gz`)
  })

  test('a compression cut off at any point is finished, without a line lost or doubled', async () => {
    const directory = await newDirectory()
    const line = (key: string): string => `${Buffer.from(sampleFinding(key).bytes).toString()}\n`
    const at = (second: number): string => join(directory, `findings-2025-11-24T00-00-0${second}.000Z.ndjson`)
    await writeFile(at(1), line('a'))
    await writeFile(`${at(1)}.gz.tmp`, gzipSync(line('a')).subarray(0, 20))
    await writeFile(at(2), line('b'))
    await writeFile(`${at(2)}.gz`, gzipSync(line('b')))
    await writeFile(`${at(3)}.gz`, gzipSync(line('c')))
    const sink = await openSink(directory)
    await sink.send(sampleFinding('d'))
    await sink.close!()
    const { names, held } = await contents(directory)
    expect(held).toEqual(['a@1', 'b@1', 'c@1', 'd@1'])
    expect(names.filter((name) => name.endsWith('.gz'))).toHaveLength(3)
  })

  test('a current file that was moved away does not swallow what comes after', async () => {
    const directory = await newDirectory()
    const sink = await openSink(directory)
    await sink.send(sampleFinding('a'))
    const [name] = (await contents(directory)).names
    await rename(join(directory, name!), join(directory, 'taken.ndjson'))
    await sink.send(sampleFinding('b'))
    expect((await contents(directory)).held).toEqual(['b@1', 'a@1'])
    expect(sink.warnings).toHaveLength(1)
  })

  test('a directory that was emptied or removed is begun anew: what is delivered again is written again', async () => {
    const directory = await newDirectory()
    const sink = await openSink(directory)
    await sink.send(sampleFinding('a'))
    await rm(directory, { recursive: true })
    await sink.send(sampleFinding('a'), sampleFinding('b'))
    expect((await contents(directory)).held).toEqual(['a@1', 'b@1'])
    await sink.close!()
    for (const name of (await contents(directory)).names) await rm(join(directory, name))
    const second = await openSink(directory)
    await second.send(sampleFinding('a'))
    expect((await contents(directory)).held).toEqual(['a@1'])
  })

  test('a current file that became shorter keeps its whole lines, and what it lost can come again', async () => {
    const directory = await newDirectory()
    const first = await openSink(directory)
    await first.send(sampleFinding('a'), sampleFinding('b'))
    await first.close!()
    const [name] = (await contents(directory)).names
    await truncate(join(directory, name!), sampleFinding('a').bytes.byteLength + 20)
    const second = await openSink(directory)
    await second.send(sampleFinding('b'))
    await second.close!()
    expect((await contents(directory)).held).toEqual(['a@1', 'b@1'])
    expect(second.warnings).toHaveLength(1)
  })

  test('an index that is no database is named, with the remedy', async () => {
    const directory = await newDirectory()
    await writeFile(join(directory, INDEX_NAME), 'this is no database at all, however long it may be'.repeat(100))
    const sink = await openSink(directory)
    await expect(sink.send(sampleFinding('a'))).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      fault: 'configuration',
      message: expect.stringContaining(INDEX_NAME),
    })
  })

  test('the same revision with another text, as after a new start from nothing, is written', async () => {
    const directory = await newDirectory()
    const sink = await openSink(directory)
    await sink.send(sampleFinding('a'))
    await sink.send(sampleFinding('a', 1, { message: 'said anew' }))
    expect((await contents(directory)).held).toEqual(['a@1', 'a@1'])
  })
})

/** To root nothing is forbidden. */
function withoutPrivileges(): void {
  if (process.getuid?.() !== 0) return
  process.seteuid!(65534)
  onTestFinished(() => process.seteuid!(0))
}

describe('a place that cannot be written', () => {
  test('because another sink has it, is a fault of the configuration until the other lets go', async () => {
    const directory = await newDirectory()
    const first = await openSink(directory)
    await first.send(sampleFinding('a'))
    const second = await openSink(directory)
    await expect(second.send(sampleFinding('b'))).rejects.toMatchObject({
      code: 'FILE_DIRECTORY_IN_USE',
      fault: 'configuration',
    })
    await first.close!()
    await second.send(sampleFinding('b'))
    expect((await contents(directory)).held).toEqual(['a@1', 'b@1'])
  })

  test('because a file stands there, is said by check and by deliver', async () => {
    const path = join(await newDirectory(), 'occupied')
    await writeFile(path, '')
    for (const directory of [path, join(path, 'below')]) {
      const sink = await openSink(directory)
      const error = { code: 'STORAGE_NOT_A_DIRECTORY', fault: 'configuration', message: expect.stringContaining(path) }
      await expect(sink.check(signal)).rejects.toMatchObject(error)
      await expect(sink.send(sampleFinding('a'))).rejects.toMatchObject(error)
    }
  })

  test.skipIf(process.platform === 'win32')(
    'because permission is missing, is said with the path and the remedy',
    async () => {
      const parent = await newDirectory()
      const directory = join(parent, 'closed')
      await mkdir(directory)
      await chmod(parent, 0o755)
      await chmod(directory, 0o555)
      withoutPrivileges()
      const sink: Sink = await openSink(directory)
      const error = { code: 'STORAGE_FORBIDDEN', fault: 'configuration', message: expect.stringContaining(directory) }
      await expect(sink.deliver([sampleFinding('a')], signal)).rejects.toMatchObject(error)
    },
  )
})

const MOUNT = 'mount -t tmpfs -o size=256k tmpfs "$0"'
const canMount = spawnSync('unshare', ['-Urm', 'sh', '-c', MOUNT, tmpdir()]).status === 0

test.skipIf(!canMount)(
  'a disk that is full is an outage: whole lines only, and it goes on when there is space again',
  async () => {
    const directory = await newDirectory()
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['-Urm', 'sh', '-c', `${MOUNT} && exec "${process.execPath}" "${PROCESSES}" fill-disk "$0"`, directory],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ code: 'STORAGE_FULL', fault: 'outage', wholeLines: true, complete: true })
  },
)

test('killed at ten moments, it holds exactly what an undisturbed run would hold', { timeout: 60_000 }, async () => {
  const directory = await newDirectory()
  const positions = await newDirectory()
  const start = () =>
    spawn(process.execPath, [PROCESSES, 'deliver-all', directory, positions], { stdio: ['ignore', 'pipe', 'inherit'] })
  let killed = 0
  for (let round = 0; round < 10; round += 1) {
    const child = start()
    const ended = once(child, 'exit')
    await new Promise((resolve) => setTimeout(resolve, 90 + Math.random() * 160))
    child.kill('SIGKILL')
    const [, by] = (await ended) as [number | null, string | null]
    if (by === 'SIGKILL') killed += 1
  }
  const [code] = (await once(start(), 'exit')) as [number]
  expect(code).toBe(0)
  expect(killed).toBeGreaterThan(3)
  const { names, held } = await contents(directory)
  expect(held.toSorted()).toEqual(everything())
  expect(names.filter((name) => !name.endsWith('.gz'))).toHaveLength(1)
})
