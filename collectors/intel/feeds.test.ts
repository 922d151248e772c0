import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { parseEpss } from './epss.ts'
import type { FeedContent } from './feed-content.ts'
import { parseKev } from './kev.ts'
import { epssCsv, kevEntry, kevJson, LISTED, manyScores, SCORES } from './sample-feeds.ts'
import { unpack } from './unpack.ts'

const LIMIT = 50_000_000

async function epss(bytes: Buffer | string, maxBytes = LIMIT, encoded = false): Promise<FeedContent> {
  return await parseEpss(await unpack({ bytes: Buffer.from(bytes), encoded }, 'epss.csv', maxBytes), 'epss.csv')
}

async function kev(bytes: Buffer | string): Promise<FeedContent> {
  return await parseKev(await unpack({ bytes: Buffer.from(bytes), encoded: false }, 'kev.json', LIMIT), 'kev.json')
}

/** With another checksum than what it holds. */
function damaged(packed: Buffer): Buffer {
  const at = packed.length - 8
  packed[at] = packed[at]! ^ 0xff
  return packed
}

const pages = (content: FeedContent): object => Object.fromEntries(content.pages)
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const listed = (...vulnerabilities: unknown[]): string => kevJson(vulnerabilities as object[])

describe('the EPSS list', () => {
  test('is read packed and unpacked alike, by year and thousand', async () => {
    const read = await epss(gzipSync(epssCsv()))
    expect(read).toEqual(await epss(epssCsv()))
    expect([read.at, read.count, read.skipped.count]).toEqual([Date.UTC(2026, 10, 25), 4, 0])
    expect(pages(read)).toEqual({
      'epss/1999-0': { kind: 'epss', uid: 'epss/1999-0', scores: { 'CVE-1999-0001': [0.0142, 0.80412] } },
      'epss/2024-3': {
        kind: 'epss',
        uid: 'epss/2024-3',
        scores: { 'CVE-2024-3094': [0.85193, 0.99412], 'CVE-2024-3400': [0.94321, 0.99951] },
      },
      'epss/2026-10': { kind: 'epss', uid: 'epss/2026-10', scores: { 'CVE-2026-10001': [0.00008, 0.01] } },
    })
  })

  test('is read with a byte order mark, Windows line ends, new columns, and packed once more for its way', async () => {
    const wider = epssCsv().replace('cve,epss,percentile', 'model,cve,percentile,epss').split('\n')
    const rows = wider.slice(2, -1).map((row) => {
      const [cve, score, percentile] = row.split(',')
      return ['v9', cve, percentile, score].join(',')
    })
    const text = `\ufeff${[...wider.slice(0, 2), ...rows, ''].join('\r\n')}`
    expect(pages(await epss(gzipSync(gzipSync(text))))).toEqual(pages(await epss(epssCsv())))
  })

  test('needs no last line end where a checksum says that it is whole', async () => {
    expect((await epss(gzipSync(epssCsv().trimEnd()))).count).toBe(4)
    expect((await epss(gzipSync(gzipSync(epssCsv().trimEnd())), LIMIT, true)).count).toBe(4)
    await expect(epss(gzipSync(epssCsv().trimEnd()), LIMIT, true)).rejects.toThrow('ends in the middle of a line')
  })

  test('is taken without the one line in a hundred that is wrong, which is counted', async () => {
    const text = epssCsv(manyScores(1000)).replace(/CVE-2026-0001,[^,]*/, 'CVE-2026-0001,1.5')
    const { count, skipped } = await epss(text)
    expect([count, skipped.count, skipped.first]).toEqual([999, 1, 'line 3: the score "1.5" is not between 0 and 1'])
  })

  test.each([
    ['nothing', '', 'is empty'],
    ['nothing but spaces', ' \n\n', 'is empty'],
    ['a cut gzip file', gzipSync(epssCsv()).subarray(0, -20), 'is cut off: its gzip data has no end'],
    ['a damaged gzip file', damaged(gzipSync(epssCsv())), 'is damaged'],
    ['a ZIP archive', Buffer.from('PK\x03\x04...'), 'is a ZIP archive'],
    ['UTF-16', Buffer.from('\ufeffcve,epss', 'utf16le'), 'is UTF-16'],
    ['a web page', '<!DOCTYPE html>\n<html></html>\n', 'is a web page, not a list'],
    ['a cut last line', epssCsv().slice(0, -4), 'ends in the middle of a line'],
    ['no first line', epssCsv().split('\n').slice(1).join('\n'), 'begins with "cve,epss,percentile"'],
    ['no date', epssCsv().replace(/,score_date.*/, ''), 'without its date it is not used'],
    ['a date that is none', epssCsv(SCORES, 'yesterday'), 'without its date it is not used'],
    ['no names of columns', epssCsv().replace('cve,epss,percentile\n', ''), 'where cve,epss,percentile is expected'],
    ['other columns', epssCsv().replace('percentile', 'rank'), 'where cve,epss,percentile is expected'],
    ['no line', epssCsv({}), 'names no CVE at all'],
    ['a score above 1', epssCsv({ ...SCORES, 'CVE-2024-1': '1.2,0.5' }), 'has 1 wrong entries of 5, the first in line'],
    ['a negative score', epssCsv({ 'CVE-2024-0001': '-0.1,0.5' }), 'the score "-0.1" is not between 0 and 1'],
    ['a percentile that is no number', epssCsv({ 'CVE-2024-0001': '0.1,NaN' }), 'the percentile "NaN"'],
    ['an id that is none', epssCsv({ 'GHSA-xxxx': '0.1,0.5' }), '"GHSA-xxxx" is no CVE id'],
    ['a column too few', epssCsv({ 'CVE-2024-0001': '0.1' }), 'it has 2 columns, not 3'],
    ['a CVE twice, however it is written', `${epssCsv()}cve-2024-3094,0.1,0.1\n`, 'CVE-2024-3094 is there twice'],
  ])('is refused with the reason: %s', async (_what, bytes, reason) => {
    const error = await epss(bytes).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'PermanentError', code: 'INTEL_REFUSED' })
    expect((error as Error).message).toContain(`epss.csv `)
    expect((error as Error).message).toContain(reason)
  })

  test('is refused when it would unpack to more than is allowed, without unpacking it', async () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000))
    await expect(epss(bomb, 1_000_000)).rejects.toMatchObject({ code: 'INTEL_TOO_LARGE' })
    await expect(epss(gzipSync(gzipSync(gzipSync('a'))))).rejects.toThrow('again and again')
  })

  test('is refused when its CVEs would need more pages than a list has', async () => {
    const scores = Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`CVE-2024-${at + 1}000`, '0.1,0.1']))
    await expect(epss(epssCsv(scores))).rejects.toThrow('in more than 5000 thousands')
  })
})

describe('the KEV list', () => {
  test('is read by the year of its CVEs, packed or not', async () => {
    const read = await kev(kevJson())
    expect(read).toEqual(await kev(gzipSync(kevJson())))
    expect([read.at, read.count]).toEqual([Date.UTC(2026, 10, 24, 17, 0, 22, 123), 2])
    expect(pages(read)).toEqual({
      'kev/2021': {
        kind: 'kev',
        uid: 'kev/2021',
        entries: { 'CVE-2021-44228': { addedAt: Date.UTC(2021, 11, 10), ransomware: false } },
      },
      'kev/2024': {
        kind: 'kev',
        uid: 'kev/2024',
        entries: { 'CVE-2024-3400': { addedAt: Date.UTC(2024, 3, 12), ransomware: true } },
      },
    })
  })

  test('is taken without the one entry in a hundred that is wrong, which is counted', async () => {
    const good = Array.from({ length: 100 }, (_, at) => kevEntry(`CVE-2024-${1000 + at}`))
    const { count, skipped } = await kev(listed(...good, { cveID: 7 }))
    expect([count, skipped.first]).toEqual([100, 'vulnerabilities[100]: the cveID 7 is no CVE id'])
  })

  test.each([
    ['a cut file', kevJson().slice(0, -30), 'is no JSON, or it is cut off'],
    ['another text', 'CVE-2024-3400\n', 'is no JSON'],
    ['a list', '[]', 'no object'],
    ['no vulnerabilities', '{"error":"gone"}', 'has no list of vulnerabilities'],
    ['no date', kevJson(LISTED, { dateReleased: undefined }), 'has no dateReleased'],
    ['a date that is none', kevJson(LISTED, { dateReleased: 'soon' }), 'has no dateReleased'],
    ['another count', kevJson(LISTED, { count: 1500 }), 'says that it has 1500 vulnerabilities, and has 2'],
    ['no count', kevJson(LISTED, { count: undefined }), 'says that it has undefined'],
    ['no entry', listed(), 'names no CVE at all'],
    ['an entry that is none', listed(...LISTED, null), 'vulnerabilities[2]: it is no object'],
    ['an id that is an object', listed({ cveID: { toString: 1 } }), 'the cveID an object is no CVE id'],
    [
      'a count without a bottom',
      `{"vulnerabilities":[],"dateReleased":"2026-11-24","count":${nested(50_000)}}`,
      'an object',
    ],
    ['a CVE twice', listed(...LISTED, LISTED[0]), 'CVE-2024-3400 is there twice'],
    ['a date of an entry', listed(kevEntry('CVE-2024-1111', { dateAdded: 'then' })), 'the dateAdded of CVE-2024-1111'],
  ])('is refused with the reason: %s', async (_what, bytes, reason) => {
    const error = await kev(bytes).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'PermanentError', code: 'INTEL_REFUSED' })
    expect((error as Error).message).toContain(reason)
  })

  test('is refused when a year would not fit in one record', async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => kevEntry(`CVE-2024-${10_000 + at}`))
    await expect(kev(listed(...many))).rejects.toThrow('more than 10000 CVEs of one year')
  })
})

describe('whatever comes, it is read or refused, and nothing else happens:', () => {
  const isOurs = (error: unknown): boolean =>
    error instanceof PermanentError && error.code.startsWith('INTEL_') && error.message.length < 500

  async function readOrRefused(read: (bytes: Buffer) => Promise<FeedContent>, bytes: Buffer): Promise<void> {
    for (const each of [bytes, gzipSync(bytes)]) {
      const outcome = await read(each).catch((error: unknown) => error)
      expect(outcome instanceof Error ? isOurs(outcome) : 'count' in (outcome as FeedContent)).toBe(true)
    }
  }

  test('any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await readOrRefused(epss, Buffer.from(bytes))
        await readOrRefused(kev, Buffer.from(bytes))
      }),
    )
  })

  test('a good list with bytes changed, cut out or put in', async () => {
    const edit = fc.tuple(fc.nat(5000), fc.nat(40), fc.uint8Array({ maxLength: 40 }))
    const edited = (text: string, [at, length, put]: [number, number, Uint8Array]): Buffer => {
      const bytes = Buffer.from(text)
      return Buffer.concat([bytes.subarray(0, at % bytes.length), put, bytes.subarray((at % bytes.length) + length)])
    }
    await fc.assert(
      fc.asyncProperty(edit, async (change) => {
        await readOrRefused(epss, edited(epssCsv(), change))
        await readOrRefused(kev, edited(kevJson(), change))
      }),
    )
  })

  test('any JSON in place of a value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), async (one, other) => {
        await readOrRefused(kev, Buffer.from(JSON.stringify(one)))
        await readOrRefused(kev, Buffer.from(kevJson(LISTED, { vulnerabilities: one, count: other })))
        await readOrRefused(
          kev,
          Buffer.from(listed(...LISTED, one, { cveID: other }, kevEntry('CVE-2024-1111', { dateAdded: one }))),
        )
      }),
    )
  })
})
