import { PermanentError, asError, errorCode } from '../../core/errors.ts'
import type { Logger, Metrics } from '../../core/telemetry.ts'
import { cveId, epssPageOf, kevPageOf, parseCve, type CveName } from '../../schemas/cve.ts'
import type { EpssPage, IntelSnapshot, KevPage, PostureEvent } from '../../schemas/generated/posture-event.ts'
import { requireSchema } from '../../schemas/records.ts'
import type { SchemaRegistry } from '../../schemas/registry.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import type { EpssScore, Feed, Intelligence, KevEntry } from '../intelligence.ts'
import { ChangeLog } from './change-log.ts'
import { ScorePage } from './score-page.ts'
import type { Significance } from './significance.ts'

export interface IntelTableOptions {
  readonly schemas: SchemaRegistry
  readonly log: Logger
  readonly metrics: Metrics
  readonly significance: Significance
  /** How many changed CVEs are remembered one by one; 10,000 unless told. */
  readonly remembered?: number
}

type ListName = IntelSnapshot['list']
const REMEMBERED = 10_000

/**
 * The public lists about CVEs as posture.global has them, whole and in memory: about 6 MB for the 300,000 CVEs of EPSS.
 * It knows which CVEs changed in a way that can decide a priority, for those who must look at their findings again.
 */
export class IntelTable implements Intelligence {
  readonly #options: IntelTableOptions
  readonly #scores = new Map<string, ScorePage>()
  readonly #entries = new Map<string, ReadonlyMap<string, KevEntry>>()
  readonly #feeds = new Map<ListName, Feed>()
  readonly #changes: ChangeLog
  #next = 0n
  #whole = false
  #failure: Error | undefined

  constructor(options: IntelTableOptions) {
    this.#options = options
    this.#changes = new ChangeLog(options.remembered ?? REMEMBERED)
  }

  get epss(): Feed | undefined {
    return this.#feeds.get('epss')
  }

  get kev(): Feed | undefined {
    return this.#feeds.get('kev')
  }

  epssOf(cve: string): EpssScore | undefined {
    const name = parseCve(cve)
    return name && this.#scoreOf(name)
  }

  kevOf(cve: string): KevEntry | undefined {
    const name = parseCve(cve)
    return name && this.#entryOf(name)
  }

  #scoreOf(name: CveName): EpssScore | undefined {
    return this.#scores.get(epssPageOf(name))?.of(name.number)
  }

  #entryOf(name: CveName): KevEntry | undefined {
    return this.#entries.get(kevPageOf(name))?.get(cveId(name))
  }

  /** The offset of posture.global up to which this holds everything. */
  get next(): bigint {
    return this.#next
  }

  /** The CVEs whose significance changed at this offset or later; `everything` where that is not known in detail. */
  changedSince(offset: bigint): readonly string[] | 'everything' {
    return this.#changes.since(offset)
  }

  /** Throws what keeps posture.global from being read on: nothing may be prioritised by what was known before. */
  requireReadable(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * Applies records of posture.global in order; those it already holds are passed over, and what is not valid is reported
   * and skipped. Throws the TransientError `SCHEMA_NEWER` at a record of a newer version, and stays before it.
   */
  take(records: readonly StreamRecord[]): void {
    try {
      for (const record of records) {
        if (record.offset < this.#next) continue
        this.#apply(record)
        this.#next = record.offset + 1n
      }
      this.#failure = undefined
    } catch (error) {
      this.#failure = asError(error)
      throw error
    }
  }

  /** All that stood on posture.global before `end` was taken, also what compaction had removed. */
  complete(end: bigint): void {
    if (end > this.#next) this.#next = end
    // Compaction may have removed what was replaced: from what is left, nobody learns what it changed.
    this.#changes.startAt(this.#next)
    this.#whole = true
    for (const [list, feed] of this.#feeds) this.#report(list, feed)
  }

  #apply(record: StreamRecord): void {
    const { key, offset, value } = record
    if (value === null) return this.#forget(key, offset)
    const event = this.#decode(record, value)
    if (event?.type !== 'intel.observed') return
    const { intel } = event
    if (intel.kind === 'epss') this.#replaceScores(intel, offset)
    else if (intel.kind === 'kev') this.#replaceEntries(intel, offset)
    else this.#conclude(intel, offset)
  }

  #decode({ headers, offset }: StreamRecord, value: Uint8Array): PostureEvent | undefined {
    try {
      requireSchema(headers, 'posture-event')
      return this.#options.schemas.decode('posture-event', value)
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error
      this.#options.metrics.count('posture_intel_records_skipped_total', 1, { code: errorCode(error) })
      this.#options.log.warn(
        { offset: String(offset), err: error },
        'A record of posture.global is not valid and was skipped; the page of a list that it held stays as it was.',
      )
      return undefined
    }
  }

  #replaceScores(intel: EpssPage, offset: bigint): void {
    const { uid } = intel
    const page = new ScorePage(intel)
    const before = this.#scores.get(uid)
    this.#noting([...(before?.cves() ?? []), ...page.cves()], offset, () => this.#scores.set(uid, page))
  }

  #replaceEntries({ uid, entries }: KevPage, offset: bigint): void {
    const page = new Map<string, KevEntry>()
    for (const [cve, { addedAt, ransomware }] of Object.entries(entries)) {
      const name = parseCve(cve)
      if (name !== undefined && kevPageOf(name) === uid) page.set(cveId(name), { addedAt, ransomware })
    }
    const before = this.#entries.get(uid)
    this.#noting([...namesOf(before), ...namesOf(page)], offset, () => this.#entries.set(uid, page))
  }

  #conclude({ list, at, count, pages }: IntelSnapshot, offset: bigint): void {
    const named = new Set(pages)
    const held = list === 'epss' ? this.#scores : this.#entries
    for (const uid of held.keys()) if (!named.has(uid)) this.#forget(uid, offset)
    const isFirst = !this.#feeds.has(list)
    const feed = { at, count }
    this.#feeds.set(list, feed)
    // From now on, that a CVE is not listed means something.
    if (isFirst) this.#changes.startAt(offset + 1n)
    if (this.#whole) this.#report(list, feed)
  }

  #forget(uid: string, offset: bigint): void {
    const scores = this.#scores.get(uid)
    if (scores !== undefined) this.#noting(scores.cves(), offset, () => this.#scores.delete(uid))
    const entries = this.#entries.get(uid)
    if (entries !== undefined) this.#noting(namesOf(entries), offset, () => this.#entries.delete(uid))
    for (const list of ['epss', 'kev'] as const) {
      if (uid === `${list}/snapshot` && this.#feeds.delete(list)) this.#changes.startAt(offset + 1n)
    }
  }

  /** Makes a change, and notes the CVEs among these whose significance it changed. */
  #noting(cves: Iterable<CveName>, offset: bigint, change: () => void): void {
    const watched = this.#whole ? Array.from(cves) : []
    const before = watched.map((name) => this.#significanceOf(name))
    change()
    for (const [index, name] of watched.entries())
      if (this.#significanceOf(name) !== before[index]) this.#changes.add(cveId(name), offset)
  }

  #significanceOf(name: CveName): number {
    return this.#options.significance(this.#scoreOf(name), this.#entryOf(name))
  }

  #report(list: ListName, { at, count }: Feed): void {
    const held = list === 'epss' ? this.#scores : this.#entries
    const cves = [...held.values()].reduce((sum, { size }) => sum + size, 0)
    const { log, metrics } = this.#options
    metrics.gauge('posture_intel_list_cves', cves, { list })
    metrics.gauge('posture_intel_list_timestamp_seconds', at / 1000, { list })
    const fields = { list, at: new Date(at).toISOString(), cves }
    if (cves === count) log.info(fields, 'A list about CVEs is in force.')
    else log.warn({ ...fields, count }, 'A list about CVEs is in force with other CVEs than it says it has.')
  }
}

function namesOf(entries: ReadonlyMap<string, KevEntry> = new Map()): readonly CveName[] {
  return [...entries.keys()].map((cve) => parseCve(cve)!)
}
