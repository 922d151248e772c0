import { digest } from '../../core/digest.ts'
import type { AssetReference } from '../../schemas/generated/posture-event.ts'
import type { AssetSeenState, AssetState, Version } from '../../schemas/generated/state.ts'
import type { StateReader, StateStore } from '../enricher.ts'
import { assetScopeOf, readState, stateKey } from '../state/keys.ts'
import { lastScan } from './last-scan.ts'
import { precedence, versionOf } from './version.ts'

/** The digest of a deletion: higher than that of any document, so that of two statements at one time the deletion counts. */
const DELETION = '~'

/** The mark of one asset, wherever it lies, or what stands for it. */
export interface HeldMark {
  /** Where the mark belongs by what is said of the asset now. */
  readonly own: string
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

/** The asset's mark: under its own scope, else under that which the asset had when it was last told of. */
export function heldMark(tenant: string, asset: AssetReference, store: StateReader): HeldMark {
  const own = markOfAsset({ tenant, asset })
  const mark = readState(store, 'asset-seen', own)
  if (mark !== undefined) return { own, key: own, mark }
  const known = readState(store, 'asset', stateKey.asset(tenant, asset.uid))
  if (known === undefined) return { own, key: own, mark: undefined }
  const key = markOfAsset(known)
  return { own, key, mark: readState(store, 'asset-seen', key) ?? markFor(known) }
}

/** The key of an asset's observation mark, by what it shares with those that the same scans cover. */
export function markOfAsset({ tenant, asset }: Pick<AssetState, 'tenant' | 'asset'>): string {
  const { uid, account, region = '', type = '' } = asset
  return stateKey.assetSeen(assetScopeOf(tenant, account, region, type), uid)
}

/** Leaves the mark under the asset's own scope, and only where it says something new. */
export function leaveMark(held: HeldMark, next: AssetSeenState, store: StateStore): void {
  const isNewer = precedence(next.version, held.mark?.version) === 'newer'
  const key = isNewer ? held.own : held.key
  const merged = held.mark === undefined ? next : mergedMarks(next, held.mark)
  if (key === held.key && held.mark !== undefined && isSame(merged, held.mark)) return
  if (key !== held.key) store.delete(held.key)
  store.put(key, merged)
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

function isSame(one: AssetSeenState, other: AssetSeenState): boolean {
  return (
    precedence(one.version, other.version) === 'equal' && one.collector === other.collector && one.scan === other.scan
  )
}
