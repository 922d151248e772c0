/** What became of an event: as the metric posture_enrichment_statements_total counts it. */
export type Outcome =
  | 'accepted'
  /** The same statement again. */
  | 'repeated'
  /** Older than what is known. */
  | 'stale'
  /** Stated before the resource was deleted. */
  | 'after_deletion'
  /** Two records of one scan with one key and different content; the one with the higher digest stands. */
  | 'collision'
  | 'scan_partial'
  | 'scan_overtaken'
  | 'unused'

export interface Applied {
  readonly outcome: Outcome
  /** Keys of the findings that may mean something else now. */
  readonly touched: readonly string[]
  /** Uids of the assets that are something else now, or deleted; not of those that were only seen again. */
  readonly assets?: readonly string[]
  /** Of which assets it is known from now on that there are no others than those known. */
  readonly covered?: readonly AssetScope[]
  /** A sentence for the log, where people should know. */
  readonly note?: string
}

/** What scans of assets cover one by one. */
export interface AssetScope {
  readonly tenant: string
  readonly account: string
  /** Empty for assets that have none. */
  readonly region: string
  readonly type: string
}
