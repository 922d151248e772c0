import type { EpssScore, KevEntry } from '../intelligence.ts'

/** What of a CVE's intelligence can decide a priority: CVEs of equal significance are prioritised alike. */
export type Significance = (epss: EpssScore | undefined, kev: KevEntry | undefined) => number

/**
 * Whether the CVE is listed by EPSS, whether its score reaches the threshold, and since when CISA knows it exploited. A
 * score that moves and crosses no threshold is of the same significance: it re-prioritises nothing.
 */
export function significanceOf(epss: EpssScore | undefined, kev: KevEntry | undefined, epssThreshold: number): number {
  const listed = epss === undefined ? 0 : 1
  const easy = epss !== undefined && epss.score >= epssThreshold ? 2 : 0
  return listed + easy + (kev === undefined ? 0 : 4 + 4 * kev.addedAt)
}
