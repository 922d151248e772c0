/* Generated from checkpoint.schema.json by `npm run generate`. Do not edit. */
/**
 * How far one collector has read; what `position` holds is the collector's own business, and it is absent where nothing has been read yet. All times are milliseconds since the epoch.
 */
export interface Checkpoint {
  collector: string
  /**
   * The collector's type; another type's checkpoint is not read.
   */
  kind: string
  savedAt: number
  position?: unknown
  /**
   * When the last sweep that came to its end began.
   */
  sweptAt?: number
  /**
   * When the source last gave something.
   */
  succeededAt?: number
  /**
   * When it was first waited for, where it has never given anything.
   */
  expectedSince?: number
  /**
   * When it was found to be silent; absent while it is not.
   */
  silentSince?: number
}
