/* Generated from dead-letter.schema.json by `npm run generate`. Do not edit. */
/**
 * The headers of a record on posture.dead-letters, beside those it came with; its value is the untouched bytes.
 */
export interface DeadLetter {
  dl_stage: 'collectors' | 'enrichment' | 'sinks'
  dl_component: string
  dl_code: string
  dl_message: string
  dl_attempts: string
  /**
   * topic/partition/offset, or a file and the byte at which the record starts: report.json#1024.
   */
  dl_origin: string
  /**
   * RFC 3339.
   */
  dl_time: string
  /**
   * Where the bytes had to be cut: this record's number and how many there are, 1/3.
   */
  dl_part?: string
}
