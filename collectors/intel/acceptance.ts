import { durationMs } from '../../core/duration.ts'
import { TITLES, type FeedContent, type ListName } from './feed-content.ts'
import type { ListMark } from './position.ts'
import { dayOf, refused } from './refused.ts'

const DAY_MS = 86_400_000
/** A list with fewer CVEs than this share of the last good one has lost some: none is ever taken back in such numbers. */
const LEAST_LEFT = 0.9

/**
 * Throws a PermanentError (`INTEL_REFUSED`) where a list, sound in itself, cannot follow the last good one. An older one is
 * told apart by `isOlder` before.
 */
export function requireSuccessor(
  { at, count }: FeedContent,
  last: ListMark | undefined,
  name: string,
  now: number,
): void {
  if (at > now + DAY_MS)
    throw refused(name, `is of ${dayOf(at)}, which is yet to come: check our clock, then fetch it again`)
  if (last === undefined || count >= last.count * LEAST_LEFT) return
  throw refused(
    name,
    `has ${count} CVEs, far fewer than the ${last.count} of ${dayOf(last.at)}; if that is right, reset the checkpoint of this collector`,
  )
}

export function isOlder({ at }: FeedContent, last: ListMark | undefined): boolean {
  return last !== undefined && at < last.at
}

/** Which list counts now, as the end of a sentence. */
export function inUse(list: ListName, last: ListMark | undefined): string {
  if (last === undefined) return `no ${TITLES[list]} list is known yet`
  return `the ${TITLES[list]} list of ${dayOf(last.at)} with ${last.count} CVEs stays in use`
}

export function isStale({ at }: ListMark, staleAfter: string, now: number): boolean {
  return now - at > durationMs(staleAfter)
}
