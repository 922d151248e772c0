import { describe, expect, test } from 'vitest'
import { PermanentError } from '../core/errors.ts'
import { DEAD_LETTER_PART_BYTES, deadLetterRecords, streamOrigin } from './dead-letters.ts'
import { SchemaRegistry } from './registry.ts'

const reason = {
  stage: 'sinks',
  component: 'archive',
  error: new PermanentError('REFUSED', 'no'),
  attempts: 3,
  origin: streamOrigin({ topic: 'posture.findings', partition: 2, offset: 7n }),
  time: Date.UTC(2025, 10, 25),
} as const

describe('dead letters', () => {
  test('keep the bytes, the key and the headers that they came with', () => {
    const value = Buffer.from('{broken')
    const [record, ...others] = deadLetterRecords(
      { key: 'k', value, headers: { tenant: 'acme', schema: 'x/1' } },
      reason,
    )
    expect(others).toEqual([])
    expect(record).toMatchObject({
      key: 'k',
      headers: { tenant: 'acme', schema: 'x/1', dl_origin: 'posture.findings/2/7' },
    })
    expect(record!.value).toEqual(value)
    expect(record!.headers).not.toHaveProperty('dl_part')
    expect(() => new SchemaRegistry().check('dead-letter', record!.headers)).not.toThrow()
  })

  test('are cut into numbered parts of 512 KiB under one key, and put together give the original bytes', () => {
    const value = Buffer.alloc(2 * DEAD_LETTER_PART_BYTES + 1, 'abcdefg')
    const records = deadLetterRecords({ key: 'k', value }, reason)
    expect(records.map(({ key, headers }) => `${key} ${headers['dl_part']}`)).toEqual(['k 1/3', 'k 2/3', 'k 3/3'])
    expect(Math.max(...records.map((record) => record.value.byteLength))).toBe(DEAD_LETTER_PART_BYTES)
    expect(Buffer.concat(records.map((record) => record.value)).equals(value)).toBe(true)
    expect(() => new SchemaRegistry().check('dead-letter', records[2]!.headers)).not.toThrow()
  })

  test('of exactly 512 KiB stay whole, and no bytes at all are a letter too', () => {
    expect(deadLetterRecords({ key: 'k', value: Buffer.alloc(DEAD_LETTER_PART_BYTES) }, reason)).toHaveLength(1)
    expect(deadLetterRecords({ key: 'k', value: Buffer.alloc(0) }, reason)).toHaveLength(1)
  })

  test('do not inherit the part number of an earlier burial', () => {
    const [record] = deadLetterRecords({ key: 'k', value: Buffer.from('x'), headers: { dl_part: '1/3' } }, reason)
    expect(record!.headers).not.toHaveProperty('dl_part')
  })
})
