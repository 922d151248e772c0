import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { Cause } from '../../schemas/records.ts'
import type { StateStore } from '../enricher.ts'
import type { Applied } from './applied.ts'
import { completeAssetScan, isOfAssets, startAssetScan } from './asset-scans.ts'
import { deleteAsset, observeAsset } from './assets.ts'
import { observeControl } from './controls.ts'
import { decide } from './decisions.ts'
import { observe } from './observe.ts'
import { completeScan, startScan } from './scans.ts'

/**
 * Identity and lifecycle: takes one event into the state. The same events any number of times, in any interleaving that
 * respects each source's order, end in the same state. `now` is our clock, in milliseconds since the epoch.
 */
export function applyEvent(event: PostureEvent, store: StateStore, now: number): Applied {
  switch (event.type) {
    case 'finding.observed':
      return observe(event, store, now)
    case 'control.observed':
      return observeControl(event, store)
    case 'scan.started':
      return isOfAssets(event.scope) ? startAssetScan(event, store, now) : startScan(event, store, now)
    case 'scan.completed':
      return isOfAssets(event.scope) ? completeAssetScan(event, store, now) : completeScan(event, store, now)
    case 'asset.deleted':
      return deleteAsset(event, store, now)
    case 'asset.observed':
      return observeAsset(event, store, now)
    case 'verdict.recorded':
      return decide(event, store, now)
    case 'ticket.changed':
    case 'intel.observed':
      return { outcome: 'unused', touched: [] }
  }
}

/** Why an event's findings are emitted. */
export function causeOf(event: PostureEvent): Cause {
  switch (event.type) {
    case 'scan.completed':
      return 'absence'
    case 'asset.deleted':
      return 'deleted'
    case 'verdict.recorded':
      return 'decision'
    default:
      return 'observed'
  }
}
