import type { StateStore } from './enricher.ts'
import { dirtyScopePrefix, readState, stateKey } from './state/keys.ts'
import { moveWalk } from './state/walk-marks.ts'

/** How many findings are looked at for each that may be enriched: looking is that much cheaper. */
const LOOKS = 10
const MOST_MARKS = 1000

/**
 * Takes at the most `limit` of the findings whose source has said something new of its controls, moving each mark as far
 * as it came; answers how many it took. What nothing is known of the control of is looked at and left alone.
 */
export function drainScopes(store: StateStore, limit: number, enrich: (stored: string) => void): number {
  let left = limit
  for (const mark of store.keys(dirtyScopePrefix, { limit: MOST_MARKS })) {
    if (left < 1) break
    left -= drain(store, mark, Math.floor(left), enrich)
  }
  return limit - Math.max(0, Math.floor(left))
}

function drain(store: StateStore, mark: string, limit: number, enrich: (stored: string) => void): number {
  const scope = mark.slice(dirtyScopePrefix.length)
  const { after } = readState(store, 'dirty', mark) ?? {}
  const found = [
    ...store.keys(stateKey.seenPrefix(scope), { limit: limit * LOOKS, ...(after === undefined ? {} : { after }) }),
  ]
  let [looked, taken] = [0, 0]
  for (const key of found) {
    if (taken === limit) break
    looked += 1
    const seen = readState(store, 'seen', key)
    if (seen === undefined || store.get(stateKey.control(scope, seen.control)) === undefined) continue
    enrich(stateKey.finding(seen.key))
    taken += 1
  }
  const isDone = looked === found.length && found.length < limit * LOOKS
  moveWalk(store, mark, isDone ? undefined : found[looked - 1])
  return taken + looked / LOOKS
}
