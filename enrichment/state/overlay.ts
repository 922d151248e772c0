import type { StateRecord } from '../../schemas/generated/state.ts'
import { EMPTY_GRAPH, type ContextGraph } from '../context-graph.ts'
import type { StateReader, StateStore } from '../enricher.ts'
import type { PartitionGraph } from '../graph/graph.ts'
import { cvesOf, type FindingsByCve } from './cve-index.ts'

/** What the overlay needs beneath it: the local store's partition, or another overlay. Without a graph nothing is known. */
export type Base = Omit<StateReader, 'graph'> & FindingsByCve & { readonly assets?: PartitionGraph | undefined }

/**
 * Changes on top of a base that is left untouched until they are committed. One lies over the partition for a batch,
 * and one more over that for each event, so that an event that fails leaves nothing behind.
 */
export class Overlay implements StateStore, FindingsByCve {
  readonly #base: Base
  readonly #changes = new Map<string, StateRecord | null>()
  /** Keys of the changed findings, by whose they are. */
  readonly #byResource = new Map<string, Set<string>>()
  #graph: ContextGraph | undefined

  constructor(base: Base) {
    this.#base = base
  }

  get assets(): PartitionGraph | undefined {
    return this.#base.assets
  }

  /** With the documents as they are under these changes; the edges follow once the changes are told to `assets`. */
  get graph(): ContextGraph {
    const { assets } = this
    return assets === undefined ? EMPTY_GRAPH : (this.#graph ??= assets.view(this))
  }

  get changes(): ReadonlyMap<string, StateRecord | null> {
    return this.#changes
  }

  get(key: string): StateRecord | undefined {
    const changed = this.#changes.get(key)
    return changed === undefined ? this.#base.get(key) : (changed ?? undefined)
  }

  put(key: string, record: StateRecord): void {
    this.#change(key, record)
  }

  delete(key: string): void {
    this.#changes.set(key, null)
  }

  /** Takes over everything that `above` changed. */
  absorb(above: Overlay): void {
    for (const [key, record] of above.changes) this.#change(key, record)
  }

  #change(key: string, record: StateRecord | null): void {
    this.#changes.set(key, record)
    if (record?.type !== 'finding') return
    const resource = `${record.tenant} ${record.identity.resource}`
    const keys = this.#byResource.get(resource) ?? new Set()
    this.#byResource.set(resource, keys.add(key))
  }

  *keys(prefix: string, options: { readonly after?: string; readonly limit?: number } = {}): Iterable<string> {
    const { after = '', limit = Infinity } = options
    const own = [...this.#changes.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted()
    let count = 0
    for (const key of merged(this.#base.keys(prefix, { after }), own)) {
      if (this.#changes.get(key) === null) continue
      if (count++ >= limit) return
      yield key
    }
  }

  *findingsOf(tenant: string, resourceUid: string): Iterable<string> {
    for (const key of this.#base.findingsOf(tenant, resourceUid)) if (!this.#changes.has(key)) yield key
    for (const key of this.#byResource.get(`${tenant} ${resourceUid}`) ?? []) if (this.#changes.get(key)) yield key
  }

  *findingsWithCve(cve: string | undefined, options: { readonly after?: string } = {}): Iterable<string> {
    const { after = '' } = options
    const own = [...this.#changes]
      .filter(([key, record]) => key > after && isAbout(cve, cvesOf(record)))
      .map(([key]) => key)
      .toSorted()
    const unchanged = function* (changes: ReadonlyMap<string, unknown>, base: Iterable<string>) {
      for (const key of base) if (!changes.has(key)) yield key
    }
    yield* merged(unchanged(this.#changes, this.#base.findingsWithCve(cve, options)), own)
  }
}

/** Two ordered runs of keys as one, each key once. */
function* merged(left: Iterable<string>, right: readonly string[]): Iterable<string> {
  let next = 0
  for (const key of left) {
    while (next < right.length && right[next]! < key) yield right[next++]!
    if (right[next] === key) next += 1
    yield key
  }
  yield* right.slice(next)
}

function isAbout(cve: string | undefined, cves: readonly string[]): boolean {
  return cve === undefined ? cves.length > 0 : cves.includes(cve)
}
