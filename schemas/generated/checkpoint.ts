/* Generated from checkpoint.schema.json by `npm run generate`. Do not edit. */
/**
 * How far one collector has read; what `position` holds is the collector's own business.
 */
export interface Checkpoint {
  collector: string
  /**
   * The collector's type; another type's checkpoint is not read.
   */
  kind: string
  savedAt: number
  position: unknown
}
