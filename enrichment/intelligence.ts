/** What is known about CVEs everywhere, the same for every partition; see intel/. */
export interface Intelligence {
  /** Undefined while no feed was ever read: then nothing follows from a CVE's absence. */
  readonly epss: Feed | undefined
  readonly kev: Feed | undefined
  epssOf(cve: string): EpssScore | undefined
  kevOf(cve: string): KevEntry | undefined
}

/** A feed as it stood when it was last read whole. */
export interface Feed {
  /** The feed's own date, in milliseconds since the epoch. */
  readonly at: number
  readonly count: number
}

export interface EpssScore {
  /** FIRST's probability of exploitation in the next 30 days, 0 to 1. */
  readonly score: number
  readonly percentile: number
}

export interface KevEntry {
  /** When CISA added it, in milliseconds since the epoch. */
  readonly addedAt: number
  /** Whether it is known to be used by ransomware. */
  readonly ransomware: boolean
}

/** Nothing is known yet. */
export const NO_INTELLIGENCE: Intelligence = {
  epss: undefined,
  kev: undefined,
  epssOf: () => undefined,
  kevOf: () => undefined,
}
