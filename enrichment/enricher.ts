import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import type { FindingState, StateRecord } from '../schemas/generated/state.ts'
import type { PriorityBand } from '../schemas/records.ts'

/** Reads this partition's state, the running batch's changes included. */
export interface StateReader {
  get(key: string): StateRecord | undefined
  /** Keys that start with `prefix`, in order, after `after` where given; at most `limit`. */
  keys(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Iterable<string>
  /** State keys of the findings whose subject is this resource. */
  findingsOf(tenant: string, resourceUid: string): Iterable<string>
}

/** Changes this partition's state; what is written becomes visible with the batch, or not at all. */
export interface StateStore extends StateReader {
  put(key: string, record: StateRecord): void
  delete(key: string): void
}

/** What the enrichers found out about one finding. Each adds its own part and cannot undo another's. */
export interface FindingContext {
  readonly priority?: Priority
  /** What findings of different sources about one resource and equivalent controls have in common; see correlation/. */
  readonly correlation?: string
}

/** In which order people should work; see priority/. */
export interface Priority {
  readonly band: PriorityBand
  /** 0-100; sorts inside the band only. */
  readonly score: number
  readonly state: 'evaluated' | 'partly_evaluated' | 'not_evaluated'
  /** One sentence each, the deciding one first. */
  readonly reasons: readonly string[]
}

/** Adds facts to findings. Pure: it publishes nothing, reads no clock, and writes only its own key space. */
export interface Enricher {
  readonly name: string
  /** Raised with every change of its rules: findings enriched under another version are enriched again. */
  readonly version: number
  readonly consumes: readonly PostureEvent['type'][]
  /** Takes what an event says into the state; answers the keys of the findings that this may have changed. */
  apply(event: PostureEvent, store: StateStore): Iterable<string>
  enrich(finding: FindingState, store: StateReader): FindingContext
}
