import type { FindingState, UrgentSince } from '../../schemas/generated/state.ts'
import { BANDS, type FindingStatus, type PriorityBand } from '../../schemas/records.ts'
import type { Priority } from '../enricher.ts'
import { isClosed } from './verdict.ts'

const DAY_MS = 24 * 3600 * 1000

/** By when a finding is to be mended, in milliseconds since the epoch by our clock. */
export interface Due {
  /** By its priority. */
  readonly at?: number
  /** By BOD 26-04, of a finding about a CVE; it stands beside the other and moves it not. */
  readonly bod?: number
}

/**
 * Since when a finding has been at least as urgent as each band: one that it was below until now counts from `at`, one
 * that it is below now is forgotten. Undefined once it is closed: a new opening starts anew.
 */
export function urgentSince(
  before: UrgentSince | undefined,
  band: PriorityBand | undefined,
  status: FindingStatus,
  at: number,
): UrgentSince | undefined {
  if (band === undefined || isClosed(status)) return undefined
  const reached = BANDS.slice(BANDS.indexOf(band))
  return Object.fromEntries(reached.map((each) => [each, before?.[each] ?? at]))
}

/**
 * The days of its band from when it first was this urgent, and the days of BOD 26-04 from when it opened or CISA listed
 * the CVE, whichever was later. A closed finding is due no more.
 */
export function dueOf({ urgentSince: since }: FindingState, priority: Priority, status: FindingStatus): Due {
  if (since === undefined || isClosed(status)) return {}
  const { band, dueDays, cve, evidence } = priority
  const reached = since[band]
  const { kev, kevAddedAt = 0 } = evidence.cve ?? {}
  const opened = since.P4
  return {
    ...(reached === undefined ? {} : { at: reached + dueDays * DAY_MS }),
    ...(opened === undefined || cve?.bodDays === undefined
      ? {}
      : { bod: Math.max(opened, kev === true ? kevAddedAt : 0) + cve.bodDays * DAY_MS }),
  }
}
