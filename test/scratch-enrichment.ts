import { onTestFinished } from 'vitest'
import { BatchWork } from '../enrichment/batch-work.ts'
import { enrichersOf, type EnricherSettings } from '../enrichment/catalog.ts'
import { doClockWork, type ClockWorkshop } from '../enrichment/clock-work.ts'
import { ruleset } from '../enrichment/config.ts'
import type { IntelTable } from '../enrichment/intel/intel-table.ts'
import type { Enricher } from '../enrichment/enricher.ts'
import { dueAt } from '../enrichment/lifecycle/periods.ts'
import { LocalStore } from '../enrichment/state/local-store.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import { eventHeaders, readFindingHeaders } from '../schemas/records.ts'
import { SchemaRegistry } from '../schemas/registry.ts'
import type { PostureFinding } from '../sinks/sink.ts'
import { topics } from '../stream/topics.ts'
import { sampleIntel } from './sample-intel.ts'

const DAY_MS = 24 * 3600 * 1000
const PERIODS = { refreshMs: 30 * DAY_MS, forgetMs: 400 * DAY_MS, memoryMs: 30 * DAY_MS }
const schemas = new SchemaRegistry()
const silent = { debug() {}, info() {}, warn() {}, error() {} }

interface ScratchOptions {
  readonly intelligence?: IntelTable
  readonly enrichers?: readonly Enricher[]
}

/** One partition of enrichment without a stream: events go in, findings come out, and the clock is the test's. */
export class ScratchEnrichment {
  now: number
  readonly #state
  readonly #intelligence: IntelTable
  readonly #beside: readonly Enricher[]
  #enrichers!: readonly Enricher[]
  #ruleset!: string
  #offset = 0n
  readonly #close: () => void

  /** The enrichers are beside those of the catalogue; the intelligence is what the table holds at the time. */
  constructor(now: number, { intelligence = sampleIntel(), enrichers = [] }: ScratchOptions = {}) {
    this.now = now
    this.#intelligence = intelligence
    this.#beside = enrichers
    this.configure({})
    const store = LocalStore.open({ path: ':memory:', version: '1', dueAt: (record) => dueAt(record, PERIODS) })
    this.#close = once(() => store.close())
    onTestFinished(this.#close)
    this.#state = store.partition(0)
  }

  /** Goes on with another configuration, as after a new start. */
  configure(settings: EnricherSettings): void {
    this.#enrichers = [...enrichersOf(settings, this.#intelligence), ...this.#beside]
    this.#ruleset = ruleset(settings)
  }

  /** Goes on with other rules by this name, as after a new start. */
  changeRules(name: string): void {
    this.#ruleset = name
  }

  /** The findings that these events bring, in order. A dead letter fails the test. */
  async take(...events: readonly PostureEvent[]): Promise<PostureFinding[]> {
    const work = new BatchWork(this.#state, this.#workshop())
    const records = events.map((event) => ({
      topic: topics.events.name,
      partition: 0,
      offset: this.#offset++,
      timestamp: this.now,
      key: event.id,
      value: schemas.encode('posture-event', event),
      headers: eventHeaders(event),
    }))
    await work.take(records, new AbortController().signal)
    return this.#commit(work)
  }

  /** What the clock alone brings, in one step of it; `settled` is whether nothing is left to do now. */
  tick(): { readonly findings: PostureFinding[]; readonly settled: boolean } {
    const workshop = this.#workshop()
    const work = new BatchWork(this.#state, workshop)
    const settled = doClockWork(work, this.#state, workshop)
    return { findings: this.#commit(work), settled }
  }

  /** Gives its memory back before the test has ended. */
  close(): void {
    this.#close()
  }

  #workshop(): ClockWorkshop {
    return {
      schemas,
      enrichers: this.#enrichers,
      periods: PERIODS,
      ruleset: this.#ruleset,
      log: silent,
      intelligence: this.#intelligence,
      clock: () => this.now,
    }
  }

  #commit(work: BatchWork): PostureFinding[] {
    const [dead] = work.deadLetters
    if (dead !== undefined) throw new Error(`a dead letter: ${dead.headers?.['dl_message']}`)
    work.stateRecords()
    this.#state.apply(work.store.changes, this.#offset, this.now)
    return work.emissions.map(({ record: { value, headers = {} } }) => {
      const bytes = value ?? new Uint8Array()
      const event = JSON.parse(Buffer.from(bytes).toString()) as PostureFinding['event']
      return { ...readFindingHeaders(headers), event, bytes }
    })
  }
}

function once(action: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) action()
    isDone = true
  }
}
