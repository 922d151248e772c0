import { isObject, type Json } from './checks.ts'
import type { HubAggregation, HubPlace } from './options.ts'

/** Security Hub deletes a finding 90 days after its last update. */
const KEPT_MS = 90 * 24 * 3600 * 1000

/** A finding as it is kept. */
export class StoredFinding implements HubPlace {
  readonly account: string
  readonly region: string
  /** The fields that BatchUpdateFindings has set: from then on they are not the provider's. */
  readonly touched = new Set<string>()
  /** What BatchUpdateFindingsV2 has set. */
  overlay: Json = {}
  /** When its provider last sent it, by the server's clock. */
  sentAt: number
  /** What its provider last sent, as a digest. */
  sent: string | undefined
  #document: Json | undefined
  readonly #make: () => Json

  constructor({ account, region }: HubPlace, sentAt: number, make: () => Json) {
    this.account = account
    this.region = region
    this.sentAt = sentAt
    this.#make = make
  }

  /** Made anew at each reading until it is set: a hundred thousand of them need no memory. */
  get document(): Json {
    return this.#document ?? this.#make()
  }

  set document(document: Json) {
    this.#document = document
  }
}

/** Whether it is OCSF that was put here, and not ASFF. */
export function isOcsf(document: Json): boolean {
  return document['class_uid'] !== undefined
}

/** The identity of a document within its place: Id and ProductArn, or what OCSF has for them. */
export function identityOf(document: Json): string {
  if (!isOcsf(document)) return JSON.stringify([document['ProductArn'], document['Id']])
  return JSON.stringify(['ocsf', isObject(document['metadata']) ? document['metadata']['uid'] : undefined])
}

export interface StoreOptions {
  readonly accounts: readonly string[]
  readonly administrator: string | undefined
  readonly aggregation: HubAggregation | undefined
  readonly clock: () => number
}

/** All findings of all accounts and regions. */
export class FindingStore {
  readonly #options: StoreOptions
  readonly #byIdentity = new Map<string, StoredFinding[]>()
  readonly #all = new Set<StoredFinding>()

  constructor(options: StoreOptions) {
    this.#options = options
  }

  /** Puts a finding where none with its identity is in that place, else in its stead. */
  put(place: HubPlace, make: () => Json): StoredFinding {
    const identity = identityOf(make())
    const found = this.find(identity, place)
    if (found) this.#drop(found, identity)
    const stored = new StoredFinding(place, this.#options.clock(), make)
    const others = this.#byIdentity.get(identity)
    if (others) others.push(stored)
    else this.#byIdentity.set(identity, [stored])
    this.#all.add(stored)
    return stored
  }

  find(identity: string, { account, region }: HubPlace): StoredFinding | undefined {
    return this.#kept(this.#byIdentity.get(identity) ?? []).find(
      (each) => each.account === account && each.region === region,
    )
  }

  /** The findings with this identity that a caller at `place` sees. */
  findVisible(identity: string, place: HubPlace): StoredFinding[] {
    const sees = this.#sight(place)
    return this.#kept(this.#byIdentity.get(identity) ?? []).filter(sees)
  }

  /** What a caller at `place` sees, in the order of creation. */
  visible(place: HubPlace): StoredFinding[] {
    return this.#kept([...this.#all]).filter(this.#sight(place))
  }

  all(): StoredFinding[] {
    return this.#kept([...this.#all])
  }

  /** Removes all findings with this Id, or OCSF uid; says how many there were. */
  remove(id: string): number {
    const gone = [...this.#all].filter(({ document }) => idOf(document) === id)
    for (const stored of gone) this.#drop(stored, identityOf(stored.document))
    return gone.length
  }

  /** The administrator sees all accounts, the home region the linked ones; who is neither sees its own. */
  #sight({ account, region }: HubPlace): (stored: HubPlace) => boolean {
    const { administrator, aggregation } = this.#options
    return (stored) => {
      if (stored.account !== account && account !== administrator) return false
      if (stored.region === region) return true
      return region === aggregation?.home && (aggregation.linked?.includes(stored.region) ?? true)
    }
  }

  #kept(findings: readonly StoredFinding[]): StoredFinding[] {
    const oldest = this.#options.clock() - KEPT_MS
    return findings.filter(({ sentAt }) => sentAt > oldest)
  }

  #drop(stored: StoredFinding, identity: string): void {
    this.#all.delete(stored)
    const others = (this.#byIdentity.get(identity) ?? []).filter((each) => each !== stored)
    if (others.length > 0) this.#byIdentity.set(identity, others)
    else this.#byIdentity.delete(identity)
  }
}

/** The provider's id of a document, of either format. */
export function idOf(document: Json): unknown {
  if (!isOcsf(document)) return document['Id']
  return isObject(document['finding_info']) ? document['finding_info']['uid'] : undefined
}
