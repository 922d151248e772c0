import { describe, expect, test } from 'vitest'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { stateKey } from '../state/keys.ts'
import { dueAt, elapse, type Periods } from './periods.ts'
import {
  ACCOUNT,
  GROUP,
  INTERFACE,
  MINUTE,
  REGION,
  SamplePartition,
  START,
  completed,
  deleted,
  observed,
  started,
  uidOf,
  type SaidOfAsset,
  type SaidOfScan,
} from './sample-assets.ts'

const periods: Periods = { refreshMs: 1000 * MINUTE, forgetMs: 2000 * MINUTE, memoryMs: 500 * MINUTE }
const scope = { tenant: 'acme', account: ACCOUNT, region: REGION, type: GROUP }

/** A scan that sees these assets a minute after it started. */
function scan(ids: readonly string[], said: SaidOfScan & SaidOfAsset = {}): PostureEvent[] {
  const { at = START, uid = 'scan-1', document } = said
  const { scan: reference } = started({ ...said, uid, at })
  const assets = ids.map((id) =>
    observed({
      id,
      at: at + MINUTE,
      scan: reference,
      ...(document === undefined ? {} : { document }),
      ...(said.collector === undefined ? {} : { collector: said.collector }),
    }),
  )
  return [started({ ...said, uid, at }), ...assets, completed({ assets: ids.length, ...said, uid, at })]
}

const LATER = START + 60 * MINUTE

describe('a complete scan', () => {
  test('says that there are no other assets of its types in its region, also where it saw none', () => {
    const partition = new SamplePartition()
    const applied = partition.take(...scan([]))
    expect(applied.at(-1)).toEqual({ outcome: 'accepted', touched: [], covered: [scope] })
    expect(partition.covers()).toBe(true)
    expect(partition.covers(INTERFACE)).toBe(false)
    expect(partition.covers(GROUP, 'eu-west-2')).toBe(false)
    expect(partition.take(...scan([], { uid: 'scan-2', at: LATER })).at(-1)?.covered).toBeUndefined()
  })

  test('deletes what was seen before it started and not in it, as of its start', () => {
    const partition = new SamplePartition()
    partition.take(...scan(['sg-1', 'sg-2', 'sg-3']), ...scan(['sg-2'], { uid: 'scan-2', at: LATER }))
    expect(partition.sweep()).toEqual([uidOf('sg-1'), uidOf('sg-3')])
    expect(partition.asset('sg-1')).toMatchObject({ deleted: true, asset: { version: { time: LATER } } })
    expect(partition.asset('sg-2')?.deleted).toBe(false)
    expect(partition.sweep()).toEqual([])
  })

  test('leaves alone what was seen after it started, what another collector saw, and what it did not cover', () => {
    const partition = new SamplePartition()
    partition.take(
      observed({ id: 'created', at: LATER + 1 }),
      observed({ id: 'of-files', collector: 'files' }),
      observed({ id: 'elsewhere', region: 'eu-west-2' }),
      observed({ id: 'interface', type: INTERFACE }),
      observed({ id: 'global', region: '' }),
      observed({ id: 'gone' }),
      ...scan([], { at: LATER }),
    )
    expect(partition.sweep()).toEqual([uidOf('gone')])
  })

  test('of global assets covers those without a region', () => {
    const partition = new SamplePartition()
    partition.take(observed({ id: 'global', region: '' }), ...scan([], { at: LATER, regions: [''] }))
    expect(partition.sweep()).toEqual([uidOf('global')])
    expect(partition.covers(GROUP, '')).toBe(true)
  })

  test('whose assets were said to be deleted meanwhile counts them all the same', () => {
    const partition = new SamplePartition()
    const [start, one, two, end] = scan(['sg-1', 'sg-2'])
    partition.take(start!, one!, deleted({ id: 'sg-1', at: LATER }), deleted({ id: 'sg-2', at: LATER }), two!, end!)
    expect(partition.covers()).toBe(true)
    expect(partition.asset('sg-2')?.deleted).toBe(true)
  })

  test('of several types and regions is counted as one', () => {
    const partition = new SamplePartition()
    const said = { types: [GROUP, INTERFACE], regions: [REGION, 'eu-west-2'], uid: 'wide' }
    const reference = started(said).scan
    partition.take(
      started(said),
      observed({ id: 'a', scan: reference }),
      observed({ id: 'b', scan: reference, type: INTERFACE, region: 'eu-west-2' }),
      completed({ ...said, assets: 2 }),
    )
    expect(partition.covers(INTERFACE, REGION)).toBe(true)
    expect(partition.covers(INTERFACE, 'eu-west-2')).toBe(true)
  })

  test('that comes twice, as after a crash, means the same once', () => {
    const partition = new SamplePartition()
    const events = scan(['sg-1', 'sg-2'])
    partition.take(...events)
    const { known } = partition
    expect(partition.take(...events).map(({ outcome }) => outcome)).not.toContain('scan_partial')
    expect(partition.known).toEqual(known)
    expect(partition.sweep()).toEqual([])
  })

  test('that is repeated from the middle on is counted right', () => {
    const partition = new SamplePartition()
    const events = scan(['sg-1', 'sg-2', 'sg-3'])
    partition.take(...events.slice(0, 3), ...events.slice(0))
    expect(partition.covers()).toBe(true)
  })
})

describe('nothing is deleted and nothing covered', () => {
  test.each([
    ['by a partial scan', { outcome: 'partial' as const }],
    ['by a failed scan', { outcome: 'failed' as const }],
    ['where fewer assets arrived than were sent', { assets: 2 }],
    ['where more arrived', { assets: 0 }],
  ])('%s', (_, said) => {
    const partition = new SamplePartition()
    const applied = partition.take(observed({ id: 'old' }), ...scan(['sg-1'], { at: LATER, ...said }))
    expect(applied.at(-1)?.outcome).toBe('scan_partial')
    expect(applied.at(-1)?.note !== undefined).toBe('assets' in said)
    expect(partition.sweep()).toEqual([])
    expect(partition.covers()).toBe(false)
  })

  test('where a later scan of any of it has started', () => {
    const partition = new SamplePartition()
    const [start, ...rest] = scan([], { at: LATER, types: [GROUP, INTERFACE] })
    partition.take(observed({ id: 'old' }), start!, started({ uid: 'scan-2', at: LATER + MINUTE, types: [INTERFACE] }))
    expect(partition.take(...rest).at(-1)?.outcome).toBe('scan_overtaken')
    expect(partition.sweep()).toEqual([])
    expect(partition.covers()).toBe(false)
  })

  test('by a scan that does not say which regions it covered', () => {
    const partition = new SamplePartition()
    const event = completed()
    const { regions: _, ...rest } = event.scope
    expect(partition.take({ ...event, scope: rest })[0]).toMatchObject({ outcome: 'scan_partial' })
  })

  test('but an earlier scan that ends late does not undo what the later one found', () => {
    const partition = new SamplePartition()
    const [start, seen, end] = scan(['sg-1'])
    partition.take(start!, ...scan(['sg-2'], { uid: 'scan-2', at: LATER }))
    expect(partition.take(seen!, end!).at(-1)?.outcome).toBe('scan_overtaken')
    expect(partition.covers()).toBe(true)
    partition.sweep()
    expect(partition.asset('sg-2')?.deleted).toBe(false)
  })
})

test('a scan with a start far ahead does not overtake all that follow', () => {
  const partition = new SamplePartition()
  const event = started({ uid: 'ahead', at: START + 1e9 })
  partition.take({ ...event, time: START }, ...scan([], { at: LATER }))
  expect(partition.covers()).toBe(true)
})

test('a scan of assets closes no finding by absence, and leaves no record among the scans of findings', () => {
  const partition = new SamplePartition()
  partition.take(...scan(['sg-1']))
  expect(Object.keys(partition.known).filter((key) => key.startsWith('scan/'))).toEqual([])
})

test('a scope too large to be true is refused', () => {
  const partition = new SamplePartition()
  const many = Array.from({ length: 200 }, (_, index) => `x${index}`)
  expect(() => partition.take(started({ types: many, regions: many }))).toThrow(/200 regions and 200 types/)
})

test('what a scan covered is forgotten after a while without another', () => {
  const partition = new SamplePartition()
  partition.take(...scan([]))
  const [[key, coverage]] = [...partition.store.changes].filter(([each]) => each.startsWith('coverage/')) as [
    [string, NonNullable<ReturnType<SamplePartition['store']['get']>>],
  ]
  expect(dueAt(coverage, periods)).toBe(partition.now + periods.memoryMs)
  elapse(key, partition.store, partition.now + periods.memoryMs, periods)
  expect(partition.covers()).toBe(false)
})

describe('a sweep', () => {
  const ids = Array.from({ length: 60 }, (_, index) => `sg-${String(index).padStart(3, '0')}`)

  test('goes on where it stopped, in steps of a bounded size, and a newer observation stands', () => {
    const partition = new SamplePartition()
    partition.take(...scan(ids), ...scan([], { uid: 'scan-2', at: LATER }))
    const [key] = [...partition.store.keys('dirty/sweep/')]
    expect(key).toBeDefined()
    const first = partition.sweepOnce(5)
    expect(first).toHaveLength(5)
    expect(partition.store.get(key!)).toMatchObject({
      type: 'sweep',
      after: expect.stringContaining('sg-004') as string,
    })
    partition.take(observed({ id: 'sg-010', at: LATER + 1 }))
    expect(partition.sweep(5)).toHaveLength(54)
    expect(partition.asset('sg-010')?.deleted).toBe(false)
    expect(partition.asset('sg-059')?.deleted).toBe(true)
  })

  test('looks at a bounded number of assets that stay', () => {
    const partition = new SamplePartition()
    partition.take(...scan(ids), ...scan(ids.slice(0, 59), { uid: 'scan-2', at: LATER }))
    expect(partition.sweepOnce(2)).toEqual([])
    expect(partition.sweepOnce(2)).toEqual([uidOf('sg-059')])
  })

  test('is not asked for where nothing is known', () => {
    const partition = new SamplePartition()
    partition.take(...scan([]))
    expect([...partition.store.keys(stateKey.dirtyPrefix)]).toEqual([])
  })
})
