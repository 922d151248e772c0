import type { TSchema } from 'typebox'
import type { Definition } from '../core/component.ts'
import type { FindingHeaders } from '../schemas/records.ts'

/** One revision of one finding, as it stands on posture.findings. */
export interface PostureFinding extends FindingHeaders {
  /** The OCSF event. */
  readonly event: Readonly<Record<string, unknown>>
  /** The event's JSON as it was written, in UTF-8. */
  readonly bytes: Uint8Array
}

/** Writes to one destination. Must be idempotent: the same (key, revision) twice leaves the same state as once. */
export interface Sink {
  /** Cheap and free of side effects: may we write here at all? Throws with what is wrong; asked at start and while waiting. */
  check(signal: AbortSignal): Promise<void>
  /** One outcome per finding, in order. A throw says nothing about any one finding: the batch is tried again or halved. */
  deliver(findings: readonly PostureFinding[], signal: AbortSignal): Promise<readonly Delivery[]>
  close?(): Promise<void>
}

export type Delivery = { readonly status: 'delivered' } | { readonly status: 'failed'; readonly error: Error }

export interface SinkDefinition<Schema extends TSchema = TSchema> extends Definition<Schema, Sink> {
  /** `latest-state` gets the highest revision per finding of a batch; `every-revision` gets all, in order. */
  readonly takes: 'latest-state' | 'every-revision'
}
