import { completed, started, type SaidOfScan } from '../enrichment/lifecycle/sample-assets.ts'
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
  #isScanned = false
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
    const begun = scopes.map((scope) => started(saidOf(scope, uid, time)))
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
    const ended = scopes.map((scope) => completed({ ...saidOf(scope, uid, time), assets: sent.get(scope.name) ?? 0 }))
    this.#isScanned = true
    const middle = Math.floor(random() * observed.length)
    this.batches.push(begun, observed.slice(0, middle), [...observed.slice(middle), ...ended])
  }

  /** What holds in the end, told at once: that all is known which was scanned, and the last version of what stands. */
  outcome(): PostureEvent[] {
    const scans = this.#isScanned ? scopesOf(SLOTS).map((scope) => saidOf(scope, 'last', START - 1)) : []
    return [...scans.map(started), ...scans.map(completed), ...this.#standing.values()]
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

function saidOf({ name, type, account, region }: Scope, uid: string, at: number): SaidOfScan {
  return { uid: `${uid} ${name}`, at, account, regions: [region], types: [type] }
}
