import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import type { AssetState } from '../../schemas/generated/state.ts'
import type { AssetType, ContextGraph } from '../context-graph.ts'
import { stateKey } from '../state/keys.ts'
import { AssetGraph } from './asset-graph.ts'
import { StoredGraph } from './stored-graph.ts'

export interface SampleAsset {
  readonly uid: string
  readonly document: AssetDocument
  readonly tenant?: string
  readonly account?: string
  readonly region?: string
  readonly version?: number
}

export interface SampleCoverage {
  /** The types that complete scans covered, in every account and region; all where it is absent. */
  readonly covered?: readonly AssetType[]
}

export const SAMPLE_TENANT = 'acme'
export const SAMPLE_ACCOUNT = '111122223333'
export const SAMPLE_REGION = 'eu-west-1'

/** For tests: the graph of these assets. What one does not say is the sample's tenant, account and region. */
export function sampleGraph(assets: readonly SampleAsset[], { covered }: SampleCoverage = {}): ContextGraph {
  const records = new Map(assets.map((asset) => [keyOf(asset), assetRecord(asset)]))
  const graph = new AssetGraph()
  for (const [key, record] of records) graph.update(key, record)
  const stored = new StoredGraph(graph, records)
  return {
    asset: (tenant, uid, type) => stored.asset(tenant, uid, type),
    referring: (tenant, uid, relation, type) => stored.referring(tenant, uid, relation, type),
    covers: (_tenant, type) => covered?.includes(type) ?? true,
    remember: (key, derive) => stored.remember(key, derive),
  }
}

function keyOf({ uid, tenant = SAMPLE_TENANT }: SampleAsset): string {
  return stateKey.asset(tenant, uid)
}

/** The record of posture.state that tells of a sample asset. */
export function assetRecord({ uid, document, tenant = SAMPLE_TENANT, ...rest }: SampleAsset): AssetState {
  const { account = SAMPLE_ACCOUNT, region = SAMPLE_REGION, version = 1 } = rest
  const asset = { uid, type: document.type, provider: 'aws' as const, account, region, version: { time: version } }
  return { type: 'asset', tenant, asset, deleted: false, document: { ...document }, acceptedAt: version }
}
