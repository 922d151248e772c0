import { MAX_RECORD_BYTES } from './stream.ts'

const DAY_MS = 24 * 3600 * 1000

export interface Topic {
  readonly name: string
  /** `many` is `stream.partitions`; `one` keeps a total order. */
  readonly partitions: 'many' | 'one'
  readonly cleanup: 'delete' | 'compact'
  /** Cleanup `delete`: how long records are kept, in milliseconds. */
  readonly retentionMs?: number
  /** Cleanup `compact`: how long a deletion (null value) stays visible, in milliseconds. */
  readonly deleteRetentionMs?: number
  /** Cleanup `compact`: how long an overwritten record is kept all the same, in milliseconds. */
  readonly minCompactionLagMs?: number
  /** Cleanup `compact`: when the newest part of its log is closed, in milliseconds: only closed parts are compacted. A week unless told. */
  readonly segmentMs?: number
  /** The most bytes of one record (key, value and headers); 1 MB unless told. */
  readonly maxRecordBytes?: number
  readonly summary: string
}

/** Every topic: who may be found where, in which order, and for how long. */
export const topics = {
  events: {
    name: 'posture.events',
    partitions: 'many',
    cleanup: 'delete',
    retentionMs: 7 * DAY_MS,
    summary: 'What sources state, partitioned by (tenant, account); collectors and the API write, enrichment reads',
  },
  global: {
    name: 'posture.global',
    partitions: 'one',
    cleanup: 'compact',
    summary: 'Intelligence, organisation and wide verdicts; every enrichment instance reads it whole',
  },
  state: {
    name: 'posture.state',
    partitions: 'many',
    cleanup: 'compact',
    deleteRetentionMs: 7 * DAY_MS,
    summary: "Enrichment's changelog, in the partition of its input; enrichment restores from it",
  },
  findings: {
    name: 'posture.findings',
    partitions: 'many',
    cleanup: 'compact',
    minCompactionLagMs: 7 * DAY_MS,
    deleteRetentionMs: 7 * DAY_MS,
    summary: 'One OCSF event per revision of a finding, in the partition of its input; every sink reads',
  },
  deadLetters: {
    name: 'posture.dead-letters',
    partitions: 'many',
    cleanup: 'delete',
    retentionMs: 30 * DAY_MS,
    maxRecordBytes: 2 * MAX_RECORD_BYTES,
    summary: 'Records that could not be processed, untouched, with the reason; every stage writes, replay reads',
  },
  deliveries: {
    name: 'posture.deliveries',
    partitions: 'many',
    cleanup: 'compact',
    deleteRetentionMs: 7 * DAY_MS,
    summary:
      'What sinks with a filter have delivered and not closed, in the partition of its finding; those sinks restore from it',
  },
  checkpoints: {
    name: 'posture.checkpoints',
    partitions: 'many',
    cleanup: 'compact',
    summary: 'How far each collector has read, keyed by collector',
  },
  status: {
    name: 'posture.status',
    partitions: 'one',
    cleanup: 'compact',
    deleteRetentionMs: DAY_MS,
    // Written every few seconds and read whole by a person who waits.
    segmentMs: 10 * 60_000,
    summary: 'What each process that runs stages is doing, keyed by process; every one writes, `status` reads',
  },
} as const satisfies Record<string, Topic>
