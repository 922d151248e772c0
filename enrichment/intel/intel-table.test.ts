import { expect, test } from 'vitest'
import type { Intel } from '../../schemas/generated/posture-event.ts'
import type { OutgoingRecord } from '../../stream/stream.ts'
import { epssList, intelRead, intelRecords, kevList, sampleIntel } from '../../test/sample-intel.ts'
import type { IntelTable, IntelTableOptions } from './intel-table.ts'

/** A table, and what writes behind what it was given before. */
class Bench {
  readonly table: IntelTable
  readonly said: string[] = []
  #offset = 0n

  constructor(options: Partial<IntelTableOptions> = {}) {
    const say = (fields: object, message: string): number => this.said.push(`${message} ${JSON.stringify(fields)}`)
    this.table = sampleIntel({ log: { debug: say, info: say, warn: say, error: say }, ...options })
  }

  write(...records: readonly OutgoingRecord[]): void {
    const offset = this.#offset
    this.#offset += BigInt(records.length)
    this.table.take(intelRead(records, offset))
  }

  observe(intel: readonly Intel[]): void {
    this.write(...intelRecords(intel))
  }

  /** What changed since this is called, in order. */
  watch(): () => readonly string[] | 'everything' {
    const { next } = this.table
    return () => {
      const changed = this.table.changedSince(next)
      return changed === 'everything' ? changed : changed.toSorted()
    }
  }
}

/** With both lists read at the start. */
function whole(scores: Readonly<Record<string, number>>, cves: readonly string[], options = {}): Bench {
  const bench = new Bench(options)
  bench.observe([...epssList(scores), ...kevList(cves)])
  bench.table.complete(0n)
  return bench
}

test('holds both lists as they are, and finds a CVE in any case', () => {
  const at = Date.UTC(2026, 10, 24)
  const bench = new Bench()
  bench.observe(
    epssList(
      { 'CVE-2024-3094': 0.84971, 'CVE-2024-3001': 0.00043, 'CVE-1999-0001': 1, 'CVE-2018-9999999999': 0.5 },
      at,
    ),
  )
  expect(bench.table.kev).toBeUndefined()
  bench.observe(kevList(['CVE-2024-3094']))
  expect(bench.table.epss).toEqual({ at, count: 4 })
  expect(bench.table.epssOf('cve-2024-3094')).toEqual({ score: 0.84971, percentile: 0.84971 })
  expect(bench.table.epssOf('CVE-2024-3001')?.score).toBe(0.00043)
  expect(bench.table.epssOf('CVE-1999-0001')?.score).toBe(1)
  expect(bench.table.kevOf('cve-2024-3094')).toEqual({ addedAt: Date.UTC(2026, 10, 25), ransomware: false })
  expect(bench.table.epssOf('CVE-2018-9999999999')?.score).toBe(0.5)
  for (const unlisted of ['CVE-2024-3095', 'CVE-2024-30940', 'GHSA-1', '']) {
    expect(bench.table.epssOf(unlisted)).toBeUndefined()
    expect(bench.table.kevOf(unlisted)).toBeUndefined()
  }
})

test('a page replaces the one before as a whole, and what a snapshot does not name is gone', () => {
  const bench = new Bench()
  bench.observe(epssList({ 'CVE-2024-3094': 0.5, 'CVE-2024-3001': 0.5, 'CVE-2023-1000': 0.5 }))
  const [page, snapshot] = epssList({ 'CVE-2024-3001': 0.25 })
  bench.observe([page!])
  expect(bench.table.epssOf('CVE-2024-3001')?.score).toBe(0.25)
  expect(bench.table.epssOf('CVE-2024-3094')).toBeUndefined()
  expect(bench.table.epssOf('CVE-2023-1000')?.score).toBe(0.5)
  bench.observe([snapshot!])
  expect(bench.table.epssOf('CVE-2023-1000')).toBeUndefined()
  expect(bench.table.epssOf('CVE-2024-3001')?.score).toBe(0.25)
})

test('only what can decide a priority is a change', () => {
  const bench = whole({ 'CVE-2024-0001': 0.01, 'CVE-2024-0002': 0.09, 'CVE-2024-0003': 0.9 }, ['CVE-2024-0003'])
  const jitter = bench.watch()
  bench.observe(epssList({ 'CVE-2024-0001': 0.05, 'CVE-2024-0002': 0.08, 'CVE-2024-0003': 0.2 }))
  expect(jitter()).toEqual([])
  const crossing = bench.watch()
  bench.observe(epssList({ 'CVE-2024-0001': 0.1, 'CVE-2024-0003': 0.09, 'CVE-2024-0004': 0.001 }))
  expect(crossing()).toEqual(['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003', 'CVE-2024-0004'])
  const catalogue = bench.watch()
  bench.observe(kevList(['CVE-2024-0001']))
  expect(catalogue()).toEqual(['CVE-2024-0001', 'CVE-2024-0003'])
  const dated = bench.watch()
  bench.observe(kevList(['CVE-2024-0001'], { addedAt: Date.UTC(2026, 10, 1) }))
  expect(dated()).toEqual(['CVE-2024-0001'])
  const dropped = bench.watch()
  bench.observe(kevList([]))
  expect(dropped()).toEqual(['CVE-2024-0001'])
})

test('a list that comes for the first time changes everything: that a CVE is not in it now means something', () => {
  const bench = whole({ 'CVE-2024-0001': 0.01 }, [])
  const empty = new Bench()
  empty.table.complete(0n)
  const since = empty.watch()
  expect(since()).toEqual([])
  empty.observe(kevList(['CVE-2024-0001']))
  expect(since()).toBe('everything')
  const known = bench.watch()
  bench.observe(kevList(['CVE-2024-0001']))
  expect(known()).toEqual(['CVE-2024-0001'])
})

test('what changed before the table was read, and more than it remembers, is not known in detail', () => {
  const bench = whole({ 'CVE-2024-0001': 0.01 }, [], { remembered: 2 })
  expect(bench.table.changedSince(0n)).toBe('everything')
  const three = bench.watch()
  bench.observe(kevList(['CVE-2024-0001']))
  const two = bench.watch()
  bench.observe(kevList(['CVE-2024-0001', 'CVE-2023-0001', 'CVE-2022-0001']))
  expect(two()).toEqual(['CVE-2022-0001', 'CVE-2023-0001'])
  expect(three()).toBe('everything')
})

test('where compaction took the end of the topic away, the table reaches it all the same', () => {
  const bench = new Bench()
  bench.table.complete(7n)
  expect(bench.table.next).toBe(7n)
})

test('a record that is deleted takes its page, or its list, with it', () => {
  const bench = whole({ 'CVE-2024-0001': 0.5 }, ['CVE-2024-0001'])
  const page = bench.watch()
  bench.write({ key: 'kev/2024', value: null })
  expect([bench.table.kevOf('CVE-2024-0001'), page()]).toEqual([undefined, ['CVE-2024-0001']])
  const list = bench.watch()
  bench.write({ key: 'kev/snapshot', value: null }, { key: 'anything', value: null })
  expect([bench.table.kev, list()]).toEqual([undefined, 'everything'])
})

test('what is not for it is passed over, what is not valid is reported once and skipped', () => {
  const bench = whole({ 'CVE-2024-0001': 0.5 }, [])
  const [valid] = intelRecords(epssList({ 'CVE-2024-0001': 0.75 }))
  const said = bench.said.length
  const invalid = { key: 'epss/2024-0', headers: valid!.headers!, value: Buffer.from('{"type":"intel.observed"}') }
  bench.write(invalid, { key: 'k', value: Buffer.from('x'), headers: {} })
  expect(bench.table.epssOf('CVE-2024-0001')?.score).toBe(0.5)
  expect(bench.said.slice(said).map((line) => line.slice(0, 49))).toEqual([
    'A record of posture.global is not valid and was s',
    'A record of posture.global is not valid and was s',
  ])
  bench.write(valid!)
  expect(bench.table.epssOf('CVE-2024-0001')?.score).toBe(0.75)
})

test('CVEs that stand on a page that is not theirs are not taken', () => {
  const bench = new Bench()
  bench.observe([
    {
      kind: 'epss',
      uid: 'epss/2024-1',
      scores: { 'CVE-2024-0001': [0.5, 0.5], 'CVE-2024-1001': [0.5, 0.5], x: [0, 0] },
    },
  ])
  expect([bench.table.epssOf('CVE-2024-0001'), bench.table.epssOf('CVE-2024-1001')?.score]).toEqual([undefined, 0.5])
})

test('a record of a newer version stops it there, until a version that reads it goes on', () => {
  const bench = whole({ 'CVE-2024-0001': 0.5 }, [])
  const [first, ...rest] = intelRecords(epssList({ 'CVE-2024-0001': 0.75 }))
  const newer = { ...first!, headers: { ...first!.headers, schema: 'posture-event/99' } }
  const { next } = bench.table
  const records = intelRead([first!, newer, ...rest], next)
  for (let attempt = 0; attempt < 2; attempt++)
    expect(() => bench.table.take(records)).toThrow(expect.objectContaining({ code: 'SCHEMA_NEWER' }))
  expect(bench.table.next).toBe(next + 1n)
  expect(() => bench.table.requireReadable()).toThrow(expect.objectContaining({ code: 'SCHEMA_NEWER' }))
  bench.table.take(intelRead([first!], next + 1n))
  expect(() => bench.table.requireReadable()).not.toThrow()
})

test('a list with other CVEs than it says is told', () => {
  const bench = new Bench()
  bench.table.complete(0n)
  bench.observe(epssList({ 'CVE-2024-0001': 0.5, 'CVE-2023-0001': 0.5 }).slice(1))
  expect(bench.said).toEqual([expect.stringContaining('with other CVEs than it says it has')])
})
