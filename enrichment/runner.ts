import type { Metrics } from '../core/telemetry.ts'
import type {
  AfterCommit,
  Assignment,
  Batch,
  Committed,
  Consumption,
  OutgoingRecord,
  Stream,
} from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { BatchWork } from './batch-work.ts'
import { doClockWork, type ClockWorkshop } from './clock-work.ts'
import { ENRICHMENT_GROUP } from './enrichment-group.ts'
import { endOfIntel, followIntel } from './intel/follow-intel.ts'
import type { IntelTable } from './intel/intel-table.ts'
import { intelPosition } from './reprioritise.ts'
import { restorePartition } from './restore.ts'
import { stateKey } from './state/keys.ts'
import type { LocalStore, PartitionState } from './state/local-store.ts'

export interface EnrichmentOptions extends ClockWorkshop {
  readonly stream: Stream
  readonly store: LocalStore
  /** What the enrichers know about CVEs; filled from posture.global before the first batch, and kept up from then on. */
  readonly intelligence: IntelTable
  readonly metrics: Metrics
  /** How often the clock's batch comes, in milliseconds. */
  readonly tickMs?: number
  readonly maxRecords?: number
  /** Aborted, it ends the wait for the group; `stop` ends the rest. */
  readonly signal?: AbortSignal
}

export interface RunningEnrichment extends Consumption {
  /**
   * True while there is work that no record of posture.events drives: intelligence that was not read or not applied yet,
   * re-enrichment, or something overdue. Asks the stream only when nothing else is left.
   */
  pending(): Promise<boolean>
}

const TICK_MS = 500
const MAX_RECORDS = 2000
/** How long the graph of a partition that was lost is kept: after a failure it comes back at once. */
const GRAPH_KEPT_MS = 60_000

interface Worker {
  readonly state: PartitionState
  position: bigint
  clockAt: number
  settled: boolean
}

/**
 * Turns posture.events into posture.findings. Per partition, the findings, the state and the input offset of a batch
 * become visible as one; then the local store follows. After any failure the partition is taken over anew.
 */
export async function runEnrichment(options: EnrichmentOptions): Promise<RunningEnrichment> {
  const workers = new Map<number, Worker>()
  const { stream, store, intelligence, log, signal, tickMs = TICK_MS, maxRecords = MAX_RECORDS } = options
  const assigned = async (assignment: Assignment): Promise<bigint | undefined> => {
    const { partition } = assignment
    const state = store.partition(partition)
    const worker: Worker = { state, position: 0n, clockAt: 0, settled: false }
    workers.set(partition, worker)
    assignment.signal.addEventListener('abort', () => {
      // By then the partition may have been taken over anew.
      if (workers.get(partition) === worker) workers.delete(partition)
      const release = setTimeout(() => {
        if (!workers.has(partition)) state.assets.unload()
      }, GRAPH_KEPT_MS)
      release.unref()
    })
    const position = await restorePartition(worker.state, assignment, log, () => options.clock())
    worker.position = position ?? 0n
    return position
  }
  const following = await followIntel(intelligence, stream, signal)
  const consumption = await stream
    .consume({ topic: topics.events.name, group: ENRICHMENT_GROUP, maxRecords, tickMs, assigned, signal }, (batch) =>
      handle(batch, workers.get(batch.partition)!, options, tickMs),
    )
    .catch(async (error: unknown) => {
      await following.stop()
      throw error
    })
  return {
    stop: async () => {
      await consumption.stop()
      await following.stop()
    },
    pending: async () => {
      if (isBusy(workers, intelligence)) return true
      const end = await endOfIntel(stream)
      return intelligence.next < end || isBusy(workers, intelligence)
    },
  }
}

/** Before the first partition is taken over, nothing is known about what there is to do. */
function isBusy(workers: ReadonlyMap<number, Worker>, { next }: IntelTable): boolean {
  return (
    workers.size === 0 || [...workers.values()].some(({ settled, state }) => !settled || intelPosition(state) !== next)
  )
}

async function handle(
  batch: Batch,
  worker: Worker,
  options: EnrichmentOptions,
  tickMs: number,
): Promise<AfterCommit | void> {
  options.intelligence.requireReadable()
  const work = new BatchWork(worker.state, options)
  // What the state already includes may be handed over again; it must not be applied twice.
  const records = batch.records.filter(({ offset }) => offset >= worker.position)
  await work.take(records, batch.signal)
  const now = options.clock()
  // Either way: a clock that was put back must not keep its work waiting until it has caught up.
  const clocked = batch.records.length === 0 || Math.abs(now - worker.clockAt) >= tickMs
  const settled = clocked ? doClockWork(work, worker.state, options) : worker.settled && !leavesMarks(work)
  const last = batch.records.at(-1)
  const position = last === undefined ? worker.position : last.offset + 1n
  if (last !== undefined)
    work.store.put(stateKey.position(topics.events.name), { type: 'position', next: String(position) })
  publish(batch, work)
  return (committed: Committed) => {
    const reached = committed.get(topics.state.name)
    if (reached !== undefined) worker.state.apply(work.store.changes, reached, options.clock())
    worker.position = position
    worker.settled = settled
    if (clocked) worker.clockAt = now
    report(work, options)
    work.traces?.committed()
  }
}

/** Whether its records left something for the clock's batch to do. */
function leavesMarks({ store }: BatchWork): boolean {
  return [...store.changes.keys()].some((key) => key.startsWith(stateKey.dirtyPrefix))
}

function publish(batch: Batch, work: BatchWork): void {
  const beside = (records: readonly OutgoingRecord[]): OutgoingRecord[] =>
    records.map((record) => ({ ...record, partition: batch.partition }))
  const findings = [...work.emissions.map(({ record }) => record), ...work.forgotten]
  if (findings.length > 0) batch.publish(topics.findings.name, beside(findings))
  const state = work.stateRecords()
  if (state.length > 0) batch.publish(topics.state.name, beside(state))
  if (work.deadLetters.length > 0) batch.publish(topics.deadLetters.name, beside(work.deadLetters))
}

/** Counts only what was committed. */
function report(work: BatchWork, { metrics, log }: EnrichmentOptions): void {
  for (const [outcome, count] of work.outcomes) metrics.count('posture_enrichment_statements_total', count, { outcome })
  for (const { cause } of work.emissions) metrics.count('posture_enrichment_emitted_total', 1, { cause })
  for (const { headers } of work.deadLetters) {
    metrics.count('posture_dead_letters_total', 1, {
      stage: 'enrichment',
      component: 'enrichment',
      code: headers?.['dl_code'] ?? '',
    })
  }
  for (const note of work.notes) log.warn({}, note)
  const collisions = work.outcomes.get('collision') ?? 0
  if (collisions > 0)
    log.warn({ collisions }, 'Records of one scan had one finding key and different content: of each only one stands.')
  const [first] = work.deadLetters
  if (first !== undefined)
    log.error(
      { deadLetters: work.deadLetters.length, first: first.headers?.['dl_message'] },
      'Records were set aside as dead letters.',
    )
}
