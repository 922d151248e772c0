import type { AssetType, ContextGraph, Relation } from '../context-graph.ts'

/** One look at the graph: at an asset, or, with a relation, at those that name it. */
export interface Look {
  readonly uid: string
  readonly relation?: Relation
  /** Of which type it, or they, must be. */
  readonly type?: AssetType | undefined
}

/** For tests: the same graph, and in `looks` what was asked of it. */
export function recordingGraph(graph: ContextGraph): { readonly graph: ContextGraph; readonly looks: readonly Look[] } {
  const looks: Look[] = []
  return {
    looks,
    graph: {
      asset(tenant, uid, type) {
        looks.push({ uid, type })
        return graph.asset(tenant, uid, type)
      },
      referring(tenant, uid, relation, type) {
        looks.push({ uid, relation, type })
        return graph.referring(tenant, uid, relation, type)
      },
      covers: (tenant, type, account, region) => graph.covers(tenant, type, account, region),
      remember: (_key, derive) => derive(),
    },
  }
}
