import { expect, test } from 'vitest'
import { requireFits } from './record-limit.ts'
import { MAX_RECORD_BYTES, recordBytes } from './stream.ts'
import { topics } from './topics.ts'

test('a record counts with its key and headers, in bytes and not in characters', () => {
  expect(recordBytes({ key: '€', value: Buffer.alloc(10), headers: { ä: 'ö' } })).toBe(3 + 10 + 4)
  expect(recordBytes({ key: 'k', value: null })).toBe(1)
})

test('a record at the limit fits, one byte more does not, and dead letters may have twice as much', () => {
  const record = (size: number) => ({ key: 'k', value: Buffer.alloc(size - 1) })
  requireFits(topics.events, record(MAX_RECORD_BYTES))
  requireFits(topics.deadLetters, record(2 * MAX_RECORD_BYTES))
  const refused = {
    code: 'RECORD_TOO_LARGE',
    message: 'The record k for posture.events has 1000001 bytes with its headers; the topic takes 1000000',
  }
  expect(() => requireFits(topics.events, record(MAX_RECORD_BYTES + 1))).toThrow(expect.objectContaining(refused))
  expect(() => requireFits(topics.deadLetters, record(2 * MAX_RECORD_BYTES + 1))).toThrow(/posture\.dead-letters/)
})

test('a key that is itself enormous is not repeated in the message', () => {
  const key = 'x'.repeat(2_000_000)
  expect(() => requireFits(topics.events, { key, value: null })).toThrow(/^The record x{200}… for/)
})
