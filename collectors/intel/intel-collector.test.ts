import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../../core/component.ts'
import type { IntelObserved } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { CollectedBatch, Collector } from '../collector.ts'
import { prepare } from '../prepare.ts'
import type { FeedConfig, IntelConfig } from './config.ts'
import { IntelCollector } from './intel-collector.ts'
import { epssCsv, intelOf, kevEntry, kevJson, LISTED, manyScores, sampleFolder, SCORES, TODAY } from './sample-feeds.ts'

const DAY_MS = 86_400_000

let folder: string
let epssFile: string
let kevFile: string
let now: number
let logged: string[]
beforeEach(() => {
  folder = sampleFolder()
  epssFile = join(folder, 'epss.csv.gz')
  kevFile = join(folder, 'kev.json')
  now = TODAY
  logged = []
  writeFileSync(epssFile, gzipSync(epssCsv()))
  writeFileSync(kevFile, kevJson())
})

const context = (): Context => {
  const say = (level: string) => (_fields: object, message: string) => void logged.push(`${level} ${message}`)
  return {
    name: 'cves',
    tenant: 'acme',
    clock: () => now,
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    metrics: { count: () => {}, gauge: () => {}, observe: () => {} },
  }
}

const defaults = { timeout: '5s', patience: '1s', maxBytes: 50_000_000 }
const epss = (): FeedConfig => ({ path: epssFile, staleAfter: '7d' })
const kev = (): FeedConfig => ({ path: kevFile, staleAfter: '30d' })
const collector = (config: Partial<IntelConfig> = { epss: epss(), kev: kev() }): Collector =>
  new IntelCollector({ ...defaults, ...config }, context())

interface Swept {
  readonly batches: readonly CollectedBatch[]
  /** The last that was given, or the one that it started from. */
  readonly position: unknown
  readonly error: (Error & { code?: string }) | undefined
}

async function sweep(source: Collector, from?: unknown): Promise<Swept> {
  const batches: CollectedBatch[] = []
  let error: Error | undefined
  try {
    for await (const batch of source.collect(from, AbortSignal.timeout(5000))) batches.push(batch)
  } catch (thrown) {
    error = thrown as Error
  }
  const saved = batches.map(({ position }) => position).filter((position) => position !== undefined)
  // As it comes back from a checkpoint.
  const position = saved.length === 0 ? from : (JSON.parse(JSON.stringify(saved.at(-1))) as unknown)
  return { batches, position, error }
}

const uids = ({ batches }: Swept): string[] => intelOf(batches).map(({ uid }) => uid)

describe('a first sweep', () => {
  test('publishes every page of both lists, each followed by the word that it is whole', async () => {
    const swept = await sweep(collector())
    expect(swept.error).toBeUndefined()
    expect(uids(swept)).toEqual([
      'epss/1999-0',
      'epss/2024-3',
      'epss/2026-10',
      'epss/snapshot',
      'kev/2021',
      'kev/2024',
      'kev/snapshot',
    ])
    expect(intelOf(swept.batches)[3]).toMatchObject({
      kind: 'snapshot',
      list: 'epss',
      at: Date.UTC(2026, 10, 25),
      count: 4,
      pages: ['epss/1999-0', 'epss/2024-3', 'epss/2026-10'],
    })
    expect(logged).toEqual([
      'info The EPSS list of 2026-11-25 has 4 CVEs; 3 of 3 pages have changed.',
      'info The KEV list of 2026-11-24 has 2 CVEs; 2 of 2 pages have changed.',
    ])
  })

  test('gives events that the schema takes, of nobody, at the time of reading, and no finding records', async () => {
    const { batches } = await sweep(collector())
    const events = batches.flatMap((batch) => batch.events) as IntelObserved[]
    expect(batches.every(({ read }) => read === 0)).toBe(true)
    expect(events.every(({ time, tenant }) => time === TODAY && tenant === undefined)).toBe(true)
    const { global, aside } = prepare({ events }, new SchemaRegistry())
    expect([global.length, aside]).toEqual([7, []])
  })

  test('saves how far it came only with the word that a list is whole', async () => {
    writeFileSync(
      epssFile,
      gzipSync(
        epssCsv(Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`CVE-2024-${at + 1}000`, '0.1,0.1']))),
      ),
    )
    const { batches } = await sweep(collector())
    const sizes = batches.map(({ events, position }) => [events.length, position !== undefined])
    expect(sizes).toEqual([
      [100, false],
      [100, false],
      [50, false],
      [1, true],
      [2, false],
      [1, true],
    ])
  })

  test('of a list from a file that is not there yet fails and says so, and the other list is read', async () => {
    rmSync(epssFile)
    const swept = await sweep(collector())
    expect(uids(swept)).toEqual(['kev/2021', 'kev/2024', 'kev/snapshot'])
    expect(swept.error).toMatchObject({ name: 'PermanentError', code: 'INTEL_FILE' })
    expect(swept.error?.message).toBe(
      `EPSS: ${epssFile} is not there: put the list there, or correct the path; no EPSS list is known yet`,
    )
    expect(logged[0]).toBe(`error ${swept.error?.message}.`)
  })
})

describe('a later sweep', () => {
  test('of lists that have not changed publishes nothing and saves nothing', async () => {
    const { position } = await sweep(collector())
    utimesSync(epssFile, new Date(), new Date())
    expect((await sweep(collector(), position)).batches).toEqual([])
  })

  test('publishes the pages that have changed, and takes those that are gone out of the whole', async () => {
    const { position } = await sweep(collector())
    const { 'CVE-1999-0001': _gone, ...left } = SCORES
    writeFileSync(
      epssFile,
      epssCsv({ ...left, 'CVE-2024-3094': '0.9,0.995', 'CVE-2026-2000': '0.1,0.2' }, '2026-11-26'),
    )
    const swept = await sweep(collector(), position)
    expect(uids(swept)).toEqual(['epss/2024-3', 'epss/2026-2', 'epss/snapshot'])
    expect(intelOf(swept.batches).at(-1)).toMatchObject({ pages: ['epss/2024-3', 'epss/2026-10', 'epss/2026-2'] })
  })

  test('of a list with a new date alone publishes just that', async () => {
    const { position } = await sweep(collector())
    writeFileSync(epssFile, epssCsv(SCORES, '2026-11-26T00:00:00Z'))
    expect(uids(await sweep(collector(), position))).toEqual(['epss/snapshot'])
  })

  test('goes on with a list where another was taken out of the configuration meanwhile', async () => {
    const first = await sweep(collector())
    const without = await sweep(collector({ kev: kev() }), first.position)
    writeFileSync(kevFile, kevJson([...LISTED, kevEntry('CVE-2026-1111')], { dateReleased: '2026-11-25' }))
    const { position } = await sweep(collector({ kev: kev() }), without.position)
    expect((await sweep(collector(), position)).batches).toEqual([])
  })

  test('starts anew from a position that is none, and says so', async () => {
    expect(uids(await sweep(collector(), { version: 7 }))).toHaveLength(7)
    expect(logged[0]).toContain('The saved position is none of this collector')
  })

  test('after a kill in the middle publishes the same events again, to the same end', async () => {
    const whole = await sweep(collector())
    const killed: CollectedBatch[] = []
    for await (const batch of collector().collect(undefined, AbortSignal.timeout(5000))) {
      killed.push(batch)
      if (killed.length === 3) break
    }
    now += 60_000
    const resumed = await sweep(collector(), killed.at(-2)?.position)
    const ids = (batches: readonly CollectedBatch[]): string[] =>
      batches.flatMap(({ events }) => events.map(({ id }) => id))
    expect(ids(resumed.batches)).toEqual(ids(whole.batches).slice(4))
    expect(resumed.position).toEqual(whole.position)
    expect(new Set(ids(whole.batches)).size).toBe(7)
  })
})

describe('the last good list stays in use, and nothing is published, where the next', () => {
  const many = manyScores(1000)
  const fewer = Object.fromEntries(Object.entries(many).slice(0, 899))

  test.each([
    ['is cut off', gzipSync(epssCsv(many)).subarray(0, 500), 'cut off'],
    ['is empty', '', 'is empty'],
    ['is a web page', '<html>blocked</html>', 'is a web page'],
    ['has far fewer CVEs', epssCsv(fewer, '2026-11-26'), 'has 899 CVEs, far fewer than the 1000 of 2026-11-25'],
    ['is of a day yet to come', epssCsv(many, '2026-11-27'), 'is of 2026-11-27, which is yet to come'],
    ['is larger than is allowed', Buffer.alloc(50_000_001), 'is larger than the 50000000 bytes of maxBytes'],
  ])('%s', async (_what, bytes, reason) => {
    writeFileSync(epssFile, epssCsv(many))
    const { position } = await sweep(collector())
    writeFileSync(epssFile, bytes)
    writeFileSync(kevFile, kevJson([...LISTED, kevEntry('CVE-2026-1111')], { dateReleased: '2026-11-25' }))
    logged = []
    const swept = await sweep(collector(), position)
    expect(uids(swept)).toEqual(['kev/2026', 'kev/snapshot'])
    expect(swept.error?.message).toContain(reason)
    expect(swept.error?.message).toContain('; the EPSS list of 2026-11-25 with 1000 CVEs stays in use')
    expect(logged[0]).toBe(`error ${swept.error?.message}.`)
    expect((swept.position as { lists: { epss: object } }).lists.epss).toEqual(
      (position as { lists: { epss: object } }).lists.epss,
    )
    writeFileSync(epssFile, epssCsv(many, '2026-11-26T00:00:00Z'))
    expect(await sweep(collector(), swept.position)).toMatchObject({ error: undefined, batches: [{ read: 0 }] })
  })

  test('is older, which is no failure but said', async () => {
    const { position } = await sweep(collector())
    writeFileSync(epssFile, epssCsv({ ...SCORES, 'CVE-2024-3094': '0.1,0.1' }, '2026-11-24'))
    logged = []
    expect(await sweep(collector(), position)).toMatchObject({ error: undefined, batches: [] })
    expect(logged).toEqual([
      `warn ${epssFile} is of 2026-11-24 and is kept out: the EPSS list of 2026-11-25 with 4 CVEs stays in use.`,
    ])
  })
})

test('a list with nine in ten of its CVEs is taken, and so is one that is a few hours ahead of our clock', async () => {
  const many = manyScores(1000)
  writeFileSync(epssFile, epssCsv(many))
  const { position } = await sweep(collector())
  writeFileSync(epssFile, epssCsv(Object.fromEntries(Object.entries(many).slice(0, 900)), '2026-11-26'))
  const swept = await sweep(collector(), position)
  expect(swept.error).toBeUndefined()
  expect(intelOf(swept.batches).at(-1)).toMatchObject({ kind: 'snapshot', count: 900 })
})

test('a list that has not been renewed for long is in use all the same, with a warning at every sweep', async () => {
  now += 8 * DAY_MS
  const first = await sweep(collector())
  expect(uids(first)).toHaveLength(7)
  logged = []
  await sweep(collector(), first.position)
  const warning = `warn The EPSS list in use is of 2026-11-25, older than 7d: see whether ${epssFile} is still kept up to date.`
  expect(logged).toEqual([warning])
  now += 30 * DAY_MS
  await sweep(collector(), first.position)
  expect(logged.at(-1)).toContain('warn The KEV list in use is of 2026-11-24, older than 30d')
})

test('lists that are both refused are both named', async () => {
  writeFileSync(epssFile, 'x')
  writeFileSync(kevFile, '{')
  const { error, batches } = await sweep(collector())
  expect(batches).toEqual([])
  expect(error).toMatchObject({ name: 'PermanentError', code: 'INTEL_INCOMPLETE' })
  expect(error?.message).toMatch(/^EPSS: .*cut off.*; KEV: .*no JSON/)
})

test('entries that are left out are counted once in the log', async () => {
  writeFileSync(epssFile, epssCsv({ ...manyScores(1000), 'CVE-2024-9': '0.1,0.1' }))
  await sweep(collector())
  expect(logged[0]).toBe(
    `warn ${epssFile} is taken, but 1 entries are wrong and left out, the first in line 1003: "CVE-2024-9" is no CVE id.`,
  )
})

test('an abort ends the sweep with its reason, and not as a failure of a list', async () => {
  const stop = new AbortController()
  stop.abort(new Error('stopped'))
  await expect(collector().collect(undefined, stop.signal)[Symbol.asyncIterator]().next()).rejects.toThrow('stopped')
  expect(logged).toEqual([])
})

describe('the check', () => {
  test('finds nothing wrong with files that are there', async () => {
    await expect(collector().check(AbortSignal.timeout(5000))).resolves.toBeUndefined()
  })

  test('names every file that is none or not there', async () => {
    rmSync(epssFile)
    rmSync(kevFile)
    mkdirSync(kevFile)
    const checked = collector().check(AbortSignal.timeout(5000))
    await expect(checked).rejects.toThrow(/epss\.csv\.gz is not there.*; .*kev\.json is no file/)
  })
})

test('a list as large as the real one is read in seconds, in small events, and leaves others their turn', async () => {
  writeFileSync(epssFile, gzipSync(epssCsv(manyScores(300_000))))
  let turns = 0
  const ticking = setInterval(() => (turns += 1), 1)
  const before = process.memoryUsage().rss
  const started = performance.now()
  const batches: CollectedBatch[] = []
  let peak = before
  for await (const batch of collector({ epss: epss() }).collect(undefined, AbortSignal.timeout(60_000))) {
    peak = Math.max(peak, process.memoryUsage().rss)
    batches.push(batch)
    await sleep(0)
  }
  const ms = performance.now() - started
  clearInterval(ticking)
  const sizes = batches.flatMap(({ events }) => events.map((event) => JSON.stringify(event).length))
  const position = JSON.stringify(batches.at(-1)?.position).length
  console.info(
    `300000 lines: ${Math.round(ms)} ms, ${sizes.length} events, the largest ${Math.max(...sizes)} bytes, ` +
      `position ${position} bytes, ${Math.round((peak - before) / 1e6)} MB more than before, ${turns} turns of others`,
  )
  expect(intelOf(batches).at(-1)).toMatchObject({ kind: 'snapshot', count: 300_000 })
  expect(Math.max(...sizes)).toBeLessThan(100_000)
  expect(position).toBeLessThan(100_000)
  expect(turns).toBeGreaterThan(10)
}, 60_000)
