import type { StateRecord } from '../../schemas/generated/state.ts'
import type { AssetType, ContextGraph, KnownAsset, Relation } from '../context-graph.ts'
import { assetScopeOf, readState, stateKey } from '../state/keys.ts'
import { knownAsset, type AssetGraph } from './asset-graph.ts'
import { kindNumbers } from './kinds.ts'

const MOST_SCOPES = 10_000
/** A proof with its hops is some 4 KB; each partition has a graph of its own. */
const MOST_DERIVED = 4000

interface Records {
  get(key: string): StateRecord | undefined
}

/** The graph of a partition with the documents that a reader of its state sees. */
export class StoredGraph implements ContextGraph {
  readonly #graph: AssetGraph
  readonly #records: Records

  constructor(graph: AssetGraph, records: Records) {
    this.#graph = graph
    this.#records = records
  }

  asset<Type extends AssetType>(tenant: string, uid: string, type?: Type): KnownAsset<Type> | undefined {
    const prefix = this.#graph.prefixOfTenant(tenant)
    return this.#known(prefix, this.#graph.find(prefix, uid), type) as KnownAsset<Type> | undefined
  }

  referring<Type extends AssetType>(
    tenant: string,
    uid: string,
    relation: Relation,
    type?: Type,
  ): readonly KnownAsset<Type>[] {
    const prefix = this.#graph.prefixOfTenant(tenant)
    const node = this.#graph.find(prefix, uid)
    if (node === 0) return []
    const found: KnownAsset[] = []
    for (const kind of kindNumbers(relation, type)) {
      this.#graph.edges.eachIn(node, kind, (from) => {
        const asset = this.#known(prefix, from, type)
        if (asset !== undefined) found.push(asset)
      })
    }
    return found.toSorted((one, other) => (one.uid < other.uid ? -1 : 1)) as unknown as readonly KnownAsset<Type>[]
  }

  covers(tenant: string, type: AssetType, account: string, region: string): boolean {
    const { covered } = this.#graph
    const scope = [tenant, account, region, type].join('\n')
    const held = covered.get(scope)
    if (held !== undefined) return held
    const key = stateKey.coverage(assetScopeOf(tenant, account, region, type))
    const isCovered = readState(this.#records, 'coverage', key)?.complete !== undefined
    if (covered.size >= MOST_SCOPES) covered.clear()
    covered.set(scope, isCovered)
    return isCovered
  }

  remember<Value>(key: string, derive: () => Value): Value {
    const { derived } = this.#graph
    if (derived.has(key)) return derived.get(key) as Value
    const value = derive()
    if (derived.size >= MOST_DERIVED) derived.clear()
    derived.set(key, value)
    return value
  }

  #known(prefix: string, node: number, type: AssetType | undefined): KnownAsset | undefined {
    const graph = this.#graph
    const held = graph.typeOf(node)
    if (held === undefined || (type !== undefined && held !== type)) return undefined
    const generation = graph.generationOf(node)
    const recent = graph.recent.get(node, generation)
    if (recent !== undefined) return recent
    const asset = knownAsset(this.#records.get(`${prefix}${graph.uidOf(node)}`))
    if (asset !== undefined) graph.recent.put(node, generation, asset)
    return asset
  }
}
