import { DateTime, IANAZone } from 'luxon'

export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds'

/** How a time was read other than as it should stand; each is a flag of the event. */
export type TimeNote = 'time_assumed_utc' | 'time_assumed_zone' | 'time_unit_repaired' | 'numeric_string_repaired'

export interface ReadTime {
  /** Milliseconds since the epoch, between 2000 and 2100. */
  readonly at: number
  readonly notes: readonly TimeNote[]
}

export interface TimeReading {
  /** The unit in which this source writes numbers. */
  readonly unit: TimeUnit
  /** The IANA zone of dates that name none; UTC unless told. */
  readonly zone?: string
}

const YEAR_2000 = Date.UTC(2000, 0, 1)
const YEAR_2100 = Date.UTC(2100, 0, 1)
const UNITS: readonly (readonly [TimeUnit, number])[] = [
  ['seconds', 1000],
  ['milliseconds', 1],
  ['microseconds', 1e-3],
  ['nanoseconds', 1e-6],
]
const NUMERIC = /^[+-]?\d+(\.\d+)?$/
const ENGLISH_DATE = 'LLL d yyyy HH:mm:ss'

/**
 * Reads a source's time, whatever it wrote: a number in any unit (told apart by magnitude: between 2000 and 2100 the four
 * do not overlap), the same as text, ISO 8601, SQL, or `Jun 03 2026 11:18:08`. A local time that a clock change skips or
 * repeats is read the same way every time. Undefined for everything else, -1 and null included.
 */
export function readTime(value: unknown, { unit, zone = 'UTC' }: TimeReading): ReadTime | undefined {
  if (typeof value === 'number') return fromNumber(value, unit)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (!NUMERIC.test(text)) return fromText(text, zone)
  const read = fromNumber(Number(text), unit)
  return read && { at: read.at, notes: [...read.notes, 'numeric_string_repaired'] }
}

/** Whether `readTime` can take dates as being in this zone. */
export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone)
}

function fromNumber(value: number, expected: TimeUnit): ReadTime | undefined {
  for (const [unit, factor] of UNITS) {
    const at = Math.floor(value * factor)
    if (isUsable(at)) return { at, notes: unit === expected ? [] : ['time_unit_repaired'] }
  }
  return undefined
}

function fromText(text: string, zoneName: string): ReadTime | undefined {
  // A zone object of our own: a date that names its zone comes back with another one, also where both are UTC.
  const zone = IANAZone.create(zoneName === 'UTC' ? 'Etc/UTC' : zoneName)
  const options = { zone, setZone: true }
  const parsed = [
    () => DateTime.fromISO(text, options),
    () => DateTime.fromSQL(text, options),
    () => DateTime.fromFormat(text, ENGLISH_DATE, { ...options, locale: 'en-US' }),
  ]
  for (const parse of parsed) {
    const date = parse()
    if (!date.isValid) continue
    // Of an hour that occurs twice luxon takes the one whose offset is in force today; the earlier one is the same every day.
    const at = Math.min(...date.getPossibleOffsets().map((each) => each.toMillis()))
    if (!isUsable(at)) return undefined
    if (date.zone !== zone) return { at, notes: [] }
    return { at, notes: [zoneName === 'UTC' ? 'time_assumed_utc' : 'time_assumed_zone'] }
  }
  return undefined
}

function isUsable(at: number): boolean {
  return at >= YEAR_2000 && at < YEAR_2100
}
