import { randomUUID } from 'node:crypto'
import type { StateRecord } from '../../schemas/generated/state.ts'
import type { AssetType, KnownAsset } from '../context-graph.ts'
import { assetPrefix, stateKey } from '../state/keys.ts'
import { AccountLinks } from './account-links.ts'
import { Adjacency } from './adjacency.ts'
import { grown } from './growing.ts'
import { isSubject } from './reads.ts'
import { kindNumber, typeNumber, TYPES } from './kinds.ts'
import { RecentAssets } from './recent-assets.ts'
import { eachNamed, isAssetType } from './relations.ts'

const UNKNOWN = 0
const FIRST_ROOM = 64

/**
 * How the assets of one partition hang together. An asset is a number here, and a few integers in columns; its document
 * stays in the store. One that is named but not known is there as well, without a type.
 */
export class AssetGraph {
  /** No other graph has it, nor the one that is built of the same assets later. */
  readonly name = randomUUID()
  readonly edges = new Adjacency()
  readonly links = new AccountLinks()
  readonly recent = new RecentAssets()
  /** Of the scopes that were asked for last, whether all of it is known; see `forgetCoverage`. */
  readonly covered = new Map<string, boolean>()
  /** What was found out from the graph as it is now, by whoever asked. */
  readonly derived = new Map<string, unknown>()
  /** By tenant, the start of the state keys of its assets: a digest, asked for with every look at an asset. */
  readonly #prefixes = new Map<string, string>()
  /** By the start of the state keys of one tenant's assets. */
  readonly #tenants = new Map<string, Map<string, number>>()
  readonly #uids: string[] = ['']
  #type = new Uint8Array(FIRST_ROOM)
  #account = new Int32Array(FIRST_ROOM)
  #generation = new Int32Array(FIRST_ROOM)
  readonly #free: number[] = []
  readonly #accounts: string[] = ['']
  readonly #accountNumbers = new Map<string, number>([['', 0]])
  #known = 0

  /** How many assets are known, and how many edges they have. */
  get size(): { readonly assets: number; readonly edges: number } {
    return { assets: this.#known, edges: this.edges.count }
  }

  /** The start of the state keys of a tenant's assets. */
  prefixOfTenant(tenant: string): string {
    let prefix = this.#prefixes.get(tenant)
    if (prefix === undefined) this.#prefixes.set(tenant, (prefix = stateKey.asset(tenant, '')))
    return prefix
  }

  /** The number of an asset that is known or named; 0 for none. */
  find(prefix: string, uid: string): number {
    return this.#tenants.get(prefix)?.get(uid) ?? 0
  }

  uidOf(node: number): string {
    return this.#uids[node]!
  }

  /** Undefined where it is not known. */
  typeOf(node: number): AssetType | undefined {
    return TYPES[(this.#type[node] ?? UNKNOWN) - 1]
  }

  /** The assets of a tenant's account that have an exposure, with numbers above `after`, in the order of their numbers. */
  *subjectsOf(prefix: string, account: string, after: number): Iterable<number> {
    const wanted = this.#accountNumbers.get(account)
    for (let node = after + 1; node < this.#uids.length; node++)
      if (
        this.#account[node] === wanted &&
        isSubject(this.typeOf(node)) &&
        this.find(prefix, this.uidOf(node)) === node
      )
        yield node
  }

  /** Another one than before whenever the asset's record may be another. */
  generationOf(node: number): number {
    return this.#generation[node]!
  }

  /** Takes over what the store holds, or held, under an asset's key. The same again changes nothing. */
  update(key: string, record: StateRecord | null | undefined): void {
    const prefix = prefixOf(key)
    const asset = knownAsset(record)
    const uid = asset?.uid ?? key.slice(prefix.length)
    if (asset === undefined && this.find(prefix, uid) === 0) return
    this.derived.clear()
    const node = this.#intern(prefix, uid)
    const before = this.edges.detach(node)
    this.#describe(node, asset)
    if (asset !== undefined) this.#connect(prefix, node, asset)
    this.edges.drop(before, (to) => {
      this.#link(node, to, false)
      // One that named itself is released once, when all of its edges are gone.
      if (to !== node) this.#releaseUnused(prefix, to)
    })
    this.#releaseUnused(prefix, node)
  }

  /** A scan ended, or what was known by one lapsed: what is covered is to be looked up again. */
  forgetCoverage(): void {
    this.covered.clear()
    this.derived.clear()
  }

  #describe(node: number, asset: KnownAsset | undefined): void {
    this.#known += Number(asset !== undefined) - Number(this.#type[node] !== UNKNOWN)
    this.#type[node] = asset === undefined ? UNKNOWN : typeNumber(asset.document.type)
    this.#account[node] = asset === undefined ? 0 : this.#accountNumber(asset.account)
    this.#generation[node]! += 1
  }

  #connect(prefix: string, node: number, asset: KnownAsset): void {
    const { document } = asset
    const made = new Set<string>()
    eachNamed(
      document,
      (relation, uid) => {
        const edge = `${relation} ${uid}`
        const kind = kindNumber(document.type, relation)
        if (kind === undefined || made.has(edge)) return
        made.add(edge)
        const to = this.#intern(prefix, uid)
        this.edges.add(node, to, kind)
        this.#link(node, to, true)
      },
      asset,
    )
  }

  #link(from: number, to: number, made: boolean): void {
    const [one, other] = [accountIn(this.uidOf(from)), accountIn(this.uidOf(to))]
    if (one === other || one === '' || other === '') return
    if (made) this.links.add(one, other)
    else this.links.remove(one, other)
  }

  #intern(prefix: string, uid: string): number {
    let nodes = this.#tenants.get(prefix)
    if (nodes === undefined) this.#tenants.set(prefix, (nodes = new Map<string, number>()))
    const held = nodes.get(uid)
    if (held !== undefined) return held
    const node = this.#free.pop() ?? this.#uids.length
    this.#uids[node] = uid
    nodes.set(uid, node)
    this.#type = grown(this.#type, node + 1)
    this.#account = grown(this.#account, node + 1)
    this.#generation = grown(this.#generation, node + 1)
    return node
  }

  #releaseUnused(prefix: string, node: number): void {
    if (this.#type[node] !== UNKNOWN || this.edges.hasIncoming(node)) return
    this.#tenants.get(prefix)?.delete(this.uidOf(node))
    this.#uids[node] = ''
    this.#generation[node]! += 1
    this.#free.push(node)
  }

  #accountNumber(account: string): number {
    const held = this.#accountNumbers.get(account)
    if (held !== undefined) return held
    this.#accountNumbers.set(account, this.#accounts.length)
    return this.#accounts.push(account) - 1
  }
}

/** The start of an asset's state key, which all of its tenant share. */
export function prefixOf(key: string): string {
  return key.slice(0, key.indexOf('/', assetPrefix.length) + 1)
}

/** The account that an ARN names; empty where it names none. */
function accountIn(uid: string): string {
  if (!uid.startsWith('arn:')) return ''
  let from = 0
  for (let part = 0; part < 4; part++) {
    from = uid.indexOf(':', from) + 1
    if (from === 0) return ''
  }
  const to = uid.indexOf(':', from)
  return to === -1 ? '' : uid.slice(from, to)
}

/** What a record tells of an asset; undefined for a deleted one, and where its document is missing or of no known type. */
export function knownAsset(record: StateRecord | null | undefined): KnownAsset | undefined {
  if (record?.type !== 'asset' || record.deleted || !isAssetType(record.document?.['type'])) return undefined
  const { uid, account, region = '', version } = record.asset
  return { uid, account, region, document: record.document as unknown as KnownAsset['document'], version: version.time }
}
