import type { Context } from '../../core/component.ts'
import { digest } from '../../core/digest.ts'
import type {
  PostureEvent,
  ScanCompleted,
  ScanReference,
  ScanScope,
  ScanStarted,
  Source,
} from '../../schemas/generated/posture-event.ts'
import { findingEvent } from '../records/finding-event.ts'
import type { Statement } from '../records/mapped.ts'
import type { GroupPosition } from './position.ts'

/** Of which products it found something, by account. */
export type Known = GroupPosition['known']

/** How a full sweep ended. */
export interface Ending {
  readonly outcome: ScanCompleted['outcome']
  /** Why it is not complete. */
  readonly reasons: readonly string[]
  /** What the last one knew: it found nothing of it any more where this one does not know it. */
  readonly known: Known
  /** The account of the hub itself, where that is known. */
  readonly account: string | undefined
}

interface Scan {
  readonly source: Source
  readonly account: string
  /** The first 52 bits of each distinct finding key: an unlikely collision makes a scan partial, never wrong. */
  readonly keys: Set<number>
}

const PROVIDER = 'aws'
const KEY_DIGITS = 13
const HUB_PRODUCT = 'security-hub'

/** The scans that one full sweep is: one of each product and account, over all regions that are swept. */
export class SweepScans {
  readonly reference: ScanReference
  /** Whether everything that the sweep has read went through here. */
  readonly whole: boolean
  readonly #context: Context
  /** Those that are swept by themselves; where an aggregation region is among them, those that it shows too. */
  readonly #regions: Set<string>
  readonly #aggregated: boolean
  #unreadable = 0
  readonly #scans = new Map<string, Scan>()

  constructor(
    context: Context,
    reference: ScanReference,
    { regions, aggregated, whole }: { regions: readonly string[]; aggregated: boolean; whole: boolean },
  ) {
    this.#context = context
    this.reference = reference
    this.#regions = new Set(regions)
    this.#aggregated = aggregated
    this.whole = whole
  }

  /** The event of a finding, after the start of its scan where it is the first. */
  add(statement: Statement, bytes: string): PostureEvent[] {
    const { product, account } = statement.identity
    const event = findingEvent(this.#context, statement, bytes, this.reference)
    const region = statement.resources[0].region ?? statement.cloud.region
    if (this.#aggregated && region !== undefined) this.#regions.add(region)
    const name = JSON.stringify([product, account])
    const held = this.#scans.get(name)
    const { uid: _, ...source } = statement.source
    const scan = held ?? { source, account, keys: new Set() }
    this.#scans.set(name, scan)
    scan.keys.add(Number.parseInt(event.key.slice('v1:'.length, 'v1:'.length + KEY_DIGITS), 16))
    return held === undefined ? [this.#started(scan), event] : [event]
  }

  /** So many records could not be read: no scan is complete. */
  skipped(records: number): void {
    this.#unreadable += records
  }

  /**
   * The end of every scan, also of those that found nothing any more. An account of which nothing came at all, unless it is
   * the hub's own, may have left the hub rather than been mended: its scans are partial, and it is in `left`.
   */
  end(ending: Ending): { events: PostureEvent[]; known: Known; left: string[] } {
    const seen = [...this.#scans.values()]
    const accounts = new Set([...seen.map(({ account }) => account), ending.account])
    const missing = this.#missing(ending, seen.length === 0)
    const all = [...seen, ...missing]
    const left = new Set(missing.map(({ account }) => account).filter((each) => !accounts.has(each)))
    const completed = all.map((scan) =>
      this.#completed(scan, this.#reasonsOf(ending, left.has(scan.account)), ending.outcome),
    )
    const events = [...missing.map((scan) => this.#started(scan)), ...completed]
    return { events, known: knownOf(all), left: [...left] }
  }

  /** Why none of them may be complete, as far as that shows here. */
  get reasons(): string[] {
    return [
      ...(this.#unreadable > 0 ? [`${this.#unreadable} findings could not be read`] : []),
      ...(this.whole ? [] : ['the collector was restarted in the middle of it']),
    ]
  }

  #reasonsOf({ reasons, account }: Ending, left: boolean): string[] {
    const whither = account === undefined ? '' : ` to that of ${account}`
    const gone = `nothing of this account came any more${whither}: it may have left this Security Hub`
    return [...reasons, ...this.reasons, ...(left ? [gone] : [])]
  }

  #missing({ known, account }: Ending, empty: boolean): Scan[] {
    const missing = known.flatMap(({ accounts, products }) =>
      accounts.flatMap((each) =>
        products
          .filter((product) => !this.#scans.has(JSON.stringify([product, each])))
          .map((product): Scan => ({ source: { product, format: 'none' }, account: each, keys: new Set() })),
      ),
    )
    // A sweep that found nothing, nor ever did, is one of the hub's own account all the same.
    if (!empty || missing.length > 0 || account === undefined) return missing
    return [{ source: { product: HUB_PRODUCT, format: 'none' }, account, keys: new Set() }]
  }

  #started({ source, account }: Scan): ScanStarted {
    const { tenant, name, clock } = this.#context
    const content = {
      type: 'scan.started' as const,
      tenant,
      collector: name,
      source,
      scan: this.reference,
      provider: PROVIDER,
      account,
      // Which regions an aggregation region shows is known at the end.
      ...(this.#aggregated ? {} : { scope: this.#scopeOf(account) }),
    }
    return { ...content, id: digest(content), time: clock() }
  }

  #completed(
    { source, account, keys }: Scan,
    reasons: readonly string[],
    outcome: ScanCompleted['outcome'],
  ): ScanCompleted {
    const { tenant, name, clock } = this.#context
    const content = {
      type: 'scan.completed' as const,
      tenant,
      collector: name,
      source,
      scan: this.reference,
      scope: this.#scopeOf(account),
      outcome: outcome === 'complete' && reasons.length > 0 ? ('partial' as const) : outcome,
      ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
      findings: keys.size,
    }
    return { ...content, id: digest(content), time: clock() }
  }

  #scopeOf(account: string): ScanScope {
    return { provider: PROVIDER, account, regions: [...this.#regions].toSorted() }
  }
}

function knownOf(scans: readonly Scan[]): Known {
  const products = Map.groupBy(scans, ({ account }) => account)
  const alike = Map.groupBy(products, ([, some]) => JSON.stringify(some.map(({ source }) => source.product).toSorted()))
  return [...alike].map(([names, some]) => ({
    products: JSON.parse(names) as string[],
    accounts: some.map(([account]) => account),
  }))
}
