import type { ProcessReport } from '../../schemas/generated/process-report.ts'
import type { ShownCheckpoint } from '../checkpoints.ts'
import type { DeadLetter } from '../dead-letters/letters.ts'

/** How long a process may say nothing before it counts as gone, in milliseconds: it speaks every ten seconds. */
const STALE_MS = 60_000

export type SeenStage = ProcessReport['stages'][number]

export interface SeenCollector {
  readonly name: string
  readonly type: string
  /** As it stands in the configuration, and in milliseconds. */
  readonly expectEvery: string | undefined
  readonly expectEveryMs: number | undefined
  /** It is meant to run all the time: it has a schedule, or its source is one that is waited on. */
  readonly resident: boolean
}

export interface SeenSink {
  readonly name: string
  readonly type: string
}

/** What the configuration says, as far as a status goes by it. */
export interface SeenConfiguration {
  /** The file as it was named, so that it can be named again. */
  readonly file: string
  readonly tenant: string
  readonly stream: { readonly type: 'embedded' | 'kafka'; readonly where: string }
  readonly collectors: readonly SeenCollector[]
  readonly sinks: readonly SeenSink[]
}

/** The newest report of a process. */
export interface SeenReport {
  readonly report: ProcessReport
  /** When it was written, by the stream's clock, in milliseconds since the epoch. */
  readonly writtenAt: number
}

export interface UnreadableReport {
  readonly process: string
  readonly why: string
}

export interface SeenPartition {
  readonly partition: number
  readonly beginning: bigint
  readonly end: bigint
  /** Undefined where the group has acknowledged nothing. */
  readonly position: bigint | undefined
}

/** How far a group has come; times are milliseconds since the epoch. */
export interface SeenGroup {
  readonly stage: 'enrichment' | 'sinks'
  readonly component: string
  readonly topic: string
  readonly group: string
  /** Where nothing is left to read in a partition, `position` and `end` are the same. */
  readonly partitions: readonly SeenPartition[]
  /** When the oldest record was written that it has not acknowledged; undefined where there is none, or it was not found. */
  readonly oldestAt: number | undefined
  /** The same of the partitions that no process that lives has. */
  readonly oldestUnreadAt: number | undefined
}

export type SeenLetter = Pick<DeadLetter, 'stage' | 'component' | 'code' | 'time'>

/** Everything that a status is made of, at one moment. */
export interface Observation {
  readonly at: number
  readonly configuration: SeenConfiguration
  /** Those of the last day. */
  readonly reports: readonly SeenReport[]
  readonly unreadableReports: readonly UnreadableReport[]
  readonly checkpoints: readonly ShownCheckpoint[]
  readonly letters: readonly SeenLetter[]
  readonly groups: readonly SeenGroup[]
}

export function isLive({ writtenAt }: SeenReport, at: number): boolean {
  return at - writtenAt <= STALE_MS
}

/** Whether a process runs a stage for a tenant; enrichment serves all of them. */
export function serves({ report }: SeenReport, stage: SeenStage, tenant: string): boolean {
  return report.stages.includes(stage) && (stage === 'enrichment' || report.tenant === tenant)
}

/** How many records lie between a group and the end of a partition. */
export function behind({ beginning, end, position }: SeenPartition): bigint {
  const from = position === undefined || position < beginning ? beginning : position
  return end > from ? end - from : 0n
}

/** The partitions of a topic that none of these processes has for a group. */
export function unreadBy(
  reports: readonly SeenReport[],
  { topic, group }: Pick<SeenGroup, 'topic' | 'group'>,
  partitions: Iterable<number>,
): number[] {
  const groups = reports.flatMap(({ report }) => report.groups)
  const read = new Set(groups.flatMap((each) => (each.topic === topic && each.group === group ? each.partitions : [])))
  return [...partitions].filter((partition) => !read.has(partition))
}
