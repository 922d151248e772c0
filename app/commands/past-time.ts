import { InvalidArgumentError } from 'commander'
import { DURATION_PATTERN, durationMs } from '../../core/duration.ts'
import { readTime } from '../../core/time.ts'

const IS_DURATION = new RegExp(DURATION_PATTERN)

/** Reads a time, in milliseconds since the epoch: an ISO date (in UTC where it names no zone), or how long ago: `2h`, `3d`. */
export function pastTime(text: string): number {
  if (IS_DURATION.test(text)) return Date.now() - durationMs(text)
  const at = readTime(text, { unit: 'milliseconds' })?.at
  if (at === undefined) throw new InvalidArgumentError('Write 2h, 3d, 2026-11-25 or 2026-11-25T12:00:00Z.')
  return at
}
