import type { Context } from '../../core/component.ts'
import { digest } from '../../core/digest.ts'
import type {
  PostureEvent,
  ScanCompleted,
  ScanReference,
  ScanStarted,
  Source,
} from '../../schemas/generated/posture-event.ts'
import { findingEvent } from '../records/finding-event.ts'
import type { MappedFinding } from '../records/mapped.ts'
import { isDeclared, scopeFor, type DeclaredScope } from './declared-scope.ts'

/**
 * Forms that products of any kind write, one host or one image a report for instance: what is not in such a report need
 * not have been looked at.
 */
const UNSCOPED_FORMATS = new Set(['ocsf', 'security-hub-ocsf'])
const UNSCOPED = 'its report does not say what was looked at, and no scope is declared for it'

/** One scan of one account, as far as its report has been read. */
interface Scan {
  readonly source: Source
  readonly reference: ScanReference
  readonly provider: string
  readonly account: string
  readonly regions: Set<string>
  readonly checks: Set<string>
  /** Distinct finding keys: some 70 bytes for each finding of the report, which has 4 KB for it. */
  readonly keys: Set<string>
}

/** Makes the events of one report: every scan's start before its first finding, and its end with what it covered. */
export class ScanLedger {
  readonly #context: Context
  readonly #declared: DeclaredScope | undefined
  readonly #scans = new Map<string, Scan>()
  /** By product and account, the scan that was read last: records without a scan id belong to it. */
  readonly #current = new Map<string, Scan>()
  #repeated = 0

  constructor(context: Context, declared: DeclaredScope | undefined) {
    this.#context = context
    this.#declared = declared
  }

  /** Findings whose key another record of the report had already. */
  get repeated(): number {
    return this.#repeated
  }

  /** The events of one record, in order. The record's bytes make the finding's id, so that reading again gives it again. */
  add(mapped: MappedFinding, bytes: Uint8Array): PostureEvent[] {
    const { statement } = mapped
    const { scan, started } = this.#scanOf(mapped)
    const event = findingEvent(this.#context, statement, bytes, scan.reference)
    if (scan.keys.has(event.key)) this.#repeated += 1
    scan.keys.add(event.key)
    scan.checks.add(statement.identity.control)
    const region = statement.resources[0].region ?? statement.cloud.region
    if (region !== undefined) scan.regions.add(region)
    return started === undefined ? [event] : [started, event]
  }

  /** A scan that found nothing at all, where the operator has declared whose it is. */
  addEmpty(at: number): PostureEvent[] {
    const { product, provider = 'aws', account } = this.#declared ?? {}
    if (product === undefined || account === undefined) return []
    return [this.#open({ product, format: 'none' }, provider, account, undefined, at).started]
  }

  /** Ends every scan of the report: complete, or partial for the given reasons. */
  complete(reasons: readonly string[]): ScanCompleted[] {
    const { tenant, name, clock } = this.#context
    return [...this.#scans.values()].map((scan) => {
      const { provider, account, regions, checks } = scan
      const found = { provider, account, regions: [...regions].toSorted(), checks: [...checks].toSorted() }
      const isUnscoped =
        UNSCOPED_FORMATS.has(scan.source.format) && !isDeclared(found, scan.source.product, this.#declared)
      const why = isUnscoped ? [...reasons, UNSCOPED] : reasons
      const content = {
        type: 'scan.completed' as const,
        tenant,
        collector: name,
        source: scan.source,
        scan: scan.reference,
        scope: scopeFor(found, scan.source.product, this.#declared),
        outcome: why.length === 0 ? ('complete' as const) : ('partial' as const),
        ...(why.length === 0 ? {} : { reason: why.join('; ') }),
        findings: scan.keys.size,
      }
      return { ...content, id: digest(content), time: clock() }
    })
  }

  #scanOf({ statement, scanUid, at }: MappedFinding): { scan: Scan; started?: ScanStarted } {
    const { product, provider, account } = statement.identity
    const owner = JSON.stringify([product, provider, account])
    const known = scanUid === undefined ? this.#current.get(owner) : this.#scans.get(`${owner} ${scanUid}`)
    if (known !== undefined) return { scan: known }
    const { uid: _uid, ...source } = statement.source
    return this.#open(source, provider, account, scanUid, at)
  }

  #open(
    source: Source,
    provider: string,
    account: string,
    scanUid: string | undefined,
    time: number,
  ): { scan: Scan; started: ScanStarted } {
    const { tenant, name, clock } = this.#context
    const { product } = source
    const reference = { uid: scanUid ?? digest([product, account, time]), time }
    const sets = { regions: new Set<string>(), checks: new Set<string>(), keys: new Set<string>() }
    const scan: Scan = { source, reference, provider, account, ...sets }
    const owner = JSON.stringify([product, provider, account])
    this.#scans.set(`${owner} ${reference.uid}`, scan)
    this.#current.set(owner, scan)
    const scope = scopeFor({ provider, account }, product, this.#declared)
    const content = {
      type: 'scan.started' as const,
      tenant,
      collector: name,
      source,
      scan: reference,
      provider,
      account,
      ...(scope.regions === undefined && scope.checks === undefined ? {} : { scope }),
    }
    return { scan, started: { ...content, id: digest(content), time: clock() } }
  }
}
