import type { StateRecord } from '../../schemas/generated/state.ts'
import { assetPrefix, coveragePrefix, findingPrefix, stateKey } from '../state/keys.ts'
import type { StateReader, StateStore } from '../enricher.ts'
import { markAccount } from './account-marks.ts'
import { affectedBy, type Change } from './affected.ts'
import { knownAsset, prefixOf } from './asset-graph.ts'
import { sameFacts } from './facts.ts'
import type { PartitionGraph } from './graph.ts'
import { ACCOUNT_WIDE } from './reads.ts'

/** More assets than these are not marked one by one, but all of their account. */
const MOST_AFFECTED = 5000
const REASON = 'assets'

type Records = Pick<StateReader, 'get'>

/** One step of a batch, by the state keys that it changed. */
interface Step {
  readonly changes: ReadonlyMap<string, StateRecord | null>
}

/** What one batch changes about assets: the graph follows at once, and the findings that it may concern are marked. */
export class AssetChanges {
  readonly #assets: PartitionGraph
  /** By tenant: uids, and accounts. */
  readonly #affected = new Map<string, Set<string>>()
  readonly #accounts = new Map<string, Set<string>>()

  constructor(assets: PartitionGraph) {
    this.#assets = assets
  }

  /** Takes the changes of one step into the graph, before its findings are enriched; `below` is what was known before. */
  follow(step: Step, below: Records): void {
    for (const [key, record] of step.changes) {
      if (key.startsWith(assetPrefix)) this.#change(key, below.get(key), record)
      else if (key.startsWith(coveragePrefix)) this.#cover(below.get(key), record)
    }
  }

  /** Takes back what a step changed that failed. */
  undo(step: Step, below: Records): void {
    for (const key of step.changes.keys()) {
      if (key.startsWith(assetPrefix)) this.#assets.change(key, below.get(key))
      else if (key.startsWith(coveragePrefix)) this.#assets.graph.forgetCoverage()
    }
  }

  /** Leaves the marks of all that was followed, to be enriched again by the clock's batches. */
  mark(store: StateStore): void {
    for (const [tenant, uids] of this.#affected) {
      for (const uid of uids)
        for (const stored of store.findingsOf(tenant, uid))
          store.put(stateKey.dirtyFinding(stored.slice(findingPrefix.length)), { type: 'dirty', reason: REASON })
    }
    for (const [tenant, accounts] of this.#accounts) for (const account of accounts) markAccount(store, tenant, account)
    this.#affected.clear()
    this.#accounts.clear()
  }

  #change(key: string, held: StateRecord | undefined, next: StateRecord | null): void {
    const [before, after] = [knownAsset(held), knownAsset(next)]
    if (sameFacts(before, after)) {
      this.#assets.change(key, next)
      return
    }
    const tenant = tenantOf(next) ?? tenantOf(held) ?? ''
    const accounts = new Set([before, after].flatMap((asset) => (asset === undefined ? [] : [asset.account])))
    const isWide = [before, after].some((asset) => asset !== undefined && ACCOUNT_WIDE.has(asset.document.type))
    // What read it as it was, and what reads it as it is.
    const change = [before, after] as const
    if (!isWide) this.#affect(tenant, key, accounts, change)
    this.#assets.change(key, next)
    if (isWide) for (const account of accounts) this.#affectAccount(tenant, account)
    else this.#affect(tenant, key, accounts, change)
  }

  #affect(tenant: string, key: string, accounts: ReadonlySet<string>, change: Change): void {
    const { graph } = this.#assets
    const uid = key.slice(prefixOf(key).length)
    const uids = setIn(this.#affected, tenant)
    uids.add(uid)
    const node = graph.find(prefixOf(key), uid)
    if (node === 0) return
    const { nodes, complete } = affectedBy(graph, node, MOST_AFFECTED, change)
    if (complete && uids.size < MOST_AFFECTED) for (const each of nodes) uids.add(graph.uidOf(each))
    else for (const account of accounts) this.#affectAccount(tenant, account)
  }

  #affectAccount(tenant: string, account: string): void {
    const accounts = setIn(this.#accounts, tenant)
    for (const each of this.#assets.graph.links.reach(account)) accounts.add(each)
  }

  /** Where all of a type are known, what is not known is not there; else it may be. */
  #cover(held: StateRecord | undefined, next: StateRecord | null): void {
    const [before, after] = [held, next].map((each) => (each?.type === 'coverage' ? each : undefined))
    if ((before?.complete === undefined) === (after?.complete === undefined)) return
    this.#assets.graph.forgetCoverage()
    const { tenant, account } = (after ?? before)!
    this.#affectAccount(tenant, account)
  }
}

function tenantOf(record: StateRecord | null | undefined): string | undefined {
  return record?.type === 'asset' ? record.tenant : undefined
}

function setIn(sets: Map<string, Set<string>>, name: string): Set<string> {
  const held = sets.get(name) ?? new Set<string>()
  sets.set(name, held)
  return held
}
