import type { AssetDeleted, AssetObserved, FindingObserved, PostureEvent } from '../schemas/generated/posture-event.ts'
import { SLOTS, type Slot } from './oracle/exposure/any-account.ts'
import { statement } from './sample-statement.ts'

const START = Date.UTC(2026, 10, 25, 12)
/** After all that any history tells. */
export const HISTORY_END = START + 24 * 3600 * 1000
const TENANT = 'acme'
const STEP_MS = 1000

/** What is told of one account, and what of it holds in the end. */
export class AccountHistory {
  readonly batches: PostureEvent[][] = [SLOTS.map((slot) => this.#finding(slot, START))]
  readonly #standing = new Map<string, AssetObserved>()
  readonly #scans: PostureEvent[] = []
  #at = START

  observe({ uid, type, account, region }: Slot, document: AssetObserved['document']): AssetObserved {
    const time = this.#tick()
    const asset = { uid, type, provider: 'aws', account, region, version: { time } }
    const event: AssetObserved = {
      type: 'asset.observed',
      id: `${uid}/${time}`,
      time,
      tenant: TENANT,
      collector: 'inventory',
      asset,
      document,
    }
    this.#standing.set(uid, event)
    return event
  }

  remove({ uid, type, account, region }: Slot): AssetDeleted {
    const time = this.#tick()
    this.#standing.delete(uid)
    return {
      type: 'asset.deleted',
      id: `${uid}/${time}`,
      time,
      tenant: TENANT,
      collector: 'inventory',
      asset: { uid, type, provider: 'aws', account, region, version: { time } },
    }
  }

  state(slot: Slot): FindingObserved {
    return this.#finding(slot, this.#tick())
  }

  deliver(events: readonly PostureEvent[], size: () => number): void {
    for (let from = 0; from < events.length;) {
      const count = size()
      this.batches.push(events.slice(from, from + count))
      from += count
    }
  }

  /** A complete scan of every type and region that sees these of the standing assets again; the others are no more. */
  scan(seen: readonly Slot[], random: () => number): void {
    const time = this.#tick()
    const uid = `scan ${time}`
    const again = new Set(seen.map((slot) => slot.uid))
    const scopes = scopesOf(SLOTS)
    const started = scopes.map((scope): PostureEvent =>
      scanEvent('scan.started', { uid: `${uid} ${scope.name}`, time }, scope),
    )
    const sent = new Map<string, number>()
    const observed: PostureEvent[] = []
    for (const slot of SLOTS) {
      const standing = this.#standing.get(slot.uid)
      if (standing === undefined) continue
      if (!again.has(slot.uid)) {
        this.#standing.delete(slot.uid)
        continue
      }
      const scope = scopes.find(({ type, account }) => type === slot.type && account === slot.account)!
      sent.set(scope.name, (sent.get(scope.name) ?? 0) + 1)
      const event = { ...this.observe(slot, standing.document), scan: { uid: `${uid} ${scope.name}`, time } }
      observed.push(event)
    }
    const completed = scopes.map((scope): PostureEvent =>
      scanEvent('scan.completed', { uid: `${uid} ${scope.name}`, time }, scope, sent.get(scope.name) ?? 0),
    )
    this.#scans.splice(
      0,
      Infinity,
      ...scopes.map((scope) => scanEvent('scan.completed', { uid: `last ${scope.name}`, time: START - 1 }, scope, 0)),
    )
    const middle = Math.floor(random() * observed.length)
    this.batches.push(started, observed.slice(0, middle), [...observed.slice(middle), ...completed])
  }

  /** What holds in the end, told at once: that all is known which was scanned, and the last version of what stands. */
  outcome(): PostureEvent[] {
    const starts = this.#scans.map((event) => ({ ...event, type: 'scan.started' }) as PostureEvent)
    return [...starts, ...this.#scans, ...this.#standing.values()]
  }

  findings(): PostureEvent[] {
    return SLOTS.map((slot) => this.#finding(slot, this.#at))
  }

  #finding({ uid, account }: Slot, at: number): FindingObserved {
    return statement(uid, { at, account })
  }

  #tick(): number {
    this.#at += STEP_MS
    return this.#at
  }
}

interface Scope {
  readonly name: string
  readonly type: string
  readonly account: string
  readonly region: string
}

function scopesOf(slots: readonly Slot[]): readonly Scope[] {
  const scopes = slots.map(({ type, account, region }) => ({ name: `${type} ${account}`, type, account, region }))
  return [...new Map(scopes.map((scope) => [scope.name, scope])).values()]
}

function scanEvent(
  type: 'scan.started' | 'scan.completed',
  scan: { readonly uid: string; readonly time: number },
  { type: assetType, account, region }: Scope,
  assets = 0,
): PostureEvent {
  const common = {
    id: `${type} ${scan.uid}`,
    time: scan.time,
    tenant: TENANT,
    collector: 'inventory',
    provider: 'aws',
    account,
    scan,
    source: { product: 'aws-inventory', format: 'aws-inventory' },
    scope: { provider: 'aws', account, regions: [region], types: [assetType] },
  }
  if (type === 'scan.started') return { ...common, type }
  return { ...common, type, outcome: 'complete', findings: 0, assets }
}
