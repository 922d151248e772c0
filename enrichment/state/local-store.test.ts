import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FindingState, StateRecord } from '../../schemas/generated/state.ts'
import { LocalStore, type LocalStoreOptions } from './local-store.ts'
import { Overlay } from './overlay.ts'

const dirty = (reason: string): StateRecord => ({ type: 'dirty', reason })

function newPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'posture-state-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'state', 'enrichment.db')
}

function open(options: Partial<LocalStoreOptions> = {}): LocalStore {
  const store = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined, ...options })
  onTestFinished(() => store.close())
  return store
}

describe('the local store', () => {
  test('keeps records and the offset that they include, by partition', () => {
    const path = newPath()
    const first = LocalStore.open({ path, version: '1', dueAt: () => undefined })
    first.partition(0).apply([['dirty/a', dirty('a')]], 7n, 1000)
    first.close()
    const again = open({ path })
    expect(again.partition(0).get('dirty/a')).toEqual(dirty('a'))
    expect(again.partition(0).restored).toEqual({ next: 7n, at: 1000 })
    expect(again.partition(1).get('dirty/a')).toBeUndefined()
    expect(again.partition(1).restored).toEqual({ next: 0n, at: 0 })
  })

  test('discards a file of another version, and one that is no database', () => {
    const path = newPath()
    const first = LocalStore.open({ path, version: '1', dueAt: () => undefined })
    first.partition(0).apply([['dirty/a', dirty('a')]], 7n, 1000)
    first.close()
    const other = LocalStore.open({ path, version: '2', dueAt: () => undefined })
    expect(other.partition(0).restored.next).toBe(0n)
    other.close()
    writeFileSync(path, 'not a database, but long enough to be taken for one '.repeat(100))
    expect(open({ path, version: '2' }).partition(0).get('dirty/a')).toBeUndefined()
  })

  test('writes all changes or none', () => {
    const partition = open().partition(0)
    const broken = {
      get type(): never {
        throw new Error('no')
      },
    } as unknown as StateRecord
    expect(() =>
      partition.apply(
        [
          ['dirty/a', dirty('a')],
          ['dirty/b', broken],
        ],
        2n,
        0,
      ),
    ).toThrow('no')
    expect(partition.get('dirty/a')).toBeUndefined()
    expect(partition.restored.next).toBe(0n)
  })

  test('lists keys by prefix in order, past the size of a page, and what is due first', () => {
    const partition = open({
      dueAt: (record) => (record.type === 'dirty' ? Number(record.reason) : undefined),
    }).partition(0)
    const keys = Array.from({ length: 1200 }, (_, index) => `dirty/${String(index).padStart(5, '0')}`)
    partition.apply(
      keys.map((key, index) => [key, dirty(String(1200 - index))]),
      1200n,
      0,
    )
    partition.apply([['dirtz/x', dirty('5000')]], 1201n, 0)
    expect([...partition.keys('dirty/')]).toEqual(keys)
    expect([...partition.keys('dirty/', { after: keys[1190]!, limit: 3 })]).toEqual(keys.slice(1191, 1194))
    expect(partition.due(2, 10)).toEqual([keys[1199], keys[1198]])
  })
})

describe('an overlay', () => {
  test('shows its changes over a base that stays as it was', () => {
    const partition = open().partition(0)
    partition.apply(
      [
        ['dirty/a', dirty('a')],
        ['dirty/c', dirty('c')],
      ],
      2n,
      0,
    )
    const overlay = new Overlay(partition)
    overlay.put('dirty/b', dirty('b'))
    overlay.delete('dirty/a')
    expect([...overlay.keys('dirty/')]).toEqual(['dirty/b', 'dirty/c'])
    expect([...overlay.keys('dirty/', { limit: 1 })]).toEqual(['dirty/b'])
    expect(overlay.get('dirty/a')).toBeUndefined()
    expect([...partition.keys('dirty/')]).toEqual(['dirty/a', 'dirty/c'])
  })

  test('takes over what one above it changed, deletions included', () => {
    const below = new Overlay(open().partition(0))
    below.put('dirty/a', dirty('a'))
    const above = new Overlay(below)
    above.delete('dirty/a')
    above.put('dirty/b', dirty('b'))
    expect(below.get('dirty/a')).toEqual(dirty('a'))
    below.absorb(above)
    expect([...below.keys('dirty/')]).toEqual(['dirty/b'])
  })
})

describe('findings by CVE', () => {
  const about = (key: string, cves: readonly string[], state: FindingState['state'] = 'open') =>
    [
      `finding/${key}`,
      { type: 'finding', state, tenant: 'acme', identity: { resource: 'r' }, description: described(cves) },
    ] as unknown as [string, FindingState]
  const described = (cves: readonly string[]) => ({ vulnerabilities: cves.map((uid) => ({ uid })) })

  test('are found in order, past the size of a page, until they are closed, changed or deleted', () => {
    const partition = open().partition(0)
    const keys = Array.from({ length: 1200 }, (_, index) => String(index).padStart(5, '0'))
    partition.apply(
      keys.map((key) => about(key, ['cve-2024-3094', 'CVE-2024-3094', 'GHSA-1'])),
      1n,
      0,
    )
    const stored = keys.map((key) => `finding/${key}`)
    expect([...partition.findingsWithCve('CVE-2024-3094')]).toEqual(stored)
    expect([...partition.findingsWithCve(undefined, { after: stored[700]! })]).toEqual(stored.slice(701))
    const changed: [string, FindingState | null][] = [
      about('00000', []),
      about('00001', ['CVE-2024-3094'], 'resolved'),
      about('00002', ['CVE-2024-3094'], 'muted'),
      [stored[3]!, null],
      about('00004', ['CVE-2023-4863']),
    ]
    partition.apply(changed, 2n, 0)
    expect([...partition.findingsWithCve('CVE-2024-3094')]).toEqual([stored[2], ...stored.slice(5)])
    expect([...partition.findingsWithCve('CVE-2023-4863')]).toEqual([stored[4]])
    expect([...partition.findingsWithCve(undefined)]).toEqual([stored[2], ...stored.slice(4)])
    partition.clear()
    expect([...partition.findingsWithCve(undefined)]).toEqual([])
  })

  test("an overlay shows the running batch's", () => {
    const store = open()
    const [partition, other] = [store.partition(0), store.partition(1)]
    partition.apply([about('b', ['CVE-2024-3094']), about('d', ['CVE-2024-3094'])], 1n, 0)
    other.apply([about('x', ['CVE-2024-3094'])], 1n, 0)
    const overlay = new Overlay(partition)
    for (const [key, record] of [about('a', ['CVE-2024-3094']), about('c', ['CVE-2024-3094']), about('d', [])])
      overlay.put(key, record)
    const above = new Overlay(overlay)
    above.delete('finding/c')
    above.put(...about('e', ['CVE-2023-4863']))
    expect([...overlay.findingsWithCve('CVE-2024-3094')]).toEqual(['finding/a', 'finding/b', 'finding/c'])
    expect([...above.findingsWithCve('CVE-2024-3094', { after: 'finding/a' })]).toEqual(['finding/b'])
    expect([...above.findingsWithCve(undefined)]).toEqual(['finding/a', 'finding/b', 'finding/e'])
    expect([...partition.findingsWithCve('CVE-2024-3094')]).toEqual(['finding/b', 'finding/d'])
  })

  test('a file of an older layout is discarded', () => {
    const path = newPath()
    const old = LocalStore.open({ path, version: '1', dueAt: () => undefined })
    old.partition(0).apply([['dirty/a', dirty('a')]], 7n, 1000)
    old.close()
    const db = new DatabaseSync(path)
    db.exec("update meta set value = '1' where name = 'version'; drop table finding_cve")
    db.close()
    expect(open({ path }).partition(0).restored.next).toBe(0n)
  })
})
