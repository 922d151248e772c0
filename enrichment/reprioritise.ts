import type { Overlay } from './state/overlay.ts'
import { readState, stateKey } from './state/keys.ts'
import type { StateReader } from './enricher.ts'
import { topics } from '../stream/topics.ts'

/** What changed about CVEs; see intel/. */
export interface IntelChanges {
  /** The offset of posture.global up to which it is known. */
  readonly next: bigint
  /** The CVEs whose significance changed at this offset or later; `everything` where that is not known in detail. */
  changedSince(offset: bigint): readonly string[] | 'everything'
}

/** More CVEs than these are not looked up one by one. */
const MOST_CVES = 500
const REASON = topics.global.name
const globalPosition = stateKey.position(topics.global.name)

/** The offset of posture.global up to which this partition's findings are marked or enriched again. */
export function intelPosition(store: StateReader): bigint {
  return BigInt(readState(store, 'position', globalPosition)?.next ?? '0')
}

/**
 * Marks the findings that the intelligence since the partition's position concerns, and moves the position, in one
 * transaction: a mark for each changed CVE that the partition has open findings about, or one for all that are about any.
 */
export function markChangedCves(store: Overlay, intelligence: IntelChanges): void {
  const position = intelPosition(store)
  const { next } = intelligence
  if (position === next) return
  // A position ahead of all that was read is that of another process, or of another posture.global.
  const changed = position > next ? 'everything' : intelligence.changedSince(position)
  if (changed === 'everything' || changed.length > MOST_CVES) {
    if (hasFindings(store, undefined)) store.put(stateKey.dirtyCves, { type: 'dirty', reason: REASON })
  } else {
    for (const cve of changed) {
      if (hasFindings(store, cve)) store.put(stateKey.dirtyCve(cve), { type: 'dirty', reason: REASON })
    }
  }
  store.put(globalPosition, { type: 'position', next: String(next) })
}

function hasFindings(store: Overlay, cve: string | undefined): boolean {
  for (const _ of store.findingsWithCve(cve)) return true
  return false
}

/**
 * Takes at the most `limit` of the findings that are marked by CVE, moving each mark as far as it came; what is done with
 * a finding is up to `enrich`, which is given its state key. Answers how many it took.
 */
export function drainCves(store: Overlay, limit: number, enrich: (stored: string) => void): number {
  const prefix = stateKey.dirtyCve('')
  let left = limit
  for (const mark of store.keys(prefix, { limit: MOST_CVES })) {
    if (left === 0) break
    left -= drain(store, mark, mark.slice(prefix.length), left, enrich)
  }
  if (left > 0) left -= drain(store, stateKey.dirtyCves, undefined, left, enrich)
  return limit - left
}

function drain(
  store: Overlay,
  mark: string,
  cve: string | undefined,
  limit: number,
  enrich: (stored: string) => void,
): number {
  const held = readState(store, 'dirty', mark)
  if (held === undefined) return 0
  const { after } = held
  const found = Iterator.from(store.findingsWithCve(cve, after === undefined ? {} : { after }))
    .take(limit)
    .toArray()
  for (const stored of found) enrich(stored)
  if (found.length < limit) store.delete(mark)
  else store.put(mark, { ...held, after: found.at(-1)! })
  return found.length
}
