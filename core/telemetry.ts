/** Structured log: fields first, then a sentence. ERROR means data at risk or that an operator must act. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Every number the pipeline counts, with its labels: the one catalogue that code, summary and docs read. */
export const metricCatalog = {
  collector_findings_read_total: {
    help: 'Finding records read at the source, dead letters included',
    labels: ['collector'],
  },
  collector_events_published_total: { help: 'Posture events published', labels: ['collector', 'type'] },
  collector_repairs_total: { help: 'Values with one meaning that were repaired', labels: ['collector', 'repair'] },
  dead_letters_total: { help: 'Records set aside as dead letters', labels: ['stage', 'component', 'code'] },
  enrichment_statements_total: { help: 'Posture events applied, by what became of them', labels: ['outcome'] },
  enrichment_emitted_total: { help: 'Revisions emitted to posture.findings', labels: ['cause'] },
  sink_records_total: {
    help: 'Findings by outcome (delivered, retried, rejected, superseded, foreign_tenant, forgotten)',
    labels: ['sink', 'outcome'],
  },
  sink_waiting: { help: '1 while a sink waits for its destination', labels: ['sink'] },
} as const satisfies Record<string, { help: string; labels: readonly string[] }>

export type MetricName = keyof typeof metricCatalog
type Labels<Name extends MetricName> = Readonly<Record<(typeof metricCatalog)[Name]['labels'][number], string>>

/** Where components count what they do. */
export interface Metrics {
  count<Name extends MetricName>(name: Name, by: number, labels: Labels<Name>): void
  gauge<Name extends MetricName>(name: Name, value: number, labels: Labels<Name>): void
}
