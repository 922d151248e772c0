import { readTime } from '../../core/time.ts'
import { cveId, kevPageOf, parseCve } from '../../schemas/cve.ts'
import type { KevListing, KevPage } from '../../schemas/generated/posture-event.ts'
import { isObject, type JsonObject } from '../records/fields.ts'
import { requireFewPages, Skipped, type FeedContent } from './feed-content.ts'
import { quoted, refused } from './refused.ts'
import type { FeedText } from './unpack.ts'

/** A page is one record: more of one year would not fit in it. CISA lists some 200 of a year. */
const MOST_OF_A_YEAR = 10_000
const DATE = /^\d{4}-\d{2}-\d{2}/

/**
 * The catalogue as CISA publishes it in JSON. Throws a PermanentError (`INTEL_REFUSED`) for everything that is not such a
 * catalogue, whole.
 */
export async function parseKev({ text }: FeedText, name: string): Promise<FeedContent> {
  const catalogue = objectIn(text, name)
  const { vulnerabilities } = catalogue
  if (!Array.isArray(vulnerabilities))
    throw refused(name, 'has no list of vulnerabilities: name the catalogue of CISA in JSON')
  const at = readTime(catalogue['dateReleased'], { unit: 'milliseconds' })?.at
  if (at === undefined) throw refused(name, 'has no dateReleased: without its date it is not used')
  if (catalogue['count'] !== vulnerabilities.length)
    throw refused(
      name,
      `says that it has ${quoted(catalogue['count'])} vulnerabilities, and has ${vulnerabilities.length}: fetch it again`,
    )
  const pages = new Map<string, KevPage>()
  const skipped = new Skipped()
  for (const [index, entry] of (vulnerabilities as unknown[]).entries()) {
    const problem = keep(entry, pages)
    if (problem !== undefined) skipped.add(`vulnerabilities[${index}]`, problem)
  }
  skipped.requireFew(vulnerabilities.length, name)
  requireFewPages(pages, name)
  requireSmallPages(pages, name)
  return { at, count: vulnerabilities.length - skipped.count, pages, skipped }
}

/** What is wrong with the entry; undefined where it is kept. */
function keep(entry: unknown, pages: Map<string, KevPage>): string | undefined {
  if (!isObject(entry)) return 'it is no object'
  const { cveID, dateAdded } = entry
  const parsed = typeof cveID === 'string' ? parseCve(cveID) : undefined
  if (parsed === undefined) return `the cveID ${quoted(cveID)} is no CVE id`
  const cve = cveId(parsed)
  const added = typeof dateAdded === 'string' && DATE.test(dateAdded) ? dateAdded : undefined
  const addedAt = readTime(added, { unit: 'milliseconds' })?.at
  if (addedAt === undefined) return `the dateAdded of ${cve} is no date`
  const entries = entriesOf(kevPageOf(parsed), pages)
  if (Object.hasOwn(entries, cve)) return `${cve} is there twice`
  entries[cve] = { addedAt, ransomware: entry['knownRansomwareCampaignUse'] === 'Known' }
  return undefined
}

function entriesOf(uid: string, pages: Map<string, KevPage>): Record<string, KevListing> {
  const known = pages.get(uid)
  if (known !== undefined) return known.entries
  const entries = {}
  pages.set(uid, { kind: 'kev', uid, entries })
  return entries
}

function objectIn(text: string, name: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const cut = /[}\]]\s*$/.test(text) ? '' : ', or it is cut off'
    throw refused(name, `is no JSON${cut}: fetch it again`, error)
  }
  if (isObject(value)) return value
  throw refused(name, 'is JSON, but no object: name the catalogue of CISA in JSON')
}

function requireSmallPages(pages: ReadonlyMap<string, KevPage>, name: string): void {
  for (const { uid, entries } of pages.values())
    if (Object.keys(entries).length > MOST_OF_A_YEAR)
      throw refused(name, `has more than ${MOST_OF_A_YEAR} CVEs of one year (${uid}), so it is not CISA's catalogue`)
}
