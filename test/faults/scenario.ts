import type { Bench } from './bench.ts'
import { countRecords, readFiles, readFindings, readState, readStore, type FindingsLog } from './evidence.ts'
import { lengthOf } from './gaps.ts'
import { complaints, staleness } from './tally.ts'

/** One way to do harm to a pipeline under load, and what must be true all the same. */
export interface Scenario {
  readonly name: string
  readonly summary: string
  /** Does the harm while statements flow, less of it where it must be short. Resolves to what judges it afterwards. */
  disturb(bench: Bench, short: boolean): Promise<Judge>
}

/** Looks at the harm that was done in the light of what the log holds. */
export type Judge = (log: FindingsLog) => Judgement

export interface Judgement {
  readonly figures: readonly Figure[]
  /** Expectations that were not met, a sentence each. */
  readonly failures: readonly string[]
}

/** One line of the table: what, and how much. */
export type Figure = readonly [what: string, howMuch: string]

export interface Outcome extends Judgement {
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
}

/** Ends the flow of statements, waits until all of them have come through, and counts what there is. */
export async function conclude(bench: Bench, judge: Judge): Promise<Outcome> {
  const { driver } = bench
  await driver.stop()
  const halted = bench.workers.filter(({ running }) => !running).map(({ name }) => `${name} has ended by itself`)
  const began = performance.now()
  // What did not come through in time is counted as lost, with everything that can be said about it.
  const drain = await bench.drained().then(
    () => undefined,
    (error: Error) => error.message,
  )
  const drainedMs = performance.now() - began
  bench.signal.throwIfAborted()
  await Promise.all(bench.workers.map((worker) => worker.stop()))
  const { log, ...counts } = await count(bench)
  const judgement = judge(log)
  const stall = log.times.longest(driver.flow)
  return {
    acknowledged: driver.acknowledged,
    lost: counts.lost,
    doubled: counts.doubled,
    figures: [
      ['statements acknowledged', `${driver.acknowledged} in ${seconds(driver.flow.until - driver.flow.from)}`],
      ['publishes that were repeated', `${driver.repeated}`],
      ['revisions read by the console consumer', `${log.tally.count}`],
      ['lines of the file sink', `${counts.lines}`],
      [
        'longest stall of a partition',
        stall === undefined ? 'none' : `${seconds(lengthOf(stall))} (partition ${stall.partition})`,
      ],
      ...judgement.figures,
      ['drained after', seconds(drainedMs)],
    ],
    failures: [...halted, ...(drain === undefined ? [] : [drain]), ...counts.failures, ...judgement.failures],
  }
}

interface Count {
  readonly log: FindingsLog
  readonly lost: number
  readonly doubled: number
  readonly lines: number
  readonly failures: readonly string[]
}

async function count(bench: Bench): Promise<Count> {
  const { cluster, signal } = bench
  const { statements } = bench.driver
  const access = (topic: 'findings' | 'state' | 'deadLetters') => ({
    brokers: cluster.brokers,
    topic: bench.physical(topic),
    signal,
  })
  const [log, state, deadLetters, files] = await Promise.all([
    readFindings(access('findings')),
    readState(access('state')),
    countRecords(access('deadLetters')),
    readFiles(bench.archive),
  ])
  const inLog = log.tally.compare(statements)
  // Partitions are delivered side by side, but no finding is on two.
  const inFiles = files.compare(statements)
  return {
    log,
    lost: new Set([...inLog.lost, ...inFiles.lost]).size,
    doubled: inLog.doubled.length + inFiles.doubled.length,
    lines: files.count,
    failures: [
      ...complaints('posture.findings', inLog),
      ...complaints('the file sink', inFiles),
      ...staleness('posture.findings', log.newest, statements),
      ...staleness('posture.state', state, statements),
      ...staleness('the local store', readStore(bench.store), statements),
      ...(deadLetters === 0 ? [] : [`${deadLetters} dead letters`]),
    ],
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
