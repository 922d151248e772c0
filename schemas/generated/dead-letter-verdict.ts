/* Generated from dead-letter-verdict.schema.json by `npm run generate`. Do not edit. */
/**
 * The headers of a record on posture.dead-letters that says what became of one, in its partition; its value is empty.
 */
export interface DeadLetterVerdict {
  dl_verdict: 'dropped' | 'replayed'
  /**
   * The dead letter: the partition and the offset of its first record, 3-17.
   */
  dl_of: string
  /**
   * RFC 3339.
   */
  dl_time: string
  /**
   * What was done, for people.
   */
  dl_remark: string
}
