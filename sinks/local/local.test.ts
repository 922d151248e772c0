import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sampleFinding } from '../sample-findings.ts'
import { sinkContract } from '../sink.contract.ts'
import type { PostureFinding } from '../sink.ts'
import { FindingsStore } from './findings-store.ts'
import { local } from './local.ts'
import { APPLICATION_ID, migrations, upgrade, versionOf } from './store-version.ts'

const { signal } = new AbortController()

async function newPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'posture-local-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'data', 'findings.db')
}

async function openSink(path: string) {
  const warnings: string[] = []
  const log = { debug() {}, info() {}, error() {}, warn: (_: object, message: string) => void warnings.push(message) }
  const context = {
    name: 'local',
    tenant: 'acme',
    log,
    metrics: { count() {}, gauge() {}, observe() {} },
    clock: Date.now,
  }
  const sink = await local.create({ path }, context)
  onTestFinished(() => sink.close!())
  return Object.assign(sink, { warnings, send: (...findings: PostureFinding[]) => sink.deliver(findings, signal) })
}

function openStore(path: string): FindingsStore {
  const store = FindingsStore.open(path)
  onTestFinished(() => store.close())
  return store
}

async function held(path: string): Promise<string[]> {
  const exists = await stat(path).catch(() => undefined)
  if (!exists) return []
  using store = FindingsStore.open(path)
  return store.list().findings.map(({ key, event }) => `${key}@${(event['metadata'] as { sequence: number }).sequence}`)
}

sinkContract('local', async () => {
  const path = await newPath()
  return { takes: local.takes, open: () => openSink(path), held: () => held(path) }
})

async function storeWith(...findings: PostureFinding[]): Promise<FindingsStore> {
  const path = await newPath()
  const sink = await openSink(path)
  await sink.send(...findings)
  return openStore(path)
}
const keys = ({ findings }: { findings: readonly { key: string }[] }): string =>
  findings.map(({ key }) => key).join(' ')

describe('reading the findings store', () => {
  test('lists open findings first, then by priority, score and time of change', async () => {
    const store = await storeWith(
      sampleFinding('gone-p1', 1, { state: 'gone', priority: 'P1' }),
      sampleFinding('muted-p1', 1, { state: 'muted', priority: 'P1' }),
      sampleFinding('resolved-p1', 1, { state: 'resolved', priority: 'P1' }),
      sampleFinding('p2-no-score', 1, { priority: 'P2' }),
      sampleFinding('p2-9', 1, { priority: 'P2', score: 9 }),
      sampleFinding('p2-80-older', 1, { priority: 'P2', score: 80 }),
      sampleFinding('p2-80-newer', 2, { priority: 'P2', score: 80 }),
      sampleFinding('p1', 1, { priority: 'P1', score: 1 }),
    )
    expect(keys(store.list())).toBe('p1 p2-80-newer p2-80-older p2-9 p2-no-score muted-p1 resolved-p1 gone-p1')
    const top = store.list({ limit: 2 })
    expect([keys(top), top.total]).toEqual(['p1 p2-80-newer', 8])
    expect(store.list({ limit: 0 })).toEqual({ findings: [], total: 8 })
  })

  test('filters by priority, state, account, control and resource, alone and together', async () => {
    const store = await storeWith(
      sampleFinding('a', 1, { priority: 'P1', account: '111122223333', control: 'S3.2' }),
      sampleFinding('b', 1, { priority: 'P2', account: '444455556666', control: 'iam_root_mfa' }),
      sampleFinding('c', 1, { priority: 'P3', state: 'muted', resource: 'arn:aws:s3:::Payroll_100%' }),
    )
    expect(keys(store.list({ priorities: ['P1', 'P3'] }))).toBe('a c')
    expect(keys(store.list({ states: ['muted'] }))).toBe('c')
    expect(keys(store.list({ account: '444455556666' }))).toBe('b')
    expect(keys(store.list({ control: 'IAM_ROOT_MFA' }))).toBe('b')
    expect(keys(store.list({ resource: 'payroll_' }))).toBe('c')
    expect(keys(store.list({ resource: '%' }))).toBe('c')
    expect(keys(store.list({ resource: 'arn:aws:s3:::example-bucket' }))).toBe('a b')
    expect(
      keys(store.list({ states: ['open'], priorities: ['P2'], account: '444455556666', resource: 'example' })),
    ).toBe('b')
    expect(store.list({ states: [] })).toEqual({ findings: [], total: 0 })
  })

  test('treats what it looks for as text, whatever it holds', async () => {
    const store = await storeWith(sampleFinding('a'))
    expect(store.list({ account: "' OR 1=1 --", resource: '%_"\0' }).total).toBe(0)
  })

  test('finds a finding by its key or a prefix, and shows when there are several', async () => {
    const store = await storeWith(sampleFinding('v1:ab'), sampleFinding('v1:abcd'), sampleFinding('v1:abce'))
    expect(keys({ findings: store.find('v1:abcd') })).toBe('v1:abcd')
    expect(keys({ findings: store.find('v1:ab') })).toBe('v1:ab')
    expect(keys({ findings: store.find('v1:abc') })).toBe('v1:abcd v1:abce')
    expect(store.find('v1:x')).toEqual([])
  })

  test('gives the whole event', async () => {
    const finding = sampleFinding('a', 3, { title: 'quoted "title" with \u2028 and 🔑' })
    const [found] = (await storeWith(finding)).find('a')
    expect(found).toEqual({ key: 'a', revision: 3, state: 'open', priority: 'P2', event: finding.event })
  })

  test('counts by state and priority', async () => {
    const store = await storeWith(
      sampleFinding('a', 1, { priority: 'P2' }),
      sampleFinding('b', 1, { priority: 'P1' }),
      sampleFinding('c', 1, { priority: 'P1' }),
      sampleFinding('d', 1, { priority: 'P1', state: 'muted' }),
    )
    expect(store.counts().map((row) => ({ ...row }))).toEqual([
      { state: 'open', priority: 'P1', count: 2 },
      { state: 'open', priority: 'P2', count: 1 },
      { state: 'muted', priority: 'P1', count: 1 },
    ])
  })

  test('keeps a finding whose event says nothing', async () => {
    const bare = { ...sampleFinding('bare'), event: {}, bytes: Buffer.from('{}') }
    const store = await storeWith(bare)
    expect(store.list({ states: ['open'] }).findings).toEqual([
      { key: 'bare', revision: 1, state: 'open', priority: 'P2', event: {} },
    ])
  })
})

describe('a findings store in use', () => {
  test('is read while it is written: whole batches only, and never waiting for the writer', async () => {
    const path = await newPath()
    const sink = await openSink(path)
    await sink.send(sampleFinding('a'))
    const store = openStore(path)
    const writer = new DatabaseSync(path)
    onTestFinished(() => writer.close())
    writer.exec("BEGIN IMMEDIATE; UPDATE finding SET state = 'gone'")
    expect(store.list().findings[0]!.state).toBe('open')
    writer.exec('COMMIT')
    expect(store.list().findings[0]!.state).toBe('gone')
  })

  test('that another process holds for long is an outage, and loses nothing', async () => {
    const path = await newPath()
    const sink = await openSink(path)
    await sink.send(sampleFinding('a'))
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    await expect(sink.send(sampleFinding('b'))).rejects.toMatchObject({ code: 'STORAGE_BUSY', fault: 'outage' })
    other.exec('ROLLBACK')
    await sink.send(sampleFinding('b'))
    expect(await held(path)).toHaveLength(2)
  })

  test('takes the findings of two processes', async () => {
    const path = await newPath()
    const [one, two] = [await openSink(path), await openSink(path)]
    await Promise.all([one.send(sampleFinding('a', 2)), two.send(sampleFinding('a', 1), sampleFinding('b'))])
    expect((await held(path)).toSorted()).toEqual(['a@2', 'b@1'])
  })

  test('that was removed is begun anew, and says so', async () => {
    const path = await newPath()
    const sink = await openSink(path)
    await sink.send(sampleFinding('a'))
    await rm(dirname(path), { recursive: true })
    await sink.send(sampleFinding('b'))
    expect(await held(path)).toEqual(['b@1'])
    expect(sink.warnings).toHaveLength(1)
  })
})

describe('the file of the findings store', () => {
  test('is made with the first findings, and neither a check nor a reader makes it', async () => {
    const path = await newPath()
    const sink = await openSink(path)
    await sink.check(signal)
    expect(() => FindingsStore.open(path)).toThrow(expect.objectContaining({ code: 'FINDINGS_STORE_MISSING' }))
    await expect(stat(dirname(path))).rejects.toThrow('ENOENT')
  })

  test('stands alone after a check and after the sink was closed', async () => {
    const path = await newPath()
    const sink = await openSink(path)
    await sink.send(sampleFinding('a'))
    await sink.close!()
    await sink.check(signal)
    expect(await readdir(dirname(path))).toEqual(['findings.db'])
  })

  test('of a newer version is refused by all, with the remedy', async () => {
    const path = await newPath()
    const sink = await openSink(path)
    await sink.send(sampleFinding('a'))
    await sink.close!()
    const newer = new DatabaseSync(path)
    newer.exec(`PRAGMA user_version = ${migrations.length + 1}`)
    newer.close()
    const error = { code: 'FINDINGS_STORE_NEWER', message: expect.stringContaining('upgrade posture-stream') }
    await expect(sink.check(signal)).rejects.toMatchObject({ ...error, fault: 'configuration' })
    await expect(sink.send(sampleFinding('b'))).rejects.toMatchObject({ ...error, fault: 'configuration' })
    expect(() => FindingsStore.open(path)).toThrow(expect.objectContaining(error))
  })

  test('that is another program’s database or no database is refused and left as it was', async () => {
    const foreign = await newPath()
    await mkdir(dirname(foreign))
    const db = new DatabaseSync(foreign)
    db.exec('CREATE TABLE theirs (a)')
    db.close()
    const text = join(dirname(foreign), 'notes.txt')
    await writeFile(text, 'not a database, and long enough to be looked at as one '.repeat(20))
    for (const [path, codes] of [
      [foreign, ['FINDINGS_STORE_FOREIGN']],
      [text, ['FINDINGS_STORE_FOREIGN', 'STORAGE_DAMAGED']],
    ] as const) {
      const before = await readFile(path)
      const sink = await openSink(path)
      await expect(sink.send(sampleFinding('a'))).rejects.toMatchObject({ code: codes.at(-1), fault: 'configuration' })
      expect(await readFile(path)).toEqual(before)
    }
    const sink = await openSink(text)
    await expect(sink.check(signal)).rejects.toMatchObject({ code: 'FINDINGS_STORE_FOREIGN' })
    expect(() => FindingsStore.open(text)).toThrow('cannot read')
    expect(() => FindingsStore.open(foreign)).toThrow()
  })

  test('cannot be a directory, nor lie below a file', async () => {
    const path = await newPath()
    await mkdir(path, { recursive: true })
    const sink = await openSink(path)
    await expect(sink.check(signal)).rejects.toMatchObject({ code: 'STORAGE_IS_A_DIRECTORY', fault: 'configuration' })
    await writeFile(join(path, 'file'), '')
    const below = await openSink(join(path, 'file', 'findings.db'))
    await expect(below.check(signal)).rejects.toMatchObject({ code: 'STORAGE_NOT_A_DIRECTORY' })
    await expect(below.send(sampleFinding('a'))).rejects.toMatchObject({ code: 'STORAGE_NOT_A_DIRECTORY' })
  })
})

describe('a new version of the store', () => {
  const next = [...migrations, "ALTER TABLE finding ADD COLUMN note TEXT NOT NULL DEFAULT 'none'"]

  test('is reached from an older one with all that it holds, and reaching it again changes nothing', () => {
    using db = new DatabaseSync(':memory:')
    upgrade(db, 'findings.db')
    db.exec(
      "INSERT INTO finding (key, revision, state, priority, cause, searchable, event) VALUES ('a', 1, 'open', 'P1', 'observed', '', '{}')",
    )
    upgrade(db, 'findings.db', next)
    upgrade(db, 'findings.db', next)
    expect(versionOf(db)).toEqual({ applicationId: APPLICATION_ID, version: next.length })
    expect(db.prepare('SELECT key, note FROM finding').get()).toEqual({ key: 'a', note: 'none' })
  })

  test('that cannot be reached leaves the older one as it was', () => {
    using db = new DatabaseSync(':memory:')
    upgrade(db, 'findings.db')
    expect(() => upgrade(db, 'findings.db', [...next, 'CREATE TABLE finding (a)'])).toThrow('already exists')
    expect(versionOf(db).version).toBe(migrations.length)
    expect(() => db.prepare('SELECT note FROM finding')).toThrow('no such column')
  })
})
