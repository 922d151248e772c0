import { significanceUnder } from '../enrichment/catalog.ts'
import type { Enricher } from '../enrichment/enricher.ts'
import { IntelTable, type IntelTableOptions } from '../enrichment/intel/intel-table.ts'
import type { Intelligence } from '../enrichment/intelligence.ts'
import { TABLES } from '../enrichment/priority/tables.ts'
import { cveId, epssPageOf, kevPageOf, parseCve, type CveName } from '../schemas/cve.ts'
import { eventRoute } from '../schemas/event-route.ts'
import type { Intel, IntelList, IntelObserved, KevListing } from '../schemas/generated/posture-event.ts'
import { eventHeaders } from '../schemas/records.ts'
import { SchemaRegistry } from '../schemas/registry.ts'
import type { OutgoingRecord, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { samplePriority } from './sample-priority.ts'

const AT = Date.UTC(2026, 10, 25)
const schemas = new SchemaRegistry()
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const uncounted = { count() {}, gauge() {}, observe() {} }

/** A table that nothing was read into yet. */
export function sampleIntel(options: Partial<IntelTableOptions> = {}): IntelTable {
  return new IntelTable({ schemas, log: silent, metrics: uncounted, significance: significanceUnder({}), ...options })
}

/** The pages of a list, in the order of their names, and the record that says the list is whole; see `snapshotOf`. */
export function epssList(scores: Readonly<Record<string, number>>, at = AT): Intel[] {
  const pages = paged(Object.entries(scores), epssPageOf)
  const found = [...pages].map(([uid, rows]): Intel => ({
    kind: 'epss',
    uid,
    scores: Object.fromEntries(rows.map(([cve, score]) => [cve, [score, score]])),
  }))
  return [...found, snapshotOf('epss', [...pages.keys()], Object.keys(scores).length, at)]
}

export function kevList(cves: readonly string[], change: Partial<KevListing> = {}): Intel[] {
  const entry: KevListing = { addedAt: AT, ransomware: false, ...change }
  const pages = paged(
    cves.map((cve) => [cve, entry] as const),
    kevPageOf,
  )
  const found = [...pages].map(([uid, rows]): Intel => ({ kind: 'kev', uid, entries: Object.fromEntries(rows) }))
  return [...found, snapshotOf('kev', [...pages.keys()], cves.length, AT)]
}

function snapshotOf(list: IntelList, pages: string[], count: number, at: number): Intel {
  return { kind: 'snapshot', uid: `${list}/snapshot`, list, at, count, digest: 'a'.repeat(32), pages }
}

function paged<T>(
  rows: readonly (readonly [string, T])[],
  pageOf: (name: CveName) => string,
): Map<string, [string, T][]> {
  const pages = new Map<string, [string, T][]>()
  for (const [cve, row] of rows) {
    const name = parseCve(cve)!
    const page = pages.get(pageOf(name)) ?? []
    page.push([cveId(name), row])
    pages.set(pageOf(name), page)
  }
  return new Map([...pages].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** As a collector publishes them on posture.global. */
export function intelRecords(intel: readonly Intel[]): OutgoingRecord[] {
  return intel.map((each) => {
    const event: IntelObserved = { type: 'intel.observed', id: each.uid, time: AT, intel: each }
    return { key: eventRoute(event).key, value: schemas.encode('posture-event', event), headers: eventHeaders(event) }
  })
}

/** As they are read from there, from this offset on. */
export function intelRead(records: readonly OutgoingRecord[], offset: bigint): StreamRecord[] {
  return records.map(({ key, value, headers = {} }, index) => ({
    topic: topics.global.name,
    partition: 0,
    offset: offset + BigInt(index),
    timestamp: AT,
    key,
    value,
    headers,
  }))
}

/** P1 where one of the finding's CVEs is known to be exploited, P2 where one is likely to be, else P3. */
export function intelPriority(intelligence: Intelligence): Enricher {
  return {
    name: 'intel-priority',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich: ({ description: { vulnerabilities = [] } }) => {
      const cves = vulnerabilities.map(({ uid }) => uid)
      if (cves.some((cve) => intelligence.kevOf(cve) !== undefined)) return { priority: samplePriority('P1') }
      const isEasy = cves.some((cve) => (intelligence.epssOf(cve)?.score ?? 0) >= TABLES.epssEasy)
      return { priority: samplePriority(isEasy ? 'P2' : 'P3') }
    },
  }
}
