import type { TSchema } from 'typebox'
import type { Definition } from '../core/component.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'

/** Reads one source. Pulls are lazy: the next batch is asked for only after this one is safely published. */
export interface Collector {
  /** Cheap and free of side effects: may we read here at all? Throws with what is wrong and how to mend it. */
  check(signal: AbortSignal): Promise<void>
  /**
   * One sweep: resumes after `position` (what an earlier batch gave); ends when the source has nothing more for now, and
   * is called again at the next tick of the schedule, or soon where the definition `runs` continuously. Never called while
   * an earlier call has not ended. It is called anew after a TransientError, and after any other error that is not permanent.
   */
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

export interface CollectorDefinition<Schema extends TSchema = TSchema> extends Definition<Schema, Collector> {
  /**
   * What happens without a schedule: `once` (unless told) sweeps once per run; `continuously` is for a source that is waited
   * on, a queue for instance: a sweep ends when nothing came for a while, and soon the next begins.
   */
  readonly runs?: 'once' | 'continuously'
  /**
   * Asking for the next batch takes the last one away from the source, as from a queue. A dry run then looks at one batch
   * and asks for no other.
   */
  readonly consumes?: boolean
}
