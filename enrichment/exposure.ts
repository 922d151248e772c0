import type { Rung } from './evidence.ts'

/** One hop of the proof, in the order in which a packet or a request passes. */
export interface Hop {
  /** The asset that lets it pass, or stops it. */
  readonly uid: string
  /** Short, for a person: `security group sg-1 allows tcp 22 from 0.0.0.0/0`. */
  readonly text: string
}

/** One way in. */
export interface Route {
  /** `internet`, or CIDRs, an account, a VPC. */
  readonly from: string
  readonly protocol: string
  /** `22`, `8000-8080`, `all`. */
  readonly ports: readonly string[]
  readonly hops: readonly Hop[]
  readonly certainty: 'certain' | 'possible'
}

/** Who can reach an asset, with the proof. */
export interface Exposure {
  /** Undefined: unknown; `missing` says what would decide it. */
  readonly value: Rung<'exposure'> | undefined
  readonly certainty: 'certain' | 'possible'
  /** The deciding one first. */
  readonly routes: readonly Route[]
  /** For a value below internet: the hop that closes each way that was looked at. */
  readonly closedBy: readonly Hop[]
  /** What an unsigned caller may do with its data; absent where that is no question. */
  readonly anonymous?: 'no' | 'read' | 'write' | 'unknown'
  /** What it rests on. */
  readonly inputs: readonly { readonly uid: string; readonly version: number }[]
  /** What would make it definite: `network ACLs of subnet-1`. */
  readonly missing: readonly string[]
}
