import type { TSchema } from 'typebox'
import type { Definition } from '../core/component.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'

/** Reads one source. Pulls are lazy: the next batch is asked for only after this one is safely published. */
export interface Collector {
  /** Cheap and free of side effects: may we read here at all? Throws with what is wrong and how to mend it. */
  check(signal: AbortSignal): Promise<void>
  /** Resumes after `position` (what an earlier batch gave); ends when the source has nothing more for now. */
  collect(position: unknown, signal: AbortSignal): AsyncIterable<CollectedBatch>
  close?(): Promise<void>
}

export interface CollectedBatch {
  /** In the order in which they must be published. */
  readonly events: readonly PostureEvent[]
  /** What could not be read: set aside as it is, with the reason. */
  readonly unreadable?: readonly Unreadable[]
  /** Finding records taken from the source for this batch, unreadable ones included. */
  readonly read: number
  /** Saved once everything above is durable; absent where resuming here would lose something. */
  readonly position?: unknown
}

export interface Unreadable {
  readonly bytes: Uint8Array
  readonly error: Error
  /** Where it stands: a file and the byte at which it starts, `report.json#1024`. */
  readonly origin: string
}

export type CollectorDefinition<Schema extends TSchema = TSchema> = Definition<Schema, Collector>
