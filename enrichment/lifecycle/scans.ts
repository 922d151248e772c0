import type { ScanCompleted, ScanScope, ScanStarted } from '../../schemas/generated/posture-event.ts'
import type { FindingState, MemberState, ScanState, SeenState } from '../../schemas/generated/state.ts'
import type { StateStore } from '../enricher.ts'
import { readState, scopeOf, stateKey } from '../state/keys.ts'
import { derived, isOpen } from './derive.ts'
import type { Applied } from './applied.ts'
import { precedence, versionOf } from './version.ts'

/** Remembers that a scan has started: from now on an earlier one of the same scope closes nothing any more. */
export function startScan(event: ScanStarted, store: StateStore, now: number): Applied {
  const scope = scopeOf(event.tenant, event.source.product, event.provider, event.account)
  const key = stateKey.scan(scope, event.scan.uid)
  if (store.get(key) === undefined) {
    const { uid, time } = event.scan
    store.put(key, {
      type: 'scan',
      uid,
      time,
      collector: event.collector,
      acceptedAt: now,
      ...(event.scope === undefined ? {} : { scope: event.scope }),
    })
  }
  return { outcome: 'accepted', touched: [] }
}

/**
 * Closes by absence what a complete scan did not report: only inside its scope, only what its own collector was the last
 * to observe, and before that scan started. It closes nothing when a later scan of an overlapping scope has started, or
 * when fewer or more findings arrived than the collector sent.
 */
export function completeScan(event: ScanCompleted, store: StateStore, now: number): Applied {
  const scopeDigest = scopeOf(event.tenant, event.source.product, event.scope.provider, event.scope.account)
  const key = stateKey.scan(scopeDigest, event.scan.uid)
  if (readState(store, 'scan', key)?.outcome === 'complete') return { outcome: 'repeated', touched: [] }
  const record: ScanState = {
    type: 'scan',
    ...event.scan,
    collector: event.collector,
    scope: event.scope,
    outcome: event.outcome,
    acceptedAt: now,
  }
  store.put(key, record)
  if (event.outcome !== 'complete')
    return {
      outcome: 'scan_partial',
      touched: [],
      note: partial(event, event.reason ?? `its outcome is ${event.outcome}`),
    }
  if (overtaken(record, scopeDigest, store)) return { outcome: 'scan_overtaken', touched: [] }

  const { observed, absent } = survey(event, scopeDigest, store)
  if (observed !== event.findings) {
    store.put(key, { ...record, outcome: 'partial' })
    return {
      outcome: 'scan_partial',
      touched: [],
      note: partial(event, `${event.findings} findings were sent and ${observed} arrived`),
    }
  }
  return { outcome: 'accepted', touched: absent.filter((each) => closeAbsent(each, event.scan.time, store, now)) }
}

function partial(event: ScanCompleted, why: string): string {
  return `Scan ${event.scan.uid} of ${event.scope.provider} account ${event.scope.account} counts as partial and closes nothing: ${why}.`
}

function overtaken(scan: ScanState, scopeDigest: string, store: StateStore): boolean {
  for (const key of store.keys(stateKey.scanPrefix(scopeDigest))) {
    const other = readState(store, 'scan', key)
    if (other !== undefined && other.uid !== scan.uid && other.time >= scan.time && overlap(other.scope, scan.scope))
      return true
  }
  return false
}

/** A scan without a scope is one of the whole account. */
function overlap(one: ScanScope | undefined, other: ScanScope | undefined): boolean {
  const share = (left: readonly string[] | undefined, right: readonly string[] | undefined): boolean =>
    left === undefined || right === undefined || left.some((each) => right.includes(each))
  return share(one?.regions, other?.regions) && share(one?.checks, other?.checks)
}

/** Counts what arrived of this scan, and lists what it should have seen and did not. */
function survey(event: ScanCompleted, scopeDigest: string, store: StateStore): { observed: number; absent: string[] } {
  const checks = event.scope.checks === undefined ? undefined : new Set(event.scope.checks)
  const regions = event.scope.regions === undefined ? undefined : new Set(event.scope.regions)
  const inScope = ({ control, region }: SeenState): boolean =>
    (checks?.has(control) ?? true) && (region === '' || (regions?.has(region) ?? true))
  let observed = 0
  const absent: string[] = []
  for (const key of store.keys(stateKey.seenPrefix(scopeDigest))) {
    const seen = readState(store, 'seen', key)
    if (seen === undefined) continue
    if (seen.scan === event.scan.uid) observed += 1
    else if (seen.collector === event.collector && seen.time < event.scan.time && inScope(seen)) absent.push(seen.key)
  }
  return { observed, absent }
}

/** True when it changed the finding. */
function closeAbsent(key: string, at: number, store: StateStore, now: number): boolean {
  const finding = readState(store, 'finding', stateKey.finding(key))
  if (finding === undefined || !isOpen(finding.state)) return false
  const version = versionOf(at, undefined, '0')
  const members = Object.fromEntries(
    Object.entries(finding.members).map(([name, member]): [string, MemberState] =>
      precedence(version, member.verdictVersion) === 'newer'
        ? [name, { ...member, verdict: 'absent', verdictVersion: version }]
        : [name, member],
    ),
  )
  const next: FindingState = derived({ ...finding, members }, at, now)
  store.put(stateKey.finding(key), next)
  return true
}
