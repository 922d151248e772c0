import { describe, expect, test } from 'vitest'
import { PermanentError } from '../core/errors.ts'
import {
  DEAD_LETTER_PART_BYTES,
  deadLetterId,
  deadLetterRecords,
  placeOf,
  readVerdict,
  streamOrigin,
  verdictRecord,
  withoutReason,
} from './dead-letters.ts'
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

  test('inherit nothing of an earlier burial, nor of what looks like a verdict', () => {
    const headers = { dl_part: '1/3', dl_verdict: 'dropped', dl_of: '1-2', tenant: 'acme' }
    const [record] = deadLetterRecords({ key: 'k', value: Buffer.from('x'), headers }, reason)
    expect(record!.headers).not.toHaveProperty('dl_part')
    expect(record!.headers).not.toHaveProperty('dl_verdict')
    expect(withoutReason(record!.headers)).toEqual({ tenant: 'acme' })
  })

  test('say where in the stream they come from, and that can be read back', () => {
    const place = { topic: 'posture.dead-letters', partition: 2, offset: 12345678901234567890n }
    expect(placeOf(streamOrigin(place))).toEqual(place)
    expect(placeOf('reports/a.json#12')).toBeUndefined()
    expect(placeOf('queue/12/x')).toBeUndefined()
  })
})

describe('the verdict on a dead letter', () => {
  const verdict = { verdict: 'replayed', of: deadLetterId({ partition: 3, offset: 17n }), time: reason.time } as const

  test('is a record beside it that says which, when and what was done', () => {
    const record = verdictRecord({ ...verdict, remark: 'published again' }, 'k')
    expect(record).toMatchObject({
      key: 'k',
      value: new Uint8Array(),
      headers: { dl_verdict: 'replayed', dl_of: '3-17' },
    })
    expect(() => new SchemaRegistry().check('dead-letter-verdict', record.headers)).not.toThrow()
    expect(readVerdict(record.headers, 0)).toEqual({ ...verdict, remark: 'published again' })
  })

  test('is none of a dead letter, nor of what nobody knows', () => {
    const [letter] = deadLetterRecords({ key: 'k', value: Buffer.from('x') }, reason)
    expect(readVerdict(letter!.headers, 0)).toBeUndefined()
    expect(readVerdict({ dl_verdict: 'burnt', dl_of: '3-17' }, 0)).toBeUndefined()
    expect(readVerdict({ dl_verdict: 'dropped', dl_of: '3-17', dl_time: 'once' }, 5)).toMatchObject({ time: 5 })
  })
})
