import { digest } from '../../core/digest.ts'
import type { AssetReference, ScanReference } from '../../schemas/generated/posture-event.ts'
import type { AssetSeenState, AssetState, Version } from '../../schemas/generated/state.ts'
import type { StateReader, StateStore } from '../enricher.ts'
import { assetScopeOf, readState, stateKey } from '../state/keys.ts'
import { precedence, versionOf } from './version.ts'

/** The digest of a deletion: higher than that of any document, so that of two statements at one time the deletion counts. */
const DELETION = '~'

/** The mark of one asset, wherever it lies, or what stands for it. */
export interface HeldMark {
  readonly key: string
  readonly mark: AssetSeenState | undefined
}

/** The version of what is said of an asset: the digest is that of all that is said, but for the version. */
export function versionOfAsset(asset: AssetReference, document: unknown): Version {
  const { uid, type = '', provider, account, region = '', version } = asset
  return versionOf(version.time, version.sequence, digest([uid, type, provider, account, region, document]))
}

export function versionOfDeletion({ version }: Pick<AssetReference, 'version'>): Version {
  return versionOf(version.time, version.sequence, DELETION)
}

export function isDeletion(version: Version | undefined): boolean {
  return version?.digest === DELETION
}

/** What the asset shares with those that the same scans cover. */
function scopeOfAsset(tenant: string, { account, region = '', type = '' }: AssetReference): string {
  return assetScopeOf(tenant, account, region, type)
}

/** The asset's mark: under its own scope, else under that which the asset had when it was last told of. */
export function heldMark(tenant: string, asset: AssetReference, store: StateReader): HeldMark {
  const key = stateKey.assetSeen(scopeOfAsset(tenant, asset), asset.uid)
  const mark = readState(store, 'asset-seen', key)
  if (mark !== undefined) return { key, mark }
  const known = readState(store, 'asset', stateKey.asset(tenant, asset.uid))
  if (known === undefined) return { key, mark: undefined }
  const other = markOfAsset(known)
  return { key: other, mark: readState(store, 'asset-seen', other) ?? markFor(known) }
}

/** The key of a known asset's observation mark. */
export function markOfAsset({ tenant, asset }: AssetState): string {
  return stateKey.assetSeen(scopeOfAsset(tenant, asset), asset.uid)
}

/** Leaves the mark under the asset's own scope, and only where it says something new. */
export function leaveMark(
  tenant: string,
  asset: AssetReference,
  held: HeldMark,
  next: AssetSeenState,
  store: StateStore,
): void {
  const isNewer = precedence(next.version, held.mark?.version) === 'newer'
  const key = isNewer ? stateKey.assetSeen(scopeOfAsset(tenant, asset), asset.uid) : held.key
  const merged = held.mark === undefined ? next : mergedMarks(next, held.mark)
  if (key === held.key && held.mark !== undefined && isSame(merged, held.mark)) return
  if (key !== held.key) store.delete(held.key)
  store.put(key, merged)
}

/** The last scan of two, whatever the order of arrival; of two that started at one time, the one with the higher uid. */
export function isLaterScan(one: ScanReference, other: ScanReference | undefined): boolean {
  return other === undefined || one.time > other.time || (one.time === other.time && one.uid > other.uid)
}

/** A deletion from before marks were kept has none. */
function markFor({ asset, deleted, document }: AssetState): AssetSeenState {
  const version = deleted ? versionOfDeletion(asset) : versionOfAsset(asset, document ?? {})
  return { type: 'asset-seen', collector: '', version }
}

function mergedMarks(next: AssetSeenState, held: AssetSeenState): AssetSeenState {
  const order = precedence(next.version, held.version)
  const isNewer = order === 'newer' || (order === 'equal' && next.collector > held.collector)
  const { scan: _, scanTime: __, ...stated } = isNewer ? next : held
  return { ...stated, ...lastScan(next, held) }
}

function lastScan(next: AssetSeenState, held: AssetSeenState): Pick<AssetSeenState, 'scan' | 'scanTime'> {
  const [one, other] = [scanOf(next), scanOf(held)]
  const last = one !== undefined && isLaterScan(one, other) ? one : other
  return last === undefined ? {} : { scan: last.uid, scanTime: last.time }
}

function scanOf({ scan, scanTime }: AssetSeenState): ScanReference | undefined {
  return scan === undefined || scanTime === undefined ? undefined : { uid: scan, time: scanTime }
}

function isSame(one: AssetSeenState, other: AssetSeenState): boolean {
  return (
    precedence(one.version, other.version) === 'equal' && one.collector === other.collector && one.scan === other.scan
  )
}
