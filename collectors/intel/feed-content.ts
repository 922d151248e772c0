import type { EpssPage, IntelSnapshot, KevPage } from '../../schemas/generated/posture-event.ts'
import { refused } from './refused.ts'

export type ListName = IntelSnapshot['list']
export type Page = EpssPage | KevPage

/** How the lists are called in sentences. */
export const TITLES: Readonly<Record<ListName, string>> = { epss: 'EPSS', kev: 'KEV' }

/** A list as it was read whole. */
export interface FeedContent {
  /** Its own date, in milliseconds since the epoch. */
  readonly at: number
  /** CVEs in it. */
  readonly count: number
  /** By uid. */
  readonly pages: ReadonlyMap<string, Page>
  readonly skipped: Skipped
}

/** No list of CVEs has so many pages: each would be a record, and each is remembered. */
const MOST_PAGES = 5000
/** More than this share of wrong entries, and the list is not what we think it is. */
const TOLERATED = 0.01
/** Throws a PermanentError for more pages than a list of CVEs can have. */
export function requireFewPages(pages: ReadonlyMap<string, unknown>, name: string): void {
  if (pages.size <= MOST_PAGES) return
  throw refused(name, `has CVE numbers in more than ${MOST_PAGES} thousands, so it is no list of CVEs`)
}

/** Entries that are left out because they are wrong. */
export class Skipped {
  #count = 0
  #first = ''

  get count(): number {
    return this.#count
  }

  /** Where the first is and what is wrong with it: `line 17: …`. */
  get first(): string {
    return this.#first
  }

  add(where: string, what: string): void {
    if (this.#count === 0) this.#first = `${where}: ${what}`
    this.#count += 1
  }

  /** Throws a PermanentError where more than one in a hundred is wrong, or none is left. */
  requireFew(of: number, name: string): void {
    if (of === 0) throw refused(name, 'names no CVE at all: fetch it again, and see whether its publisher has it whole')
    if (this.#count <= of * TOLERATED) return
    throw refused(name, `has ${this.#count} wrong entries of ${of}, the first in ${this.#first}`)
  }
}
