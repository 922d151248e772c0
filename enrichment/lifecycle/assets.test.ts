import { describe, expect, test } from 'vitest'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { stateKey } from '../state/keys.ts'
import { withUsableDocument } from './documents.ts'
import { dueAt, elapse, type Periods } from './periods.ts'
import { GROUP, INTERFACE, MINUTE, SamplePartition, START, deleted, observed, uidOf } from './sample-assets.ts'

const open = { name: 'open' }
const closed = { name: 'closed' }
const periods: Periods = { refreshMs: 1000 * MINUTE, forgetMs: 2000 * MINUTE, memoryMs: 500 * MINUTE }

describe('an observation', () => {
  test('is kept whole with its document, and answers which asset changed', () => {
    const partition = new SamplePartition()
    const [applied] = partition.take(observed({ document: open }))
    expect(applied).toEqual({ outcome: 'accepted', touched: [], assets: [uidOf('sg-1')] })
    expect(partition.asset()).toMatchObject({ deleted: false, document: { type: GROUP, ...open } })
  })

  test('that says nothing new changes the mark alone', () => {
    const partition = new SamplePartition()
    partition.take(observed({ document: open }))
    const before = partition.asset()
    const [applied] = partition.take(observed({ document: open, at: START + MINUTE }))
    expect(applied).toEqual({ outcome: 'repeated', touched: [] })
    expect(partition.asset()).toBe(before)
  })

  test('that was overtaken by one that said the same as before is stale all the same', () => {
    const partition = new SamplePartition()
    partition.take(observed({ document: open }), observed({ document: open, at: START + 2 * MINUTE }))
    const [applied] = partition.take(observed({ document: closed, at: START + MINUTE }))
    expect(applied).toEqual({ outcome: 'stale', touched: [] })
    expect(partition.asset()?.document).toMatchObject(open)
  })

  test('counts by its sequence where two have one time', () => {
    const partition = new SamplePartition()
    partition.take(observed({ document: open, sequence: 2 }), observed({ document: closed, sequence: 1 }))
    expect(partition.asset()?.document).toMatchObject(open)
  })

  test('of another region moves the asset with its mark', () => {
    const partition = new SamplePartition()
    partition.take(observed({ region: 'eu-west-1' }), observed({ region: 'eu-west-2', at: START + 1 }))
    expect(Object.keys(partition.known).filter((key) => key.startsWith('asset-seen/'))).toHaveLength(1)
    const [late] = partition.take(observed({ region: 'eu-west-1' }))
    expect(late?.outcome).toBe('stale')
    expect(partition.asset()?.asset.region).toBe('eu-west-2')
  })

  test('far ahead of the clock that took it does not outlast those that follow', () => {
    const partition = new SamplePartition()
    partition.take(observed({ document: open, at: START + 1e9, time: START }))
    partition.take(observed({ document: closed, at: START + MINUTE, time: START + MINUTE }))
    expect(partition.asset()?.document).toMatchObject(closed)
  })
})

describe('a deletion', () => {
  test('drops what was stated before and comes later, and gives way to what is stated after', () => {
    const partition = new SamplePartition()
    partition.take(observed({ document: open }), deleted({ at: START + 2 }))
    expect(partition.asset()).toMatchObject({ deleted: true, asset: { type: GROUP, region: 'eu-west-1' } })
    expect(partition.asset()?.document).toBeUndefined()
    expect(partition.take(observed({ document: closed, at: START + 1 }))[0]?.outcome).toBe('after_deletion')
    expect(partition.take(observed({ document: open, at: START + 3 }))[0]?.assets).toEqual([uidOf('sg-1')])
    expect(partition.asset()).toMatchObject({ deleted: false })
  })

  test('counts where a document has the same time, whichever comes first', () => {
    const [one, other] = [new SamplePartition(), new SamplePartition()]
    one.take(observed(), deleted())
    other.take(deleted(), observed())
    expect(one.asset()?.deleted).toBe(true)
    expect(other.asset()?.deleted).toBe(true)
  })

  test('of what was never seen is remembered', () => {
    const partition = new SamplePartition()
    partition.take(deleted({ at: START + 1 }), observed())
    expect(partition.asset()?.deleted).toBe(true)
  })

  test('is forgotten with its mark, and a living asset never', () => {
    const partition = new SamplePartition()
    const key = stateKey.asset('acme', uidOf('sg-1'))
    partition.take(observed())
    expect(dueAt(partition.asset()!, periods)).toBeUndefined()
    partition.take(deleted({ at: START + 1 }))
    elapse(key, partition.store, partition.now + periods.forgetMs, periods)
    expect(partition.known).toEqual({})
  })
})

test('any order and any repetition end in the same state', () => {
  const events = [
    observed({ document: open }),
    observed({ document: closed }),
    observed({ document: open, at: START + 1, region: 'eu-west-2' }),
    deleted({ at: START + 2 }),
    observed({ document: closed, at: START + 2 }),
    observed({ document: closed, at: START + 3, collector: 'files' }),
    observed({ document: closed, at: START + 3 }),
    observed({ id: 'sg-2', at: START + 4 }),
  ]
  const expected = after(events)
  for (let seed = 1; seed <= 200; seed++) expect(after(shuffled([...events, ...events], seed))).toEqual(expected)
})

describe('a document', () => {
  const schemas = new SchemaRegistry()

  test('of a type that this version does not know leaves an asset without one', () => {
    const partition = new SamplePartition()
    const [applied] = partition.take(withUsableDocument(observed({ type: 'Azure::Something' }), schemas))
    expect(applied?.outcome).toBe('accepted')
    expect(partition.asset()?.document).toBeUndefined()
    expect(partition.asset()?.asset.type).toBe('Azure::Something')
  })

  test('gives the asset its type where the asset has none', () => {
    const { asset, ...event } = observed()
    const { type: _, ...untyped } = asset
    expect(withUsableDocument({ ...event, asset: untyped }, schemas)).toEqual(observed())
  })

  test.each([
    ['whose type is another', { type: INTERFACE }, /its document of "AWS::EC2::NetworkInterface"/],
    ['whose property is of the wrong kind', { ingress: 'all' }, /\/ingress must be array/],
  ])('%s is refused with its place', (_, document, message) => {
    const event = { ...observed(), document: { type: GROUP, ...document } }
    expect(() => withUsableDocument(event, schemas)).toThrow(
      expect.objectContaining({ code: 'ASSET_DOCUMENT_INVALID', message: expect.stringMatching(message) as string }),
    )
  })
})

function after(events: readonly PostureEvent[]): unknown {
  const partition = new SamplePartition()
  partition.take(...events)
  return partition.known
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
