import type { StateStore } from '../enricher.ts'
import { dirtyAccountPrefix, findingPrefix, readState, stateKey } from '../state/keys.ts'
import { markWalk, moveWalk } from '../state/walk-marks.ts'
import type { AssetGraph } from './asset-graph.ts'

const REASON = 'assets'
/** How many assets of an account are looked at for each finding that may be enriched: looking is that much cheaper. */
const LOOKS = 10
const MOST_MARKS = 1000

/** Has all findings about assets of an account enriched again; a walk that is under way is followed by another one. */
export function markAccount(store: StateStore, tenant: string, account: string): void {
  markWalk(store, stateKey.dirtyAccount(tenant, account), { reason: REASON, tenant })
}

/**
 * Takes at the most `limit` of the findings that are marked by account, moving each mark as far as it came; answers how
 * many it took. A look at an asset without findings takes a small part of the limit.
 */
export function drainAccounts(
  store: StateStore,
  graph: AssetGraph,
  limit: number,
  enrich: (stored: string) => void,
): number {
  let left = limit
  for (const mark of store.keys(dirtyAccountPrefix, { limit: MOST_MARKS })) {
    if (left < 1) break
    left -= drain(store, graph, mark, Math.floor(left), enrich)
  }
  return limit - Math.max(0, Math.floor(left))
}

function drain(store: StateStore, graph: AssetGraph, mark: string, limit: number, enrich: (stored: string) => void) {
  const held = readState(store, 'dirty', mark)
  const { tenant = '' } = held ?? {}
  const account = mark.slice(stateKey.dirtyAccount(tenant, '').length)
  let [looked, taken] = [0, 0]
  let reached: number | undefined
  for (const node of graph.subjectsOf(stateKey.asset(tenant, ''), account, cursor(graph, held?.after))) {
    taken += take(store, [...store.findingsOf(tenant, graph.uidOf(node))], limit - taken, enrich)
    looked += 1
    if (taken < limit && looked < limit * LOOKS) continue
    reached = node
    break
  }
  moveWalk(store, mark, reached === undefined ? undefined : `${graph.name} ${reached}`)
  return taken + looked / LOOKS
}

/** Another graph has other numbers: the walk begins anew then. */
function cursor(graph: AssetGraph, after: string | undefined): number {
  const [name, node] = (after ?? '').split(' ')
  return name === graph.name ? Number(node) : 0
}

/** Of one asset with more findings than there is room for, the rest is marked one by one. */
function take(store: StateStore, found: readonly string[], room: number, enrich: (stored: string) => void): number {
  for (const stored of found.slice(0, room)) enrich(stored)
  for (const stored of found.slice(room))
    store.put(stateKey.dirtyFinding(stored.slice(findingPrefix.length)), { type: 'dirty', reason: REASON })
  return Math.min(found.length, room)
}
