import type {
  AssetDeleted,
  AssetObserved,
  PostureEvent,
  ScanCompleted,
  ScanStarted,
} from '../../schemas/generated/posture-event.ts'
import type { StateRecord } from '../../schemas/generated/state.ts'
import { LocalStore } from '../state/local-store.ts'
import { Overlay } from '../state/overlay.ts'
import { assetScopeOf, hasKeys, readState, stateKey, sweepPrefix } from '../state/keys.ts'
import type { Applied } from './applied.ts'
import { applyEvent } from './lifecycle.ts'
import { drainSweeps } from './sweep.ts'

export const ACCOUNT = '123456789012'
export const REGION = 'eu-west-1'
export const GROUP = 'AWS::EC2::SecurityGroup'
export const INTERFACE = 'AWS::EC2::NetworkInterface'
export const START = Date.UTC(2026, 10, 25, 12)
export const MINUTE = 60_000

export interface SaidOfAsset {
  readonly id?: string
  readonly at?: number
  readonly sequence?: number
  readonly scan?: ScanStarted['scan']
  readonly document?: Readonly<Record<string, unknown>>
  readonly type?: string
  readonly region?: string
  readonly collector?: string
  /** By the collector's clock. */
  readonly time?: number
}

export function uidOf(id: string): string {
  return `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${id}`
}

export function observed(said: SaidOfAsset = {}): AssetObserved {
  const { id = 'sg-1', at = START, sequence, scan, type = GROUP, region = REGION, collector = 'inventory' } = said
  const version = { time: at, ...(sequence === undefined ? {} : { sequence }) }
  return {
    type: 'asset.observed',
    id: `${id}/${at}`,
    time: said.time ?? at + MINUTE,
    tenant: 'acme',
    collector,
    ...(scan === undefined ? {} : { scan }),
    asset: { uid: uidOf(id), type, provider: 'aws', account: ACCOUNT, region, version },
    document: { type, ...said.document },
  }
}

export function deleted({ id = 'sg-1', at = START, collector = 'inventory', time }: SaidOfAsset = {}): AssetDeleted {
  const asset = { uid: uidOf(id), provider: 'aws', account: ACCOUNT, version: { time: at } }
  return { type: 'asset.deleted', id: `-${id}/${at}`, time: time ?? at + MINUTE, tenant: 'acme', collector, asset }
}

export interface SaidOfScan {
  readonly uid?: string
  readonly at?: number
  readonly account?: string
  readonly types?: string[]
  readonly regions?: string[]
  readonly collector?: string
  readonly assets?: number
  readonly outcome?: ScanCompleted['outcome']
}

export function started(said: SaidOfScan = {}): ScanStarted {
  const { uid = 'scan-1', at = START, account = ACCOUNT, types = [GROUP], regions = [REGION] } = said
  return {
    type: 'scan.started',
    id: `+${uid}`,
    time: at,
    tenant: 'acme',
    collector: said.collector ?? 'inventory',
    source: { product: 'aws-inventory', format: 'aws-inventory' },
    scan: { uid, time: at },
    provider: 'aws',
    account,
    scope: { provider: 'aws', account, regions, types },
  }
}

export function completed(said: SaidOfScan = {}): ScanCompleted {
  const { provider: _, account: __, scope, ...scan } = started(said)
  const { outcome = 'complete', assets = 0, at = START } = said
  return {
    ...scan,
    type: 'scan.completed',
    time: at + 10 * MINUTE,
    scope: scope!,
    outcome,
    findings: 0,
    assets,
  }
}

/** A partition of its own, to which events are given one by one. */
export class SamplePartition {
  readonly store = new Overlay(LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined }).partition(0))
  now = START

  take(...events: readonly PostureEvent[]): Applied[] {
    return events.map((event) => applyEvent(event, this.store, ++this.now))
  }

  /** Does all that complete scans left to be done; answers the uids that were deleted. */
  sweep(limit = 500): string[] {
    const gone: string[] = []
    while (hasKeys(this.store, sweepPrefix)) gone.push(...this.sweepOnce(limit))
    return gone
  }

  sweepOnce(limit: number): string[] {
    const gone: string[] = []
    drainSweeps(this.store, limit, (unseen) => gone.push(...(unseen.remove(this.store, this.now).assets ?? [])))
    return gone
  }

  asset(id = 'sg-1') {
    return readState(this.store, 'asset', stateKey.asset('acme', uidOf(id)))
  }

  covers(type = GROUP, region = REGION): boolean {
    const key = stateKey.coverage(assetScopeOf('acme', ACCOUNT, region, type))
    return readState(this.store, 'coverage', key)?.complete !== undefined
  }

  /** Everything that is known, but for when it was: by our clock, and of which of several statements that say the same. */
  get known(): Readonly<Record<string, unknown>> {
    const entries = [...this.store.changes].flatMap(([key, record]) =>
      record === null ? [] : [[key, timeless(record)]],
    )
    const ordered = entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    return Object.fromEntries(ordered) as Record<string, unknown>
  }
}

function timeless(record: StateRecord): unknown {
  if (record.type !== 'asset') return { ...record, acceptedAt: 0 }
  return { ...record, acceptedAt: 0, asset: { ...record.asset, version: undefined } }
}
