import { constants, gzip as gzipWithCallback } from 'node:zlib'
import { promisify } from 'node:util'
import type { Client } from '@opensearch-project/opensearch'
import type { Context } from '../../core/component.ts'
import { PermanentError, asError, errorCode } from '../../core/errors.ts'
import { faultOf } from '../fault.ts'
import type { Delivery, PostureFinding, Sink } from '../sink.ts'
import { readBulkAnswer, tooLarge } from './bulk-answer.ts'
import { bulkBody, bulkItems, bulkRuns, type BulkItem, type Targets } from './bulk-body.ts'
import { mappingVersion } from './check.ts'
import { openSearchClient } from './client.ts'
import type { OpenSearchConfig } from './config.ts'
import { exchange, type ExchangeOptions } from './exchange.ts'
import { INSTALL, TOO_LARGE } from './faults.ts'
import { scrubOf, type Scrub } from './scrub.ts'
import { Slots } from './slots.ts'
import { TEMPLATE_VERSION } from './template/template.ts'

const gzip = promisify(gzipWithCallback)

/**
 * The index never goes back to an older revision, in whatever order and however often revisions come: OpenSearch
 * compares them itself. A finding is delivered when its latest state and, with a history, its revision are acknowledged.
 */
export class OpenSearchSink implements Sink {
  readonly #config: OpenSearchConfig
  readonly #context: Pick<Context, 'name' | 'log'>
  readonly #targets: Targets
  readonly #scrub: Scrub
  readonly #client: Client
  readonly #slots: Slots
  readonly #closed = new AbortController()
  #closing: Promise<void> | undefined
  #checked = false
  #toldVersion = false

  constructor(config: OpenSearchConfig, context: Pick<Context, 'name' | 'log'>) {
    if (config.auth?.sigv4?.service === 'aoss' && config.history) {
      const remedy = 'remove history, or use a domain (service: es)'
      throw new PermanentError('OPENSEARCH_NO_HISTORY', `a serverless collection has no data streams: ${remedy}`)
    }
    this.#config = config
    this.#context = context
    this.#targets = { index: config.index, dataStream: config.history?.dataStream }
    this.#scrub = scrubOf(config.auth)
    this.#client = openSearchClient(config)
    this.#slots = new Slots(config.concurrency)
  }

  async check(signal: AbortSignal): Promise<void> {
    const version = await mappingVersion(this.#client, this.#targets, this.#options(signal))
    this.#checked = true
    if (version >= TEMPLATE_VERSION || this.#toldVersion) return
    this.#toldVersion = true
    this.#context.log.warn(
      { sink: this.#context.name, index: this.#config.index, version, newest: TEMPLATE_VERSION },
      `The index has an older mapping: findings are kept whole, but what is new in them cannot be searched before ${INSTALL}`,
    )
  }

  async deliver(findings: readonly PostureFinding[], signal: AbortSignal): Promise<readonly Delivery[]> {
    signal.throwIfAborted()
    // A missing data stream would be created by the first document, as an index without our mapping.
    if (!this.#checked && findings.length > 0) await this.check(signal)
    const items = bulkItems(findings, this.#targets)
    const outcomes = new Map<BulkItem, Delivery>()
    try {
      for (const run of bulkRuns(items, this.#config.maxBatchBytes)) {
        await this.#slots.run(() => this.#send(run, outcomes, signal), signal)
      }
    } catch (thrown) {
      const error = asError(thrown)
      // What got its answer before is not sent again only because the rest must wait.
      if (outcomes.size === 0 || !faultOf(error)) throw error
      for (const item of items) if (!outcomes.has(item)) outcomes.set(item, { status: 'failed', error })
    }
    return verdicts(findings.length, outcomes)
  }

  async close(): Promise<void> {
    this.#closed.abort()
    // Asked twice, the client would never answer.
    await (this.#closing ??= this.#client.close())
  }

  async #send(items: readonly BulkItem[], outcomes: Map<BulkItem, Delivery>, signal: AbortSignal): Promise<void> {
    try {
      const results = readBulkAnswer(await this.#bulk(items, signal), items, this.#scrub)
      for (const [at, item] of items.entries()) outcomes.set(item, results[at]!)
    } catch (error) {
      if (errorCode(error) !== TOO_LARGE) throw error
      if (items.length === 1) {
        outcomes.set(items[0]!, { status: 'failed', error: tooLarge(items[0]!, asError(error).message) })
        return
      }
      const middle = Math.ceil(items.length / 2)
      await this.#send(items.slice(0, middle), outcomes, signal)
      await this.#send(items.slice(middle), outcomes, signal)
    }
  }

  async #bulk(items: readonly BulkItem[], signal: AbortSignal): Promise<unknown> {
    const { compression, requestTimeoutMs } = this.#config
    const plain = bulkBody(items)
    // The fastest level: it halves the CPU of the default one for a body that is a third larger.
    const body = compression ? await gzip(plain, { level: constants.Z_BEST_SPEED }) : plain
    const answer = await exchange(
      this.#client,
      {
        method: 'POST',
        path: '/_bulk',
        // The cluster gives up before we do, so that its answer says which documents are in.
        querystring: { timeout: `${Math.ceil(requestTimeoutMs / 2)}ms`, filter_path: 'items.*.status,items.*.error' },
        headers: compression ? { 'content-encoding': 'gzip' } : {},
        body,
      },
      this.#options(signal),
    )
    return answer.body
  }

  #options(signal: AbortSignal): ExchangeOptions {
    const either = AbortSignal.any([signal, this.#closed.signal])
    return { signal: either, timeoutMs: this.#config.requestTimeoutMs, scrub: this.#scrub }
  }
}

/** One outcome per finding. One that was passed over for a newer revision of the batch is delivered with it. */
function verdicts(findings: number, outcomes: ReadonlyMap<BulkItem, Delivery>): Delivery[] {
  const verdict = Array.from({ length: findings }, (): Delivery => ({ status: 'delivered' }))
  for (const [{ at }, outcome] of outcomes) verdict[at] = worse(verdict[at]!, outcome)
  return verdict
}

/** While one of a finding's documents may still be taken, nothing final is said of it. */
function worse(one: Delivery, other: Delivery): Delivery {
  if (other.status === 'delivered') return one
  return one.status === 'delivered' || one.error instanceof PermanentError ? other : one
}
