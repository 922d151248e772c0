import { describe, expect, test } from 'vitest'
import { isZone, readTime, type TimeUnit } from './time.ts'

const at = (value: unknown, unit: TimeUnit = 'seconds', zone?: string) =>
  readTime(value, { unit, ...(zone === undefined ? {} : { zone }) })
const iso = (text: string): number => new Date(text).getTime()

describe('numbers', () => {
  test('seconds, milliseconds, microseconds and nanoseconds of one moment are one time', () => {
    const moment = 1764076800000
    expect(at(1764076800)).toEqual({ at: moment, notes: [] })
    for (const other of [1764076800000, 1764076800000000, 1764076800000000000])
      expect(at(other)).toEqual({ at: moment, notes: ['time_unit_repaired'] })
  })

  test('the unit that the source is known for is no repair', () => {
    expect(at(1764076800000, 'milliseconds')).toEqual({ at: 1764076800000, notes: [] })
    expect(at(1764076800, 'milliseconds')).toEqual({ at: 1764076800000, notes: ['time_unit_repaired'] })
  })

  test('a number written as text is read and noted', () => {
    expect(at('1764076800000', 'milliseconds')).toEqual({ at: 1764076800000, notes: ['numeric_string_repaired'] })
    expect(at(' 1764076800 ')).toEqual({ at: 1764076800000, notes: ['numeric_string_repaired'] })
  })

  test('fractions of a second survive to the millisecond', () => {
    expect(at(1764076800.123)?.at).toBe(1764076800123)
  })

  test.each([-1, 0, 1, Number.NaN, Number.POSITIVE_INFINITY, 946684799, 4102444800000000000, '-1', '0', '2026'])(
    '%s is no time',
    (value) => {
      expect(at(value)).toBeUndefined()
    },
  )

  test.each([null, undefined, true, {}, []])('%j is no time', (value) => {
    expect(at(value)).toBeUndefined()
  })
})

describe('dates', () => {
  test.each([
    ['2026-06-02T23:59:48.1234567Z', '2026-06-02T23:59:48.123Z'],
    ['2026-11-25T13:36:59.737586+00:00', '2026-11-25T13:36:59.737Z'],
    ['2026-11-25T13:36:59+0200', '2026-11-25T11:36:59Z'],
    ['2026-03-29 02:30:00 UTC', '2026-03-29T02:30:00Z'],
    ['2026-03-29 02:30:00.5+02:00', '2026-03-29T00:30:00.500Z'],
  ])('%s names its zone', (text, expected) => {
    expect(at(text)).toEqual({ at: iso(expected), notes: [] })
    expect(at(text, 'seconds', 'Asia/Tokyo')).toEqual({ at: iso(expected), notes: [] })
  })

  test.each([
    ['2026-03-29T02:30:00', '2026-03-29T02:30:00Z'],
    ['2026-03-29 02:30:00', '2026-03-29T02:30:00Z'],
    ['2026-11-25T13:44:43.304870', '2026-11-25T13:44:43.304Z'],
    ['Jun 03 2026 11:18:08', '2026-06-03T11:18:08Z'],
    ['Jun 3 2026 11:18:08', '2026-06-03T11:18:08Z'],
  ])('%s is taken as UTC, and that is noted', (text, expected) => {
    expect(at(text)).toEqual({ at: iso(expected), notes: ['time_assumed_utc'] })
  })

  test('a date without a zone is taken in the zone that the operator named', () => {
    expect(at('2026-06-03T11:18:08', 'seconds', 'Europe/Berlin')).toEqual({
      at: iso('2026-06-03T09:18:08Z'),
      notes: ['time_assumed_zone'],
    })
  })

  test('a local time that a clock change skips or repeats is read the same way every time', () => {
    expect(at('2026-03-29T02:30:00', 'seconds', 'Europe/Berlin')?.at).toBe(iso('2026-03-29T01:30:00Z'))
    expect(at('2026-10-25T02:30:00', 'seconds', 'Europe/Berlin')?.at).toBe(iso('2026-10-25T00:30:00Z'))
  })

  test.each(['', 'yesterday', '2026-13-01T00:00:00Z', '2026-11-25T25:00:00Z', '1969-12-31T23:59:59Z', '2150-01-01'])(
    '%j is no time',
    (text) => {
      expect(at(text)).toBeUndefined()
    },
  )
})

test('only zones of the IANA database are zones', () => {
  expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isZone)).toEqual([true, true, false, false])
})
