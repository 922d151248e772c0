import { unlessAborted } from '../../core/abort.ts'
import type { Context } from '../../core/component.ts'
import type { Delivery, PostureFinding, Sink } from '../sink.ts'
import type { SplunkConfig } from './config.ts'
import { Delivered, identityOf } from './delivered.ts'
import { Endpoint } from './endpoint.ts'
import { Endpoints } from './endpoints.ts'
import { HecDelivery } from './hec-delivery.ts'
import { Parcels } from './parcels.ts'
import { Quote } from './quote.ts'

/**
 * Splunk keeps whatever it gets, so within the life of this process a finding is sent again only while nobody knows whether
 * it came in: after an answer or an acknowledgement that was lost, and around an event that Splunk refused. A process that
 * ends between a delivery and its commit sends that batch twice. The Splunk app shows each (key, revision) once.
 */
export class SplunkSink implements Sink {
  readonly #closed = new AbortController()
  readonly #endpoints: Endpoints
  readonly #parcels: Parcels
  readonly #delivered = new Delivered()
  readonly #compression: boolean
  /** By finding, the delivery that is under way with it; settled, and never rejected, when it has ended. */
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(config: SplunkConfig, { name, log }: Context) {
    const quote = new Quote(config.token)
    const about = { sink: name }
    const { signal } = this.#closed
    const endpoints = config.endpoints.map((url) => new Endpoint(url, config, quote, signal))
    this.#endpoints = new Endpoints(endpoints, log, about)
    this.#parcels = new Parcels(config, log, about)
    this.#compression = config.compression
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#endpoints.check(signal)
  }

  async deliver(findings: readonly PostureFinding[], signal: AbortSignal): Promise<readonly Delivery[]> {
    signal.throwIfAborted()
    const ids = findings.map((finding) => identityOf(finding))
    // A request cannot be called back: whoever comes again while it is under way waits for what becomes of it.
    for (let others = this.#others(ids); others.length > 0; others = this.#others(ids))
      await unlessAborted(Promise.all(others), signal)
    const outcomes = await unlessAborted(this.#send(findings, ids, signal), signal)
    return ids.map((id) => outcomes.get(id) ?? { status: 'delivered' })
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#endpoints.close()
  }

  #others(ids: readonly string[]): Promise<void>[] {
    return ids.flatMap((id) => this.#underWay.get(id) ?? [])
  }

  /** By id, the outcomes of those that were not delivered before. */
  #send(
    findings: readonly PostureFinding[],
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Delivery>> {
    const fresh = new Map(ids.map((id, at) => [id, findings[at]!] as const).filter(([id]) => !this.#delivered.has(id)))
    const services = {
      endpoints: this.#endpoints,
      parcels: this.#parcels,
      delivered: this.#delivered,
      compression: this.#compression,
    }
    const sending = new HecDelivery(services, signal).send(fresh)
    const ended = sending.then(
      () => this.#ended(fresh),
      () => this.#ended(fresh),
    )
    for (const id of fresh.keys()) this.#underWay.set(id, ended)
    return sending
  }

  #ended(findings: ReadonlyMap<string, PostureFinding>): void {
    for (const id of findings.keys()) this.#underWay.delete(id)
  }
}
