/* Generated from process-report.schema.json by `npm run generate`. Do not edit. */
/**
 * What one process that runs stages is doing; the newest stands on posture.status under its process. All times are milliseconds since the epoch.
 */
export interface ProcessReport {
  /**
   * A name that no other process has, made at its start.
   */
  process: string
  host: string
  pid: number
  version: string
  tenant: string
  startedAt: number
  reportedAt: number
  stages: ('collectors' | 'enrichment' | 'sinks')[]
  /**
   * Where its admin port answers, if it has one: host:port.
   */
  admin?: string
  components: ComponentReport[]
  groups: GroupReport[]
}
export interface ComponentReport {
  stage: 'collectors' | 'enrichment' | 'sinks'
  /**
   * Its key in the configuration; `enrichment` of the enrichment stage.
   */
  name: string
  /**
   * Of a collector: whether this process runs it now.
   */
  owned?: boolean
  waiting?: Trouble
  lastError?: Trouble
  /**
   * How many records it set aside since the process started.
   */
  deadLetters: number
  /**
   * Of the last minute: finding records that a collector read, records that enrichment or a sink committed.
   */
  recordsPerSecond?: number
}
export interface Trouble {
  /**
   * Of waiting: when it began; of an error: when it was last met.
   */
  since: number
  code: string
  /**
   * Without secrets.
   */
  message: string
}
export interface GroupReport {
  /**
   * Without the prefix of the pipeline.
   */
  topic: string
  /**
   * Without the prefix of the pipeline.
   */
  group: string
  /**
   * Those that are this process's now.
   */
  partitions: number[]
  /**
   * When the oldest record was written that this process has at hand and has not committed; absent where there is none.
   */
  oldestUnacknowledgedAt?: number
}
