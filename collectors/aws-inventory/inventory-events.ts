import { setTimeout as sleep } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Context } from '../../core/component.ts'
import { durationMs } from '../../core/duration.ts'
import { PermanentError, PipelineError, asError } from '../../core/errors.ts'
import { checkQueue } from '../aws/check-queue.ts'
import type { Message } from '../aws/message.ts'
import { queueClient } from '../aws/queue-settings.ts'
import { Queue } from '../aws/queue.ts'
import { queueBatches } from '../aws/queue-batches.ts'
import type { CollectedBatch, Collector, Unreadable } from '../collector.ts'
import { readChanges, type Change } from './change-message.ts'
import { nameOf, type InventoryEventsConfig, type Lane } from './config.ts'
import { Coverage } from './coverage.ts'
import type { Describer } from './describer.ts'
import { described, type DescriptionBatch } from './description.ts'
import { LaneCalls } from './lane-calls.ts'

/** What is to be described anew, of one lane. */
type Due = Map<Lane, Set<Describer>>

/**
 * Describes anew what messages say has changed, as a sweep does: all assets of the types concerned in that account and
 * region, so that what is gone shows too. A message is deleted once that is durable; where AWS is out of reach it comes
 * again. What is refused is told, and left to the next sweep.
 */
export class InventoryEvents implements Collector {
  readonly #config: InventoryEventsConfig
  readonly #context: Context
  readonly #coverage: Coverage
  readonly #client: SQSClient
  readonly #queue: Queue
  readonly #told = new Set<string>()

  constructor(config: InventoryEventsConfig, context: Context, describers: readonly Describer[]) {
    this.#config = config
    this.#context = context
    this.#coverage = new Coverage(config, describers, context.clock)
    this.#client = queueClient(config.queue)
    this.#queue = new Queue(this.#client, config.queue.queueUrl)
  }

  async check(signal: AbortSignal): Promise<void> {
    await checkQueue(this.#queue, this.#context.log, signal)
    await this.#coverage.identify(signal)
  }

  async *collect(_position: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    for (const lane of this.#coverage.lanes) {
      const owner = this.#coverage.ownerOf(lane)
      if (owner.uid === undefined) await owner.identify(lane.asked, signal)
    }
    const { clock, log } = this.#context
    const reading = { ...this.#config.queue, queue: this.#queue, clock, log }
    yield* queueBatches(reading, (messages) => this.#batchesOf(messages, signal), signal)
  }

  async *#batchesOf(messages: readonly Message[], signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    const { due, unreadable } = this.#read(messages)
    if (unreadable.length > 0) yield { events: [], unreadable, read: 0 }
    if (due.size > 0) await sleep(durationMs(this.#config.settle), undefined, { signal })
    for (const [lane, describers] of due)
      for await (const { batch } of this.#describe(lane, describers, signal)) yield batch
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  #read(messages: readonly Message[]): { due: Due; unreadable: Unreadable[] } {
    const due: Due = new Map()
    const unreadable: Unreadable[] = []
    let passedOver = 0
    for (const { id, body } of messages) {
      try {
        const lanes = readChanges(body, this.#coverage.describers).flatMap((each) => this.#laneOf(each, due))
        if (lanes.length === 0) passedOver += 1
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error
        unreadable.push({ bytes: Buffer.from(body), error, origin: `${this.#queue.url}/${id}` })
      }
    }
    const { metrics, name } = this.#context
    if (passedOver > 0) metrics.count('posture_collector_messages_passed_over_total', passedOver, { collector: name })
    return { due, unreadable }
  }

  /** None where the account or the region is not among those that are read. */
  #laneOf({ account, region, describer }: Change, due: Due): Lane[] {
    const wanted = describer.scope === 'global' ? '' : region
    const lane = this.#coverage.lanes.find(
      (each) => each.region === wanted && this.#coverage.ownerOf(each).uid === account,
    )
    if (lane === undefined) return []
    due.set(lane, (due.get(lane) ?? new Set()).add(describer))
    return [lane]
  }

  async *#describe(
    lane: Lane,
    describers: ReadonlySet<Describer>,
    signal: AbortSignal,
  ): AsyncGenerator<DescriptionBatch> {
    const owner = this.#coverage.ownerOf(lane)
    const calls = new LaneCalls(lane, owner.uid!, owner, this.#config, this.#context, signal)
    const place = { account: owner.uid!, region: lane.region, answeredAt: () => calls.answeredAt }
    try {
      // In their own order: what decides who reaches what comes first.
      for (const describer of this.#coverage.describers.filter((each) => describers.has(each))) {
        const description = { describer, described: describer.describe(calls), ...place }
        const { error, reasons } = yield* described(description, this.#context, signal)
        if (error instanceof PipelineError && error.fault === 'outage') throw error
        if (reasons.length > 0) this.#tell(`${describer.name} of ${nameOf(lane)}`, asError(error ?? reasons[0]))
      }
    } finally {
      calls.close()
    }
  }

  #tell(what: string, error: Error): void {
    if (this.#told.has(what)) return
    this.#told.add(what)
    this.#context.log.warn({ error }, `${what} has changed and cannot be read whole: ${error.message}.`)
  }
}
