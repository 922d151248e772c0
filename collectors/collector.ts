import type { TSchema } from 'typebox'
import type { Definition } from '../core/component.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'

/** Reads one source. Pulls are lazy: the next batch is asked for only after this one is safely published. */
export interface Collector {
  /** Cheap and free of side effects: may we read here at all? Throws with what is wrong and how to mend it. */
  check(signal: AbortSignal): Promise<void>
  /**
   * Sentences for a person: what a sweep would find now, and what it will not do as it is configured. Cheap and free of
   * side effects; asked after a check that went well.
   */
  outlook?(signal: AbortSignal): Promise<readonly string[]>
  /**
   * One sweep: resumes after `position` (what an earlier batch gave); ends when the source has nothing more for now, and
   * is called again at the next tick of the schedule, or soon where the definition `runs` continuously. Never called while
   * an earlier call has not ended. It is called anew after a TransientError, and after any other error that is not permanent.
   */
  collect(position: unknown, signal: AbortSignal, sweep?: Sweep): AsyncIterable<CollectedBatch>
  /**
   * The events of one record that was set aside, read anew by itself: all that its bytes say, and nothing about the scan
   * that it came in. Rejects with a PermanentError that says why it cannot be read still. Absent where only the source
   * can be read again.
   */
  reread?(letter: SetAsideBytes, signal: AbortSignal): Promise<readonly PostureEvent[]>
  close?(): Promise<void>
}

export interface Sweep {
  /** No other sweep follows in this run: what is not ready now is not read in it. So it is unless told. */
  readonly isLast: boolean
}

export interface CollectedBatch {
  /** In the order in which they must be published. */
  readonly events: readonly PostureEvent[]
  /** What could not be read: set aside as it is, with the reason. */
  readonly unreadable?: readonly Unreadable[]
  /** Finding records taken from the source for this batch, unreadable ones included. */
  readonly read: number
  /** Where the event of this index stands at the source, as in `Unreadable`; asked of those that are traced. */
  readonly origin?: (index: number) => string | undefined
  /** Saved once everything above is durable; absent where resuming here would lose something. */
  readonly position?: unknown
}

export interface Unreadable {
  readonly bytes: Uint8Array
  readonly error: Error
  /** Where it stands: a file and the byte at which it starts, `report.json#1024`. */
  readonly origin: string
}

/** What an `Unreadable` left behind. */
export interface SetAsideBytes extends Omit<Unreadable, 'error'> {
  /** When it was set aside, in milliseconds since the epoch. */
  readonly time: number
}

export interface CollectorDefinition<Schema extends TSchema = TSchema> extends Definition<Schema, Collector> {
  /** What it publishes; findings unless told. */
  readonly gives?: 'findings' | 'assets' | 'intelligence'
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
