/* Generated from config.schema.json by `npm run generate`. Do not edit. */
/**
 * The frame of a configuration file. What a component may have beside its type is in its own folder.
 */
export interface Config {
  /**
   * whose findings these are; it stands in every finding key, so it must not change later
   */
  tenant: string
  /**
   * where records are kept between the stages
   */
  stream: EmbeddedStream
  /**
   * what is read, by instance name
   */
  collectors?: {
    [k: string]: {
      /**
       * which component this is
       */
      type: string
    }
  }
  /**
   * settings of the enrichment stage
   */
  enrichment?: {}
  /**
   * where findings are written, by instance name
   */
  sinks?: {
    [k: string]: {
      /**
       * which component this is
       */
      type: string
    }
  }
}
/**
 * One SQLite file, one process, no broker.
 */
export interface EmbeddedStream {
  type: 'embedded'
  /**
   * the folder that holds the stream
   */
  directory: string
  /**
   * set once, before the first run; one account stays on one partition
   */
  partitions?: number
  /**
   * the most bytes that each topic keeps beside its period of retention; beyond it the oldest records go first
   */
  retentionBytes?: number
}
