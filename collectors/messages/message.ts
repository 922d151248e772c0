/** One message of a queue, a topic or a hub, as far as it is read. */
export interface Message {
  /** Where it stands there: its id, or partition and sequence number. */
  readonly id: string
  /** As it came; bytes where the source gives bytes. */
  readonly body: string | Uint8Array
  /** When it was sent there, by the source's clock, in milliseconds since the epoch. */
  readonly sentAt: number | undefined
}

/** What one message holds. */
export interface MessageContent {
  readonly findings: readonly FoundFinding[]
  /** What it says it is, of each part that brings no finding: another event, a subscription to confirm. */
  readonly others: readonly string[]
}

export interface FoundFinding {
  /** Anything that stands where a finding should: null as well. */
  readonly record: unknown
  /** When the source said it, in milliseconds since the epoch, where its envelope says so. */
  readonly at: number | undefined
}
