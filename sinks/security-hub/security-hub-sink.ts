import type { Context } from '../../core/component.ts'
import { asError } from '../../core/errors.ts'
import { faultOf } from '../fault.ts'
import type { Delivery, PostureFinding, Sink } from '../sink.ts'
import { toAsff } from './asff/finding.ts'
import type { SecurityHubConfig } from './config.ts'
import { Hub } from './hub.ts'
import { importAll, type Import } from './imports.ts'
import { DELIVERED, failed, Outcomes } from './outcomes.ts'
import type { Place } from './place.ts'
import { Routes } from './routes.ts'
import { mustBeOfOthers, recordsOf, regionOfRecord } from './update/records.ts'
import { updateAll, type PendingUpdate } from './updates.ts'

/** What one Security Hub is to get of a batch. */
interface Work {
  readonly imports: Import[]
  readonly updates: PendingUpdate[]
}

/**
 * Security Hub drops an import that is older than what it has, and an update first reads which revision stands there: the
 * same revision again, or an older one, changes nothing.
 */
export class SecurityHubSink implements Sink {
  readonly #config: SecurityHubConfig
  readonly #routes: Routes
  readonly #hubs: ReadonlyMap<string, Hub>
  readonly #context: Pick<Context, 'name' | 'log'>
  readonly #closed = new AbortController()
  #toldOfShortening = false

  constructor(config: SecurityHubConfig, context: Pick<Context, 'name' | 'log'>) {
    this.#config = config
    this.#context = context
    this.#routes = new Routes(config)
    this.#hubs = new Map(
      this.#routes.places().map(({ destination, ...place }) => {
        return [keyOf(place), new Hub(place, destination, config, this.#closed.signal)]
      }),
    )
  }

  async check(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#hubs.values()].map((hub) => hub.check(signal)))
  }

  async deliver(findings: readonly PostureFinding[], signal: AbortSignal): Promise<readonly Delivery[]> {
    signal.throwIfAborted()
    const outcomes = new Outcomes()
    const newest = newestOf(findings)
    const work = this.#workOf(newest, outcomes)
    const ended = await Promise.allSettled(
      [...work].map(([key, each]) => this.#do(this.#hubs.get(key)!, each, outcomes, signal)),
    )
    signal.throwIfAborted()
    const failures = ended.flatMap((each) => (each.status === 'rejected' ? [asError(each.reason)] : []))
    const [failure] = failures
    // What has an outcome keeps it; without a fault the rest must be halved until the finding that is to blame stands alone.
    const blame = failures.find((error) => faultOf(error) === undefined) ?? (outcomes.size === 0 ? failure : undefined)
    if (blame !== undefined) throw blame
    return findings.map(({ key }) => outcomes.of(key) ?? (failure === undefined ? DELIVERED : failed(failure)))
  }

  async close(): Promise<void> {
    this.#closed.abort()
    for (const hub of this.#hubs.values()) hub.close()
  }

  async #do(hub: Hub, { imports, updates }: Work, outcomes: Outcomes, signal: AbortSignal): Promise<void> {
    // Credentials of another account would have AWS blame every finding for it.
    await hub.checkOnce(signal)
    await importAll(hub, imports, outcomes, signal)
    await updateAll(hub, updates, this.#config, outcomes, signal)
  }

  /** By hub; what cannot be sent anywhere is settled at once. */
  #workOf(findings: readonly PostureFinding[], outcomes: Outcomes): ReadonlyMap<string, Work> {
    const all = new Map<string, Work>()
    const workAt = (place: Place): Work => {
      const work = all.get(keyOf(place)) ?? { imports: [], updates: [] }
      all.set(keyOf(place), work)
      return work
    }
    for (const finding of findings) {
      try {
        this.#plan(finding, workAt)
      } catch (error) {
        outcomes.settle(finding.key, failed(asError(error)))
      }
    }
    return all
  }

  #plan(finding: PostureFinding, workAt: (place: Place) => Work): void {
    const { key, event } = finding
    const records = recordsOf(event)
    for (const record of records) {
      workAt(this.#routes.placeOf(event, regionOfRecord(record))).updates.push({ finding, record })
    }
    if (records.length > 0) return
    mustBeOfOthers(event, key)
    const place = this.#routes.placeOf(event)
    const sized = toAsff(finding, place)
    if (sized.leftOut.length > 0) this.#tellOfShortening(key, sized.leftOut)
    workAt(place).imports.push({ key, ...sized })
  }

  #tellOfShortening(key: string, leftOut: readonly string[]): void {
    if (this.#toldOfShortening) return
    this.#toldOfShortening = true
    this.#context.log.warn(
      { sink: this.#context.name, key, leftOut },
      'Findings that are too large for Security Hub are shortened; the product field posture-stream/left-out marks them',
    )
  }
}

/** Of several revisions of one finding the highest, in the place of the first. */
function newestOf(findings: readonly PostureFinding[]): PostureFinding[] {
  const newest = new Map<string, PostureFinding>()
  for (const finding of findings) {
    const other = newest.get(finding.key)
    if (other === undefined || other.revision < finding.revision) newest.set(finding.key, finding)
  }
  return [...newest.values()]
}

function keyOf({ account, region }: Place): string {
  return `${account}/${region}`
}
