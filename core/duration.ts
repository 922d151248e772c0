import { PermanentError } from './errors.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** What a duration looks like in a configuration: a whole number and a unit, `90s`, `15m`, `24h`, `7d`. */
export const DURATION_PATTERN = '^[1-9][0-9]{0,5}[smhd]$'

/** Milliseconds of such a duration; throws DURATION_INVALID. */
export function durationMs(text: string): number {
  const unit = UNITS[text.at(-1) ?? '']
  if (!new RegExp(DURATION_PATTERN).test(text) || unit === undefined) {
    throw new PermanentError('DURATION_INVALID', `${JSON.stringify(text)} is no duration; write 90s, 15m, 24h or 7d`)
  }
  return Number(text.slice(0, -1)) * unit
}
