import { expect, onTestFinished, test } from 'vitest'
import { SchemaRegistry } from '../schemas/registry.ts'
import { MAX_RECORD_BYTES } from '../stream/stream.ts'
import { BatchWork, type Workshop } from './batch-work.ts'
import { LocalStore } from './state/local-store.ts'

const DAY_MS = 24 * 3600 * 1000
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const letter = { key: 'k', value: Buffer.from('the event'), headers: {} }

function work(): BatchWork {
  const store = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  onTestFinished(() => store.close())
  const workshop: Workshop = {
    schemas: new SchemaRegistry(),
    enrichers: [],
    periods: { refreshMs: DAY_MS, forgetMs: DAY_MS, memoryMs: DAY_MS },
    ruleset: 'r',
    log: quiet,
    clock: () => 0,
  }
  return new BatchWork(store.partition(0), workshop)
}

const reasonOf = (batch: BatchWork): unknown[] =>
  batch.deadLetters.map(({ value, headers }) => [Buffer.from(value ?? []).toString(), headers?.['dl_code']])

test('an event that would make a state record too large for its topic is a dead letter and leaves nothing behind', () => {
  const batch = work()
  const done = batch.attempt(letter, 'origin', (store) => {
    store.put('dirty/small', { type: 'dirty', reason: 'small' })
    store.put('dirty/large', { type: 'dirty', reason: 'x'.repeat(MAX_RECORD_BYTES) })
    return []
  })
  expect(done).toBe(false)
  expect(batch.stateRecords()).toEqual([])
  expect(reasonOf(batch)).toEqual([['the event', 'RECORD_TOO_LARGE']])
})

test('an event that would make a finding too large for its topic is a dead letter', () => {
  const batch = work()
  const record = { key: 'finding', value: Buffer.alloc(MAX_RECORD_BYTES), headers: {} }
  expect(batch.attempt(letter, 'origin', () => [{ record, cause: 'observed' }])).toBe(false)
  expect(batch.emissions).toEqual([])
  expect(reasonOf(batch)).toEqual([['the event', 'RECORD_TOO_LARGE']])
})

test('the largest state record is written', () => {
  const batch = work()
  const record = { type: 'dirty', reason: 'x'.repeat(MAX_RECORD_BYTES - 200) } as const
  expect(batch.attempt(letter, 'origin', (store) => (store.put('dirty/a', record), []))).toBe(true)
  expect(batch.stateRecords().map(({ key }) => key)).toEqual(['dirty/a'])
})
