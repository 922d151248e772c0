import { errorCode } from '../core/errors.ts'
import type { Logger, Metrics } from '../core/telemetry.ts'
import type { ReadFinding, SinkBatch } from './read-batch.ts'

/** What became of one batch. */
export interface BatchOutcomes {
  readonly delivered: readonly ReadFinding[]
  /** When they were, in milliseconds since the epoch. */
  readonly deliveredAt: number
  /** The offset from which on findings are news; those before it stood there when the sink was new. */
  readonly newsFrom: bigint | undefined
  /** Why each dead letter is one. */
  readonly dead: readonly Error[]
  readonly filtered: number
  readonly skipped: SinkBatch['skipped']
}

/** Counts a batch once it is committed, so that a batch that is delivered again counts once; tells of dead letters. */
export function countOutcomes(sink: string, outcomes: BatchOutcomes, metrics: Metrics, log: Logger): void {
  const { delivered, deliveredAt, newsFrom, dead, filtered, skipped } = outcomes
  const counts = { delivered: delivered.length, rejected: dead.length, filtered, ...skipped }
  for (const [outcome, count] of Object.entries(counts)) {
    if (count > 0) metrics.count('posture_sink_records_total', count, { sink, outcome })
  }
  for (const { finding, record } of delivered) {
    const changedAt = changedAtOf(finding.event)
    if (changedAt !== undefined)
      metrics.observe('posture_sink_finding_age_seconds', Math.max(0, deliveredAt - changedAt) / 1000, { sink })
    const { causedAt } = finding
    if (causedAt !== undefined && (newsFrom === undefined || record.offset >= newsFrom))
      metrics.observe('posture_sink_latency_seconds', Math.max(0, deliveredAt - causedAt) / 1000, { sink })
  }
  if (dead.length === 0) return
  const codes = new Map<string, number>()
  for (const error of dead) codes.set(errorCode(error), (codes.get(errorCode(error)) ?? 0) + 1)
  for (const [code, count] of codes)
    metrics.count('posture_dead_letters_total', count, { stage: 'sinks', component: sink, code })
  const fields = { sink, findings: dead.length, codes: Object.fromEntries(codes), example: dead[0]!.message }
  log.warn(fields, 'Findings that cannot be delivered were set aside as dead letters')
}

function changedAtOf({ metadata }: ReadFinding['finding']['event']): number | undefined {
  const { modified_time: at } = (metadata ?? {}) as { readonly modified_time?: unknown }
  return typeof at === 'number' ? at : undefined
}
