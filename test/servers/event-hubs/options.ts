import type { Tier } from './limits.ts'
import type { Right } from './tokens.ts'

export interface EventHubOptions {
  readonly hub?: string
  readonly partitions?: number
  /** Beside `$Default`, which is always there. */
  readonly consumerGroups?: readonly string[]
  readonly tier?: Tier
  /** What the policy of the connection string may do. */
  readonly rights?: readonly Right[]
  /** With them it speaks TLS, as the service does; without, what the SDK takes from its emulator. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** After how long without a word of the client it closes the connection, in ms. */
  readonly idleTimeoutMs?: number
  /** One that is free, where it is 0. */
  readonly port?: number
}

export interface SendOptions {
  readonly partition?: string | number
  readonly key?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly contentType?: string
}

export interface HubCounts {
  readonly tokens: number
  readonly refusedTokens: number
  readonly connections: number
  readonly appended: number
  readonly throttled: number
  readonly delivered: number
  readonly evicted: number
  /** Those who read now. */
  readonly receivers: number
}
