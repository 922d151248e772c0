/* Generated from delivery.schema.json by `npm run generate`. Do not edit. */
/**
 * One record of posture.deliveries: what a sink must know again after a restart.
 */
export type DeliveryRecord = DeliveredFinding | SinkProgress

/**
 * A sink with a filter has delivered this finding and not its closing: key <sink>/<finding key>.
 */
export interface DeliveredFinding {
  type: 'finding'
  /**
   * The one that was delivered first.
   */
  revision: number
}
/**
 * How a sink stands in this partition: key <sink>.
 */
export interface SinkProgress {
  type: 'sink'
  /**
   * The offset of posture.findings below which the sink, which was new then, gets only the highest revision of each finding.
   */
  latestBefore?: string
  /**
   * Every finding that was delivered and not closed is on record.
   */
  remembers?: boolean
}
