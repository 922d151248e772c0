import type { HecCode } from './codes.ts'

/** A token as an administrator of Splunk makes it. */
export interface HecToken {
  readonly token: string
  /** `useACK`: requests need a channel and get an ackId. */
  readonly acks?: boolean
  readonly disabled?: boolean
  /** The indexes that it may write; absent, it may write all. */
  readonly indexes?: readonly string[]
}

export interface HecOptions {
  readonly tokens: readonly HecToken[]
  /** Largest body in bytes, as sent and when unpacked; 800 MiB by default, as in Splunk 10.4. */
  readonly maxContentLength?: number
  /** How Splunk Cloud Platform differs: too large is 400 with code 6 for event 0, a missing channel is 28. */
  readonly cloud?: boolean
  /** From the answer until the acknowledgement is true; 0 by default. */
  readonly ackDelayMs?: number
  /** A channel idle for longer is forgotten, with all its acknowledgements; 600 s by default. */
  readonly maxIdleMs?: number
  /** Acknowledgements that may wait to be asked for, per channel; 1,000,000 by default. */
  readonly maxPendingAcks?: number
  /** Splunk's `channel_cookie`: a cookie of this name holds the channel of the request. */
  readonly channelCookie?: string
  /** The `/services/collector/event` of another HEC, which gets whatever is indexed here before it is answered. */
  readonly forwardTo?: string
  /** Gets each event in place of `events()`, which then stays empty: for runs whose events do not fit in memory. */
  readonly take?: (event: HecEvent) => void
  /** The port of 127.0.0.1; any free one by default. */
  readonly port?: number
}

/** One JSON object of a request to HEC, checked. */
export interface HecEnvelope {
  readonly event: unknown
  readonly time?: number | string
  readonly host?: string
  readonly source?: string
  readonly sourcetype?: string
  readonly index?: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** An event that was indexed. */
export interface HecEvent {
  readonly token: string
  readonly channel: string | undefined
  readonly envelope: HecEnvelope
}

/** A request, and how it was answered. */
export interface HecRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body's bytes as they were sent. */
  readonly bytes: number
  /** The body's bytes when unpacked; undefined where it was not looked at. */
  readonly unpackedBytes: number | undefined
  readonly status: number
  /** HEC's code; undefined for acknowledgements and for answers of the web server. */
  readonly code: HecCode | undefined
}

/** What `next` may vary. */
export interface NextOptions {
  /** Seconds, or a date, for a `Retry-After` header. */
  readonly retryAfter?: string | undefined
  /** The events are indexed all the same, as when a server dies between its work and its answer. */
  readonly indexed?: boolean
}
