import { errorCode } from '../core/errors.ts'
import type { Logger, Metrics } from '../core/telemetry.ts'
import type { ReadFinding, SinkBatch } from './read-batch.ts'

/** What became of one batch. */
export interface BatchOutcomes {
  readonly delivered: readonly ReadFinding[]
  /** When they were, in milliseconds since the epoch. */
  readonly deliveredAt: number
  /** Why each dead letter is one. */
  readonly dead: readonly Error[]
  readonly filtered: number
  readonly skipped: SinkBatch['skipped']
}

/** Counts a batch once it is committed, so that a batch that is delivered again counts once; tells of dead letters. */
export function countOutcomes(sink: string, outcomes: BatchOutcomes, metrics: Metrics, log: Logger): void {
  const { delivered, deliveredAt, dead, filtered, skipped } = outcomes
  const counts = { delivered: delivered.length, rejected: dead.length, filtered, ...skipped }
  for (const [outcome, count] of Object.entries(counts)) {
    if (count > 0) metrics.count('sink_records_total', count, { sink, outcome })
  }
  for (const { finding } of delivered) {
    const changedAt = changedAtOf(finding.event)
    if (changedAt !== undefined)
      metrics.observe('sink_finding_age_seconds', Math.max(0, deliveredAt - changedAt) / 1000, { sink })
  }
  if (dead.length === 0) return
  const codes = new Map<string, number>()
  for (const error of dead) codes.set(errorCode(error), (codes.get(errorCode(error)) ?? 0) + 1)
  for (const [code, count] of codes)
    metrics.count('dead_letters_total', count, { stage: 'sinks', component: sink, code })
  const fields = { sink, findings: dead.length, codes: Object.fromEntries(codes), example: dead[0]!.message }
  log.warn(fields, 'Findings that cannot be delivered were set aside as dead letters')
}

function changedAtOf({ metadata }: ReadFinding['finding']['event']): number | undefined {
  const { modified_time: at } = (metadata ?? {}) as { readonly modified_time?: unknown }
  return typeof at === 'number' ? at : undefined
}
