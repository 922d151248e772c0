import type { FindingState, StateRecord } from '../../schemas/generated/state.ts'
import type { Cause } from '../../schemas/records.ts'
import type { StateStore } from '../enricher.ts'
import { readState, stateKey } from '../state/keys.ts'
import { markOfAsset } from './asset-marks.ts'
import { derived, isOpen } from './derive.ts'
import { markOf } from './observe.ts'

/** How long things are kept or left alone, in milliseconds, from acceptance or emission by our own clock. */
export interface Periods {
  /** An open or muted finding that was not emitted for this long is emitted again. */
  readonly refreshMs: number
  /** A finding closed for this long is forgotten; deletions of resources as well. */
  readonly forgetMs: number
  /** What never failed, finished scans, and that all assets of a type are known, are remembered for this long, so that a late statement cannot open anything. */
  readonly memoryMs: number
}

/** When the clock's batch must look at a record next. */
export function dueAt(record: StateRecord, periods: Periods): number | undefined {
  switch (record.type) {
    case 'finding':
      return findingDue(record, periods)
    case 'scan':
      return record.acceptedAt + periods.memoryMs
    case 'coverage':
      return record.acceptedAt + periods.memoryMs
    case 'asset':
      return record.deleted ? record.acceptedAt + periods.forgetMs : undefined
    default:
      return undefined
  }
}

function findingDue(finding: FindingState, { refreshMs, forgetMs, memoryMs }: Periods): number {
  const since = finding.emittedAt ?? finding.acceptedAt
  if (finding.state === 'unopened') return finding.acceptedAt + memoryMs
  if (!isOpen(finding.state)) return since + forgetMs
  const expiresAt = finding.state === 'muted' ? finding.decision?.expiresAt : undefined
  return Math.min(since + refreshMs, expiresAt ?? Infinity)
}

export type Elapsed = { readonly key: string; readonly cause: Cause } | { readonly forgotten: FindingState } | undefined

/** Does what is due for one record: expiry of a mute, refresh, forgetting. Undefined where nothing is left to emit. */
export function elapse(stored: string, store: StateStore, now: number, periods: Periods): Elapsed {
  const record = store.get(stored)
  if (record === undefined || (dueAt(record, periods) ?? Infinity) > now) return undefined
  if (record.type !== 'finding') {
    store.delete(stored)
    if (record.type === 'asset') store.delete(markOfAsset(record))
    return undefined
  }
  if (!isOpen(record.state)) {
    store.delete(stored)
    store.delete(markOf(record))
    return record.state === 'unopened' ? undefined : { forgotten: record }
  }
  const { decision, ...undecided } = record
  if (decision?.expiresAt !== undefined && decision.expiresAt <= now) {
    store.put(stored, derived(undecided, decision.expiresAt, now))
    return { key: record.key, cause: 'expiry' }
  }
  return { key: record.key, cause: 'refresh' }
}

/** The finding behind a key that `elapse` or `apply` touched. */
export function findingOf(store: StateStore, key: string): FindingState | undefined {
  return readState(store, 'finding', stateKey.finding(key))
}
