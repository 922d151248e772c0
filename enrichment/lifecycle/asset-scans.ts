import { PermanentError } from '../../core/errors.ts'
import type {
  AssetReference,
  ScanCompleted,
  ScanReference,
  ScanScope,
  ScanStarted,
} from '../../schemas/generated/posture-event.ts'
import type { CoverageState } from '../../schemas/generated/state.ts'
import type { StateReader, StateStore } from '../enricher.ts'
import { assetScopeOf, hasKeys, readState, stateKey } from '../state/keys.ts'
import type { Applied, AssetScope } from './applied.ts'
import { isLaterScan } from './last-scan.ts'
import { withPlausibleStart } from './statement.ts'

/** More pairs of region and type than this are no scan of one account. */
const MOST_SCOPES = 10_000

/** Whether a scan is one of assets: it then says nothing about findings, and no other says anything about assets. */
export function isOfAssets(scope: ScanScope | undefined): boolean {
  return scope?.types !== undefined
}

/** Remembers that a scan has started: from now on an earlier one of the same assets deletes nothing any more. */
export function startAssetScan(event: ScanStarted, store: StateStore, now: number): Applied {
  const { tenant, scan, scope } = withPlausibleStart(event)
  for (const each of scopesOf(tenant, scope!)) {
    const coverage = coverageOf(each, store) ?? newCoverage(each, now)
    if (coverage.latest?.uid !== scan.uid && isLaterScan(scan, coverage.latest))
      putCoverage(each, { ...coverage, latest: { ...scan, arrived: 0 } }, store)
  }
  return { outcome: 'accepted', touched: [] }
}

/** Counts an asset that was not seen before in this scan. Only those of the scan that started last are counted. */
export function countArrival(
  tenant: string,
  { account, region = '', type = '' }: AssetReference,
  { uid, time }: ScanReference,
  store: StateStore,
  now: number,
): void {
  const scope = { tenant, account, region, type }
  const coverage = coverageOf(scope, store) ?? newCoverage(scope, now)
  const { latest } = coverage
  if (latest?.uid === uid)
    putCoverage(scope, { ...coverage, latest: { ...latest, arrived: latest.arrived + 1 } }, store)
  else if (isLaterScan({ uid, time }, latest))
    putCoverage(scope, { ...coverage, latest: { uid, time, arrived: 1 } }, store)
}

/**
 * Takes the end of a scan of assets. Where it is complete, there are no others of its types and regions than those known,
 * and what its own collector was the last to see, before it started, is marked to be deleted (see sweep.ts). It means
 * nothing when a later scan of any of it has started, or when fewer or more assets arrived than were sent.
 */
export function completeAssetScan(received: ScanCompleted, store: StateStore, now: number): Applied {
  const event = withPlausibleStart(received)
  const { tenant, scope, outcome, assets } = event
  const covered = scopesOf(tenant, scope)
  const known = covered.map((each) => coverageOf(each, store))
  const scan = asStarted(event.scan, known)
  if (known.length > 0 && known.every((each) => each?.complete?.uid === scan.uid))
    return { outcome: 'repeated', touched: [] }
  // Its collector knows why, and says so.
  if (outcome !== 'complete') return { outcome: 'scan_partial', touched: [] }
  if (scope.regions === undefined) return partial(event, 'it does not say which regions it covered')
  if (known.some((each) => each?.latest !== undefined && isOvertaken(scan, each.latest)))
    return { outcome: 'scan_overtaken', touched: [] }
  const arrived = known.reduce((sum, each) => sum + (each?.latest?.uid === scan.uid ? each.latest.arrived : 0), 0)
  if (arrived !== assets) return partial(event, `${assets ?? 'no number of'} assets were sent and ${arrived} arrived`)
  for (const [index, each] of covered.entries()) {
    const latest = known[index]?.latest ?? { ...scan, arrived: 0 }
    putCoverage(each, { ...newCoverage(each, now), latest, complete: { ...scan } }, store)
    markForSweep(each, { ...event, scan }, store)
  }
  const first = covered.filter((_, index) => known[index]?.complete === undefined)
  return { outcome: 'accepted', touched: [], ...(first.length === 0 ? {} : { covered: first }) }
}

/** What the scan should have seen is what was seen before its start, as it was told first. */
function asStarted(scan: ScanReference, known: readonly (CoverageState | undefined)[]): ScanReference {
  const starts = known.flatMap((each) => (each?.latest?.uid === scan.uid ? [each.latest.time] : []))
  return { ...scan, time: Math.min(scan.time, ...starts) }
}

function isOvertaken(scan: ScanReference, latest: ScanReference): boolean {
  return latest.uid !== scan.uid && isLaterScan(latest, scan)
}

function markForSweep(scope: AssetScope, { tenant, collector, scan }: ScanCompleted, store: StateStore): void {
  const digest = digestOf(scope)
  if (hasKeys(store, stateKey.assetSeenPrefix(digest)))
    store.put(stateKey.sweep(digest, collector), { type: 'sweep', tenant, collector, scan: { ...scan } })
}

function partial({ scan, scope }: ScanCompleted, why: string): Applied {
  const note = `Scan ${scan.uid} of the assets of ${scope.provider} account ${scope.account} counts as partial and deletes nothing: ${why}.`
  return { outcome: 'scan_partial', touched: [], note }
}

function scopesOf(tenant: string, { account, regions = [], types = [] }: ScanScope): readonly AssetScope[] {
  if (regions.length * types.length > MOST_SCOPES)
    throw new PermanentError(
      'SCAN_SCOPE_TOO_LARGE',
      `a scan of account ${account} names ${regions.length} regions and ${types.length} types: report it in parts of at most ${MOST_SCOPES} pairs`,
    )
  return [...new Set(regions)].flatMap((region) =>
    [...new Set(types)].map((type) => ({ tenant, account, region, type })),
  )
}

function coverageOf(scope: AssetScope, store: StateReader): CoverageState | undefined {
  return readState(store, 'coverage', stateKey.coverage(digestOf(scope)))
}

function putCoverage(scope: AssetScope, coverage: CoverageState, store: StateStore): void {
  store.put(stateKey.coverage(digestOf(scope)), coverage)
}

function newCoverage({ tenant, account, region, type }: AssetScope, now: number): CoverageState {
  return { type: 'coverage', tenant, account, region, assetType: type, acceptedAt: now }
}

function digestOf({ tenant, account, region, type }: AssetScope): string {
  return assetScopeOf(tenant, account, region, type)
}
