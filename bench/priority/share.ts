import { BatchWork, type Workshop } from '../../enrichment/batch-work.ts'
import { assetContext } from '../../enrichment/asset-context/asset-context.ts'
import { correlation } from '../../enrichment/correlation/correlation.ts'
import type { Enricher, FindingContext, Priority, StateReader } from '../../enrichment/enricher.ts'
import { NO_INTELLIGENCE, type Intelligence } from '../../enrichment/intelligence.ts'
import { priority } from '../../enrichment/priority/priority.ts'
import { LocalStore } from '../../enrichment/state/local-store.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import { eventHeaders } from '../../schemas/records.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'

const DAY_MS = 24 * 3600 * 1000
const BATCH = 500
const NOW = Date.UTC(2026, 10, 25, 13)
const schemas = new SchemaRegistry()
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** What enrichment used, in seconds of CPU. */
export interface Used {
  /** All threads of the process, garbage collection among them. */
  readonly enrichment: number
  /** The thread's own, inside the enricher of the priority: evidence, evaluation and explanation. */
  readonly priority: number
  readonly priorities: readonly Priority[]
}

/**
 * Takes the findings as enrichment's batches do, into a store in memory: decodes, applies, enriches, makes OCSF of it,
 * validates and encodes. What the stream itself costs is left out, so that the share of the priority is rather too high.
 */
export async function enrich(findings: readonly FindingObserved[]): Promise<Used> {
  const timed = new TimedPriority(priority({}, intelligence()))
  const workshop: Workshop = {
    schemas,
    enrichers: [assetContext({}), timed, correlation({})],
    periods: { refreshMs: 30 * DAY_MS, forgetMs: 400 * DAY_MS, memoryMs: 30 * DAY_MS },
    ruleset: 'bench',
    log: silent,
    clock: () => NOW,
  }
  using store = openStore()
  const state = store.local.partition(0)
  const records = recordsOf(findings)
  const before = process.cpuUsage()
  for (let from = 0; from < records.length; from += BATCH) {
    const work = new BatchWork(state, workshop)
    await work.take(records.slice(from, from + BATCH), new AbortController().signal)
    if (work.deadLetters.length > 0) throw new Error('a finding of the sample became a dead letter')
    work.stateRecords()
    state.apply(work.store.changes, BigInt(from + BATCH), NOW)
  }
  const { user, system } = process.cpuUsage(before)
  return { enrichment: (user + system) / 1e6, priority: timed.microseconds / 1e6, priorities: timed.priorities }
}

class TimedPriority implements Enricher {
  readonly name = 'priority'
  readonly version = 1
  readonly consumes = []
  readonly priorities: Priority[] = []
  microseconds = 0
  readonly #enricher: Enricher

  constructor(enricher: Enricher) {
    this.#enricher = enricher
  }

  apply(): Iterable<string> {
    return []
  }

  enrich(finding: FindingState, store: StateReader, before: FindingContext): FindingContext {
    const from = process.threadCpuUsage()
    const context = this.#enricher.enrich(finding, store, before)
    const { user, system } = process.threadCpuUsage(from)
    this.microseconds += user + system
    if (context.priority !== undefined) this.priorities.push(context.priority)
    return context
  }
}

/** Both feeds were read: every twentieth CVE is known to be exploited, and each has a score. */
function intelligence(): Intelligence {
  return {
    ...NO_INTELLIGENCE,
    epss: { at: NOW, count: 250_000 },
    kev: { at: NOW, count: 1400 },
    epssOf: (cve) => ({ score: (Number(cve.slice(-2)) % 50) / 100, percentile: 0.5 }),
    kevOf: (cve) => (Number(cve.slice(-2)) % 20 === 0 ? { addedAt: NOW - DAY_MS, ransomware: false } : undefined),
  }
}

function openStore(): { readonly local: LocalStore; [Symbol.dispose]: () => void } {
  const local = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  return { local, [Symbol.dispose]: () => local.close() }
}

function recordsOf(findings: readonly FindingObserved[]): StreamRecord[] {
  return findings.map((event, at) => ({
    topic: topics.events.name,
    partition: 0,
    offset: BigInt(at),
    timestamp: NOW,
    key: event.id,
    value: schemas.encode('posture-event', event),
    headers: eventHeaders(event),
  }))
}
