import type { AssetSeenState, SweepState } from '../../schemas/generated/state.ts'
import type { StateStore } from '../enricher.ts'
import { readState, stateKey, sweepPrefix } from '../state/keys.ts'
import type { Applied } from './applied.ts'
import { isDeletion } from './asset-marks.ts'
import { removeAsset } from './assets.ts'

/** How many marks are looked at for each asset that may be deleted: looking is that much cheaper. */
const LOOKS = 20

/** An asset that a complete scan should have seen and did not. */
export interface Unseen {
  readonly tenant: string
  readonly uid: string
  /** Deletes it as of the scan's start: what is said of it later stands. */
  remove(store: StateStore, now: number): Applied
}

/**
 * Goes on with the sweeps that complete scans asked for, and hands over at the most `limit` assets to be deleted; the
 * sweep's record keeps how far it came.
 */
export function drainSweeps(store: StateStore, limit: number, remove: (unseen: Unseen) => void): void {
  let left = limit * LOOKS
  for (const key of store.keys(sweepPrefix, { limit })) {
    if (left <= 0) break
    left -= drain(key, left, store, remove)
  }
}

function drain(key: string, limit: number, store: StateStore, remove: (unseen: Unseen) => void): number {
  const sweep = readState(store, 'sweep', key)
  const [scope = ''] = key.slice(sweepPrefix.length).split('/', 1)
  if (sweep === undefined) return 0
  const prefix = stateKey.assetSeenPrefix(scope)
  let left = limit
  let after = sweep.after
  for (const stored of store.keys(prefix, after === undefined ? {} : { after })) {
    if (left <= 0) {
      store.put(key, { ...sweep, ...(after === undefined ? {} : { after }) })
      return limit
    }
    after = stored
    left -= 1
    const mark = readState(store, 'asset-seen', stored)
    if (mark === undefined || !isUnseen(mark, sweep)) continue
    left -= LOOKS - 1
    remove(unseen(sweep, stored.slice(prefix.length)))
  }
  store.delete(key)
  return limit - left
}

function isUnseen({ version, collector, scan }: AssetSeenState, sweep: SweepState): boolean {
  const isOwn = collector === sweep.collector && scan !== sweep.scan.uid
  return isOwn && !isDeletion(version) && version.time < sweep.scan.time
}

function unseen({ tenant, collector, scan }: SweepState, uid: string): Unseen {
  return {
    tenant,
    uid,
    remove(store, now) {
      const held = readState(store, 'asset', stateKey.asset(tenant, uid))
      if (held === undefined) return { outcome: 'unused', touched: [] }
      const asset = { ...held.asset, version: { time: scan.time } }
      return removeAsset(tenant, asset, collector, store, now)
    },
  }
}
