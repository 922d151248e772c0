import { setImmediate as breathe } from 'node:timers/promises'
import { PermanentError, errorCode } from '../core/errors.ts'
import type { Logger } from '../core/telemetry.ts'
import type { Tracing } from '../core/tracing.ts'
import { deadLetterRecords, streamOrigin, type Undeliverable } from '../schemas/dead-letters.ts'
import type { StateRecord } from '../schemas/generated/state.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import { requireSchema, stateHeaders } from '../schemas/records.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import { MAX_RECORD_BYTES, recordBytes, type OutgoingRecord, type StreamRecord } from '../stream/stream.ts'
import { ENRICHMENT_GROUP } from './enrichment-group.ts'
import { nextRevision, type Emission } from './emit.ts'
import type { Enricher, StateStore } from './enricher.ts'
import { EventTraces, type EventTrace } from './event-traces.ts'
import { AssetChanges } from './graph/asset-changes.ts'
import type { Outcome } from './lifecycle/applied.ts'
import { withUsableDocument } from './lifecycle/documents.ts'
import { applyEvent, causeOf } from './lifecycle/lifecycle.ts'
import type { Periods } from './lifecycle/periods.ts'
import { stateKey } from './state/keys.ts'
import type { PartitionState } from './state/local-store.ts'
import { Overlay } from './state/overlay.ts'

/** What every batch needs, whatever its partition. */
export interface Workshop {
  readonly schemas: SchemaRegistry
  readonly enrichers: readonly Enricher[]
  readonly periods: Periods
  /** Of rules and configuration: findings enriched under another one are enriched again. */
  readonly ruleset: string
  readonly log: Logger
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined
  clock(): number
}

/** How many records are taken before other work of the process, heartbeats among it, gets its turn. */
const BREATH = 50

/** One batch of one partition: what it changes and what it will publish, all of it or nothing. */
export class BatchWork {
  readonly store: Overlay
  readonly emissions: Emission[] = []
  readonly forgotten: OutgoingRecord[] = []
  readonly deadLetters: OutgoingRecord[] = []
  readonly outcomes = new Map<Outcome, number>()
  readonly notes: string[] = []
  readonly traces: EventTraces | undefined
  readonly #workshop: Workshop
  readonly #assets: AssetChanges
  /** Records of the state as they will be published; each was made to learn its size. */
  readonly #encoded = new WeakMap<StateRecord, Uint8Array>()

  constructor(state: PartitionState, workshop: Workshop) {
    this.store = new Overlay(state)
    this.#workshop = workshop
    this.traces = workshop.tracing && new EventTraces(workshop.tracing, ENRICHMENT_GROUP)
    this.#assets = new AssetChanges(state.assets)
  }

  /** Takes the records in order; one that cannot be processed becomes a dead letter and leaves nothing else behind. */
  async take(records: readonly StreamRecord[], signal: AbortSignal): Promise<void> {
    for (const [index, record] of records.entries()) {
      if (index % BREATH === BREATH - 1) await breathe()
      signal.throwIfAborted()
      const { key, value, headers } = record
      const letter = { key, value: value ?? new Uint8Array(), headers }
      const trace = this.traces?.begin(record)
      const isTaken = this.attempt(letter, streamOrigin(record), (store) => this.#apply(record, store, trace))
      trace?.ended(isTaken ? undefined : this.deadLetters.at(-1)?.headers?.['dl_code'])
    }
    this.markAffected()
  }

  /** Tells the graph what a step changed about assets, before it enriches findings; see `markAffected`. */
  follow(step: Overlay): void {
    this.#assets.follow(step, this.store)
  }

  /** Marks the findings that the followed steps may concern, to be enriched again. */
  markAffected(): void {
    this.#assets.mark(this.store)
  }

  /**
   * Takes one step whose changes and emissions count together; where it fails, or makes a record that no topic takes,
   * `letter` becomes a dead letter, nothing else is left of it, and the answer is false.
   */
  attempt(letter: Undeliverable, origin: string, step: (store: Overlay) => readonly Emission[]): boolean {
    const store = new Overlay(this.store)
    try {
      const emissions = step(store)
      for (const { record } of emissions) requireSize(record)
      for (const [key, record] of store.changes) requireSize(this.#stateRecord(key, record))
      this.store.absorb(store)
      this.emissions.push(...emissions)
      return true
    } catch (error) {
      // Else the partition is taken over anew, and the graph reverted as a whole.
      if (concernsTheStage(error)) throw error
      this.#assets.undo(store, this.store)
      const time = this.#workshop.clock()
      this.deadLetters.push(
        ...deadLetterRecords(letter, { stage: 'enrichment', component: 'enrichment', error, origin, time }),
      )
      return false
    }
  }

  #apply(record: StreamRecord, store: Overlay, trace: EventTrace | undefined): readonly Emission[] {
    const { schemas, enrichers } = this.#workshop
    if (record.value === null) throw new PermanentError('RECORD_EMPTY', 'a record of posture.events has a value')
    requireSchema(record.headers, 'posture-event')
    const event = withUsableDocument(schemas.decode('posture-event', record.value), schemas)
    const now = this.#workshop.clock()
    const { outcome, touched, note } = applyEvent(event, store, now)
    this.follow(store)
    markDirty(event, store, enrichers)
    const emissions = touched
      .map((key) => nextRevision(key, causeOf(event), store, enrichers, now, record.timestamp))
      .filter((each) => each !== undefined)
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
    if (note !== undefined) this.notes.push(note)
    return trace === undefined ? emissions : trace.applied(event, outcome, emissions)
  }

  /** Everything to publish on posture.state: the changes, in the order in which they were made. */
  stateRecords(): OutgoingRecord[] {
    return [...this.store.changes].map(([key, record]) => this.#stateRecord(key, record))
  }

  #stateRecord(key: string, record: StateRecord | null): OutgoingRecord {
    if (record === null) return { key, value: null, headers: stateHeaders(undefined) }
    const value = this.#encoded.get(record) ?? this.#workshop.schemas.encode('state', record)
    this.#encoded.set(record, value)
    return { key, value, headers: stateHeaders('tenant' in record ? record.tenant : undefined) }
  }
}

/** One record that the broker refuses would fail its batch again and again, and with it the partition. */
function requireSize(record: OutgoingRecord): void {
  const bytes = recordBytes(record)
  if (bytes <= MAX_RECORD_BYTES) return
  throw new PermanentError(
    'RECORD_TOO_LARGE',
    `the record ${record.key} that is made of it would have ${bytes} bytes; ${MAX_RECORD_BYTES} are the most`,
  )
}

function markDirty(event: PostureEvent, store: StateStore, enrichers: readonly Enricher[]): void {
  for (const enricher of enrichers) {
    if (!enricher.consumes.includes(event.type)) continue
    for (const key of enricher.apply(event, store))
      store.put(stateKey.dirtyFinding(key), { type: 'dirty', reason: enricher.name })
  }
}

/** A newer version's record, a failing local store or the end of the batch's time are no fault of the record in hand. */
function concernsTheStage(error: unknown): boolean {
  const code = errorCode(error)
  return (
    code === 'SCHEMA_NEWER' ||
    code === 'ABORT_ERR' ||
    code.startsWith('ERR_SQLITE') ||
    (error instanceof DOMException && error.name === 'AbortError')
  )
}
