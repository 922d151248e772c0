/** Structured log: fields first, then a sentence. ERROR means data at risk or that an operator must act. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** `counter` only rises, `gauge` is the newest value, `histogram` counts observations by size. */
type MetricKind = 'counter' | 'gauge' | 'histogram'

export interface Metric {
  readonly kind: MetricKind
  readonly help: string
  readonly labels: readonly string[]
  /** By label, every value it can have, where that is known beforehand: such series are there from the start, at 0. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** Of a histogram: the upper bounds of its buckets, rising; what is larger counts in none but the whole. */
  readonly buckets?: readonly number[]
}

/** Every number the pipeline counts, with its labels: the one catalogue that code, summary and docs read. */
export const metricCatalog = {
  posture_build_info: { kind: 'gauge', help: '1, with the version of the process', labels: ['version'] },
  posture_ready: { kind: 'gauge', help: '1 while /readyz says that the process is ready', labels: [] },
  posture_component_waiting: {
    kind: 'gauge',
    help: '1 while a component waits for its other side: a source, a destination, the stream',
    labels: ['stage', 'component'],
  },
  posture_group_lag_records: {
    kind: 'gauge',
    help: 'Records that a group, as a whole, has not committed yet; looked at every ten seconds',
    labels: ['topic', 'group'],
  },
  posture_group_oldest_unacknowledged_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest record that this process was given and has not committed; 0 when there is none',
    labels: ['topic', 'group'],
  },
  posture_group_partitions: {
    kind: 'gauge',
    help: 'Partitions of a group that are assigned to this process',
    labels: ['topic', 'group'],
  },
  posture_group_records_total: {
    kind: 'counter',
    help: 'Records that this process committed',
    labels: ['topic', 'group'],
  },
  posture_group_failures_total: {
    kind: 'counter',
    help: 'Batches that failed and were taken again',
    labels: ['topic', 'group', 'code'],
  },
  posture_topic_retention_seconds: {
    kind: 'gauge',
    help: 'How long a topic keeps every record, whoever has read it',
    labels: ['topic'],
  },
  posture_collector_findings_read_total: {
    kind: 'counter',
    help: 'Finding records read at the source, dead letters included',
    labels: ['collector'],
  },
  posture_collector_events_published_total: {
    kind: 'counter',
    help: 'Posture events published',
    labels: ['collector', 'type'],
  },
  posture_collector_repairs_total: {
    kind: 'counter',
    help: 'Values with one meaning that were repaired',
    labels: ['collector', 'repair'],
  },
  posture_collector_own_findings_total: {
    kind: 'counter',
    help: 'Finding records that we had exported ourselves, and that therefore say nothing new',
    labels: ['collector'],
  },
  posture_collector_messages_passed_over_total: {
    kind: 'counter',
    help: 'Messages of a queue that bring no findings: events of another kind, subscriptions to confirm',
    labels: ['collector'],
  },
  posture_collector_messages_missed_total: {
    kind: 'counter',
    help: 'Messages that their source deleted, being older than its retention, before they were read',
    labels: ['collector'],
  },
  posture_collector_sweeps_total: {
    kind: 'counter',
    help: 'Sweeps of a source that came to an end',
    labels: ['collector', 'outcome'],
    values: { outcome: ['completed', 'failed'] },
  },
  posture_collector_owned: { kind: 'gauge', help: '1 while this process runs the collector', labels: ['collector'] },
  posture_collector_last_success_seconds: {
    kind: 'gauge',
    help: 'When the source last gave something, in seconds since 1970',
    labels: ['collector'],
  },
  posture_collector_silent: {
    kind: 'gauge',
    help: '1 while a source has been silent for longer than its expectEvery',
    labels: ['collector'],
  },
  posture_dead_letters_total: {
    kind: 'counter',
    help: 'Records set aside as dead letters',
    labels: ['stage', 'component', 'code'],
  },
  posture_enrichment_statements_total: {
    kind: 'counter',
    help: 'Posture events applied, by what became of them',
    labels: ['outcome'],
  },
  posture_enrichment_emitted_total: {
    kind: 'counter',
    help: 'Revisions emitted to posture.findings',
    labels: ['cause'],
  },
  posture_intel_records_skipped_total: {
    kind: 'counter',
    help: 'Records of posture.global that were not valid and were skipped, by process',
    labels: ['code'],
  },
  posture_intel_list_cves: {
    kind: 'gauge',
    help: 'CVEs in a list (epss, kev) that priorities go by',
    labels: ['list'],
  },
  posture_intel_list_timestamp_seconds: {
    kind: 'gauge',
    help: "A list's own date, in seconds since 1970",
    labels: ['list'],
  },
  posture_sink_records_total: {
    kind: 'counter',
    help: 'Findings by what became of them',
    labels: ['sink', 'outcome'],
    values: {
      outcome: ['delivered', 'retried', 'rejected', 'filtered', 'superseded', 'foreign_tenant', 'forgotten'],
    },
  },
  posture_sink_attempt_findings: {
    kind: 'histogram',
    help: 'Findings that a sink was given at once, by attempt',
    labels: ['sink'],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
  },
  posture_sink_attempt_bytes: {
    kind: 'histogram',
    help: 'Bytes of the events that a sink was given at once, by attempt',
    labels: ['sink'],
    buckets: [1e3, 1e4, 5e4, 1e5, 5e5, 1e6, 5e6, 1e7, 5e7],
  },
  posture_sink_attempt_seconds: {
    kind: 'histogram',
    help: 'How long a sink took for one attempt, by whether it answered or threw',
    labels: ['sink', 'outcome'],
    values: { outcome: ['answered', 'threw'] },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  posture_sink_finding_age_seconds: {
    kind: 'histogram',
    help: 'Seconds from the change of a finding (metadata.modified_time) until a sink had delivered it',
    labels: ['sink'],
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400, 604_800],
  },
  posture_sink_latency_seconds: {
    kind: 'histogram',
    help: 'Seconds from when what caused a revision was written to posture.events until a sink had delivered it',
    labels: ['sink'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400],
  },
  posture_spans_dropped_total: {
    kind: 'counter',
    help: 'Spans that were never sent, because the endpoint of the traces takes none or too few',
    labels: ['reason'],
    values: { reason: ['queue_full', 'export_failed', 'stopped'] },
  },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof metricCatalog
type NameOf<Kind extends MetricKind> = {
  [Name in MetricName]: (typeof metricCatalog)[Name]['kind'] extends Kind ? Name : never
}[MetricName]
export type CounterName = NameOf<'counter'>
export type GaugeName = NameOf<'gauge'>
export type HistogramName = NameOf<'histogram'>
type Labels<Name extends MetricName> = Readonly<Record<(typeof metricCatalog)[Name]['labels'][number], string>>

/** Where components count what they do. */
export interface Metrics {
  count<Name extends CounterName>(name: Name, by: number, labels: Labels<Name>): void
  gauge<Name extends GaugeName>(name: Name, value: number, labels: Labels<Name>): void
  /** Adds one observation to a histogram, in the unit that its name ends with. */
  observe<Name extends HistogramName>(name: Name, value: number, labels: Labels<Name>): void
}
