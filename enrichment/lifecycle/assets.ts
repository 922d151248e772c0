import type { AssetDeleted, AssetObserved, AssetReference } from '../../schemas/generated/posture-event.ts'
import type { StateStore } from '../enricher.ts'
import { readState, stateKey } from '../state/keys.ts'
import { derived, isOpen } from './derive.ts'
import type { Applied } from './applied.ts'

/** Takes the deletion of a resource: its findings are gone, and what was stated before is dropped when it comes later. */
export function deleteAsset(event: AssetDeleted, store: StateStore, now: number): Applied {
  const { tenant, asset } = event
  const key = stateKey.asset(tenant, asset.uid)
  const held = readState(store, 'asset', key)
  if (held !== undefined && compareVersions(asset, held.asset) <= 0) return { outcome: 'repeated', touched: [] }
  store.put(key, { type: 'asset', tenant, asset, deleted: true, acceptedAt: now })
  const touched: string[] = []
  for (const findingKey of store.findingsOf(tenant, asset.uid)) {
    const finding = readState(store, 'finding', findingKey)
    if (finding === undefined || !isOpen(finding.state)) continue
    const at = asset.version.time
    store.put(findingKey, derived({ ...finding, deletedAt: at }, at, now))
    touched.push(finding.key)
  }
  return { outcome: 'accepted', touched }
}

/** A resource seen after its deletion exists again; its findings open again only when a source states so. */
export function observeAsset(event: AssetObserved, store: StateStore): Applied {
  const key = stateKey.asset(event.tenant, event.asset.uid)
  const held = readState(store, 'asset', key)
  if (held?.deleted && compareVersions(event.asset, held.asset) > 0) store.delete(key)
  return { outcome: 'accepted', touched: [] }
}

function compareVersions(one: AssetReference, other: AssetReference): number {
  return one.version.time - other.version.time || (one.version.sequence ?? 0) - (other.version.sequence ?? 0)
}
