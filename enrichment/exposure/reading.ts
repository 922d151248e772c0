import { regionUid } from '../../schemas/aws-arns.ts'
import type { AssetType, ContextGraph, KnownAsset, Relation } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'

/** What is read of an asset of whichever type. */
export type Named = Pick<KnownAsset, 'uid' | 'account' | 'region'>
type Version = Pick<KnownAsset, 'uid' | 'version'>

/**
 * One evaluation's view of the graph: it remembers what the answer rests on, and reads nothing twice. It lives for one
 * call only.
 */
export class Reading {
  readonly #graph: ContextGraph
  readonly #tenant: string
  readonly #inputs = new Map<string, number>()
  readonly #known = new Map<string, unknown>()

  constructor(graph: ContextGraph, tenant: string, subject: Version) {
    this.#graph = graph
    this.#tenant = tenant
    this.use(subject)
  }

  asset<Type extends AssetType>(uid: string, type?: Type): KnownAsset<Type> | undefined {
    return this.once(`asset ${type} ${uid}`, () => {
      const asset = this.#graph.asset(this.#tenant, uid, type)
      if (asset !== undefined) this.use(asset)
      return asset
    })
  }

  /** Those that name the asset; they count as inputs where the caller says so by `use`, or at once. */
  referring<Type extends AssetType>(
    uid: string,
    relation: Relation,
    type: Type,
    isUsed = true,
  ): readonly KnownAsset<Type>[] {
    const assets = this.once(`referring ${relation} ${type} ${uid}`, () =>
      this.#graph.referring(this.#tenant, uid, relation, type),
    )
    if (isUsed) for (const asset of assets) this.use(asset)
    return assets
  }

  /** Whether all of a type are known where this asset lives: in the account and region that its ARN names. */
  covers(type: AssetType, near: Named): boolean {
    const { account, region } = homeOf(near)
    return this.#graph.covers(this.#tenant, type, account, region)
  }

  use({ uid, version }: Version): void {
    this.#inputs.set(uid, version)
  }

  once<T>(key: string, make: () => T): T {
    if (!this.#known.has(key)) this.#known.set(key, make())
    return this.#known.get(key) as T
  }

  inputs(): Exposure['inputs'] {
    return [...this.#inputs].map(([uid, version]) => ({ uid, version }))
  }
}

/** Where an asset lives by its ARN, else where the inventory saw it: a shared subnet belongs to another account. */
export function homeOf({ uid, account, region }: Named): { readonly account: string; readonly region: string } {
  const [arn, , , arnRegion, arnAccount] = uid.split(':')
  return arn === 'arn' ? { account: arnAccount || account, region: arnRegion || region } : { account, region }
}

/** `aws` of an ARN, which is what most uids are. */
export function partitionOf(uid: string): string {
  return uid.split(':')[1] ?? 'aws'
}

/** The settings of an account in a region, in the partition of an asset's uid. */
export function regionSettingsOf({ uid, account, region }: Named): string {
  return regionUid({ partition: partitionOf(uid), account, region })
}

/** Each asset once, of those that are known. */
export function distinctAssets<Type extends AssetType>(
  assets: readonly (KnownAsset<Type> | undefined)[],
): readonly KnownAsset<Type>[] {
  return [...new Map(assets.flatMap((each) => (each ? [[each.uid, each] as const] : []))).values()]
}

/** `sg-1` of `arn:…:security-group/sg-1`: what people call it. */
export function nameOf(uid: string): string {
  const [arn, , service, , , ...rest] = uid.split(':')
  if (arn !== 'arn') return uid
  const path = rest.join(':').split('/')
  if (service === 'elasticloadbalancing') return (/^(app|net|gwy)$/.test(path[1] ?? '') ? path[2] : path[1]) ?? uid
  return path.at(-1)?.split(':').at(-1) ?? uid
}
