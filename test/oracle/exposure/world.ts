import type { AssetType, DocumentOf } from '../../../enrichment/context-graph.ts'
import type { SampleAsset } from '../../../enrichment/graph/sample-graph.ts'
import { type Address, readCidr, type Span } from './addresses.ts'
import { ACCOUNT } from './uids.ts'

/** One document of the case, and whose it is. */
export interface Known<Type extends AssetType> {
  readonly uid: string
  readonly account: string
  readonly document: DocumentOf<Type>
}

/** All that a case tells: documents, and of which types it tells them all. */
export class World {
  readonly assets: readonly SampleAsset[]
  readonly #covered: readonly AssetType[] | undefined
  /** CIDRs once read. */
  readonly #spans = new Map<string, Span | undefined>()
  readonly #made = new Map<string, unknown>()
  readonly #byType = new Map<AssetType, Known<AssetType>[]>()

  constructor(assets: readonly SampleAsset[], covered?: readonly AssetType[]) {
    this.assets = assets
    this.#covered = covered
  }

  find<Type extends AssetType>(type: Type, uid: string): DocumentOf<Type> | undefined {
    return this.all(type).find((known) => known.uid === uid)?.document
  }

  all<Type extends AssetType>(type: Type): Known<Type>[] {
    if (this.#byType.size === 0)
      for (const { uid, account = ACCOUNT, document } of this.assets)
        this.#byType.set(document.type, [...(this.#byType.get(document.type) ?? []), { uid, account, document }])
    return (this.#byType.get(type) ?? []) as unknown as Known<Type>[]
  }

  span(cidr: string): Span | undefined {
    if (!this.#spans.has(cidr)) this.#spans.set(cidr, readCidr(cidr))
    return this.#spans.get(cidr)
  }

  /** What is made of the whole world, and only once. */
  once<T>(name: string, make: () => T): T {
    if (!this.#made.has(name)) this.#made.set(name, make())
    return this.#made.get(name) as T
  }

  /** Whether the CIDR holds the address. */
  holds(cidr: string, { family, number }: Address): boolean {
    const span = this.span(cidr)
    return span !== undefined && span.family === family && span.first <= number && number <= span.last
  }

  /** Whether the case tells all there are of a type. */
  hasAll(type: AssetType): boolean {
    return this.#covered?.includes(type) ?? true
  }

  /** Every text that stands anywhere in the documents: CIDRs are among them. */
  texts(): string[] {
    return leaves(this.assets.map(({ document }) => document)).filter((leaf) => typeof leaf === 'string')
  }

  /** Every number that stands anywhere in the documents: ports are among them. */
  numbers(): number[] {
    return leaves(this.assets.map(({ document }) => document)).filter((leaf) => typeof leaf === 'number')
  }
}

function leaves(value: unknown): (string | number)[] {
  if (typeof value === 'string' || typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap((each) => leaves(each)) : []
}
