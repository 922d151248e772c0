import { expect, onTestFinished, test } from 'vitest'
import type { FindingState, StateRecord } from '../../schemas/generated/state.ts'
import { assetPrefix, dirtyAccountPrefix, hasKeys, stateKey } from '../state/keys.ts'
import { LocalStore } from '../state/local-store.ts'
import { Overlay } from '../state/overlay.ts'
import { drainAccounts, markAccount } from './account-marks.ts'
import { assetRecord, SAMPLE_ACCOUNT, SAMPLE_TENANT } from './sample-graph.ts'

const MARK = stateKey.dirtyAccount(SAMPLE_TENANT, SAMPLE_ACCOUNT)
const OTHER = '999988887777'

/** Buckets with a finding each, one of them of another account, one of another tenant. */
function open() {
  const store = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  onTestFinished(() => store.close())
  const state = store.partition(0)
  const bucket = (uid: string, more: object = {}): [string, StateRecord][] => {
    const record = assetRecord({ uid, document: { type: 'AWS::S3::Bucket' }, ...more })
    const finding = {
      type: 'finding',
      state: 'open',
      tenant: record.tenant,
      identity: { resource: uid },
      description: {},
    }
    return [
      [stateKey.asset(record.tenant, uid), record],
      [`finding/${record.tenant}-${uid}`, finding as unknown as FindingState],
    ]
  }
  const own = Array.from({ length: 10 }, (_, index) => bucket(`bucket-${index}`)).flat()
  state.apply([...own, ...bucket('other', { account: OTHER }), ...bucket('bucket-1', { tenant: 'umbrella' })], 1n, 0)
  return state
}

function drained(store: Overlay, state: ReturnType<typeof open>, limit: number): string[] {
  const found: string[] = []
  drainAccounts(store, state.assets.graph, limit, (stored) => found.push(stored))
  return found
}

test("an account's findings are taken in steps, each once, and those of others are left alone", () => {
  const state = open()
  const store = new Overlay(state)
  markAccount(store, SAMPLE_TENANT, SAMPLE_ACCOUNT)
  const steps = [4, 4, 4].map((limit) => drained(store, state, limit))
  expect(steps.map(({ length }) => length)).toEqual([4, 4, 2])
  expect(steps.flat().toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => `finding/acme-bucket-${index}`))
  expect(hasKeys(store, dirtyAccountPrefix)).toBe(false)
})

test('an account that is marked while it is walked is walked once more', () => {
  const state = open()
  const store = new Overlay(state)
  markAccount(store, SAMPLE_TENANT, SAMPLE_ACCOUNT)
  drained(store, state, 4)
  markAccount(store, SAMPLE_TENANT, SAMPLE_ACCOUNT)
  markAccount(store, SAMPLE_TENANT, SAMPLE_ACCOUNT)
  const counts = Array.from({ length: 4 }, () => drained(store, state, 9).length)
  expect(counts).toEqual([6, 9, 1, 0])
  expect(hasKeys(store, dirtyAccountPrefix)).toBe(false)
})

test('a walk that was begun over another graph begins anew', async () => {
  const state = open()
  const store = new Overlay(state)
  markAccount(store, SAMPLE_TENANT, SAMPLE_ACCOUNT)
  drained(store, state, 4)
  state.apply(store.changes, 2n, 0)
  state.assets.unload()
  await state.assets.load(() => state.records(assetPrefix), new AbortController().signal)
  expect(drained(new Overlay(state), state, 500).length).toBe(10)
})

test('an asset with more findings than there is room for leaves the others marked', () => {
  const state = open()
  const finding = state.get('finding/acme-bucket-0')!
  state.apply(
    Array.from({ length: 20 }, (_, index): [string, StateRecord] => [`finding/more-${index}`, finding]),
    2n,
    0,
  )
  const store = new Overlay(state)
  markAccount(store, SAMPLE_TENANT, SAMPLE_ACCOUNT)
  expect(drained(store, state, 5).length).toBe(5)
  expect([...store.keys(stateKey.dirtyFinding(''))].length).toBe(16)
  expect(store.get(MARK)).toBeDefined()
})
