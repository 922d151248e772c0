/**
 * What a priority is decided by: every ladder with its rungs, the safest first. A ladder without evidence is unknown, and
 * "none" is a rung that needs proof: a missing document is unknown, an empty answer is a fact.
 */
export const LADDERS = {
  /** Who can reach the resource. */
  exposure: ['none', 'internal', 'cross_boundary', 'internet_restricted', 'internet', 'internet_sensitive'],
  /** Whether there is something to exploit, and whether that is done. */
  exploitability: ['hygiene', 'conditional', 'easy', 'active'],
  /** What whoever takes the resource over may do with its identity. */
  identity: ['none', 'scoped', 'broad', 'admin'],
  /** The worst of the resource's own data and of what it can reach. */
  data: ['none', 'internal', 'confidential', 'restricted'],
  /** Attack paths through the resource. */
  path: ['none', 'partial', 'long', 'short', 'completes'],
  /** What the resource is to its owner. */
  asset: ['sandbox', 'dev', 'normal', 'prod', 'crown_jewel'],
  /** The source's own. */
  severity: ['informational', 'low', 'medium', 'high', 'critical'],
  /** What may be done to the resource's data without any identity. */
  anonymousAccess: ['no', 'read', 'write'],
  /** Whether the resource holds a secret that still works. */
  liveSecret: ['no', 'yes', 'readable'],
} as const

export type Item = keyof typeof LADDERS
export type Rung<I extends Item = Item> = (typeof LADDERS)[I][number]
export const ITEMS = Object.keys(LADDERS) as readonly Item[]

/** The place of a rung on its ladder, 0 the safest. */
export function rankOf<I extends Item>(item: I, rung: Rung<I>): number {
  return (LADDERS[item] as readonly string[]).indexOf(rung)
}

/** `technicalImpact` as people say it. */
export function spoken(name: string): string {
  return name === 'kev' ? 'KEV' : name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** One fact about a finding, with who says so. */
export interface Evidence<I extends Item = Item> {
  readonly value: Rung<I>
  /** `possible`: stated or assumed, not proved. */
  readonly certainty: 'certain' | 'possible'
  /** Who says so, for a reader: `Prowler`, `tag Environment=prod`, `CISA KEV`. */
  readonly source: string
  /** When it was observed, in milliseconds since the epoch. */
  readonly observedAt?: number
  /** What it rests on, one short phrase each, the deciding one first: `category internet-exposed`. */
  readonly evidence?: readonly string[]
  /** What others state and this proves wrong. */
  readonly overruled?: readonly Overruled<I>[]
}

/** What somebody stated of an item and a proof decided otherwise. */
export interface Overruled<I extends Item = Item> {
  readonly value: Rung<I>
  readonly source: string
  readonly evidence?: readonly string[]
}

/** A CVE of the finding, as far as it is known; what is undefined is unknown. */
export interface CveEvidence {
  readonly uid: string
  /** In CISA's catalogue of known exploited vulnerabilities. */
  readonly kev?: boolean
  /** When CISA added it, in milliseconds since the epoch. */
  readonly kevAddedAt?: number
  /** FIRST's probability of exploitation in the next 30 days, 0 to 1. */
  readonly epss?: number
  readonly epssPercentile?: number
  /** A public exploit exists. */
  readonly publicExploit?: boolean
  /** SSVC: whether reconnaissance, weaponization, delivery and exploitation can be automated. */
  readonly automatable?: boolean
  /** SSVC: how much control an exploit gives over the vulnerable component. */
  readonly technicalImpact?: 'partial' | 'total'
}

/** Everything that is known about one finding; a ladder that is absent is unknown. */
export type EvidenceVector = {
  readonly [I in Item]?: Evidence<I>
} & {
  /** Of a finding about vulnerabilities: the CVE that decides. Absent: the finding is about none. */
  readonly cve?: CveEvidence
}
