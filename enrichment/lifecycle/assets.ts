import type { AssetDeleted, AssetObserved, AssetReference } from '../../schemas/generated/posture-event.ts'
import type { StateStore } from '../enricher.ts'
import { readState, stateKey } from '../state/keys.ts'
import type { Applied } from './applied.ts'
import { heldMark, isDeletion, leaveMark, versionOfAsset, versionOfDeletion } from './asset-marks.ts'
import { countArrival } from './asset-scans.ts'
import { derived, isOpen } from './derive.ts'
import { withPlausibleVersion } from './statement.ts'
import { precedence } from './version.ts'

/**
 * Takes what an inventory says of a resource. Its document is written only where it says something else than before;
 * that it was seen again is in its mark alone, which is small: a large account is looked at whole every few hours.
 * A resource seen after its deletion exists again; its findings open again only when a source states so.
 */
export function observeAsset(received: AssetObserved, store: StateStore, now: number): Applied {
  const { tenant, collector, asset, scan, document } = withPlausibleVersion(received)
  const version = versionOfAsset(asset, document)
  const held = heldMark(tenant, asset, store)
  const before = held.mark?.version
  if (scan !== undefined && held.mark?.scan !== scan.uid) countArrival(tenant, asset, scan, store, now)
  const seenIn = scan === undefined ? {} : { scan: scan.uid, scanTime: scan.time }
  leaveMark(held, { type: 'asset-seen', collector, version, ...seenIn }, store)

  const order = precedence(version, before)
  if (order === 'older') return { outcome: isDeletion(before) ? 'after_deletion' : 'stale', touched: [] }
  if (order === 'equal' || version.digest === before?.digest) return { outcome: 'repeated', touched: [] }
  const isUsable = Object.keys(document).length > 0
  const key = stateKey.asset(tenant, asset.uid)
  store.put(key, { type: 'asset', tenant, asset, deleted: false, ...(isUsable ? { document } : {}), acceptedAt: now })
  return { outcome: 'accepted', touched: [], assets: [asset.uid] }
}

/** Takes the deletion of a resource: its findings are gone, and what was stated before is dropped when it comes later. */
export function deleteAsset(received: AssetDeleted, store: StateStore, now: number): Applied {
  const { tenant, collector, asset } = withPlausibleVersion(received)
  return removeAsset(tenant, asset, collector, store, now)
}

/** The same for one that a complete scan did not see any more. What the reference does not say is as it was known. */
export function removeAsset(
  tenant: string,
  asset: AssetReference,
  collector: string,
  store: StateStore,
  now: number,
): Applied {
  const key = stateKey.asset(tenant, asset.uid)
  const deleted: AssetReference = { ...readState(store, 'asset', key)?.asset, ...asset }
  const version = versionOfDeletion(deleted)
  const held = heldMark(tenant, deleted, store)
  const order = precedence(version, held.mark?.version)
  if (order !== 'newer') return { outcome: order === 'equal' ? 'repeated' : 'stale', touched: [] }
  leaveMark(held, { type: 'asset-seen', collector, version }, store)
  store.put(key, { type: 'asset', tenant, asset: deleted, deleted: true, acceptedAt: now })
  return { outcome: 'accepted', touched: closeFindings(tenant, deleted, store, now), assets: [asset.uid] }
}

function closeFindings(tenant: string, { uid, version }: AssetReference, store: StateStore, now: number): string[] {
  const touched: string[] = []
  for (const findingKey of store.findingsOf(tenant, uid)) {
    const finding = readState(store, 'finding', findingKey)
    if (finding === undefined || !isOpen(finding.state)) continue
    store.put(findingKey, derived({ ...finding, deletedAt: version.time }, version.time, now))
    touched.push(finding.key)
  }
  return touched
}
