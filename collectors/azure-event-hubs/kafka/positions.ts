import type { Batch, Consumer } from 'kafkajs'
import type { Context } from '../../../core/component.ts'
import { tellMissed } from '../tell-missed.ts'
import type { HubClient } from './hub-client.ts'

interface PositionsOptions {
  readonly client: HubClient
  readonly hub: string
  readonly group: string
  readonly startFrom: 'earliest' | 'latest'
  readonly context: Pick<Context, 'name' | 'log' | 'metrics'>
}

/** What the group says where it has kept nothing; kafkajs leaves -2 there when a position is gone. */
const NONE = -1n

/** Where each partition is to be read on, as far as this reader owns it. */
export class Positions {
  readonly #options: PositionsOptions
  /** By partition, the offset that comes next. */
  readonly #next = new Map<number, bigint>()
  #placing: readonly number[] = []

  constructor(options: PositionsOptions) {
    this.#options = options
  }

  /**
   * Looks up what the group has kept of these partitions, and has one of which it has kept nothing begun where the settings
   * say. kafkajs by itself always begins with the earliest: what it does where a position is gone, which must lose nothing.
   */
  async place(partitions: readonly number[], consumer: Consumer): Promise<void> {
    this.#next.clear()
    this.#placing = partitions
    const { client, hub, group, startFrom } = this.#options
    if (partitions.length === 0) return
    const [committed, ends] = await client.ask(async (admin) => {
      const [found] = await admin.fetchOffsets({ groupId: group, topics: [hub] })
      const kept = new Map((found?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)]))
      const isNew = partitions.some((partition) => (kept.get(partition) ?? NONE) === NONE)
      return [kept, isNew && startFrom === 'latest' ? await admin.fetchTopicOffsets(hub) : []]
    })
    // The group has moved on meanwhile, and its partitions are placed anew.
    if (this.#placing !== partitions) return
    for (const partition of partitions) {
      const kept = committed.get(partition) ?? NONE
      if (kept >= 0n) this.#next.set(partition, kept)
      else if (kept !== NONE) this.#tellGone(partition)
    }
    const begun = ends.filter(
      ({ partition }) => partitions.includes(partition) && (committed.get(partition) ?? NONE) === NONE,
    )
    if (begun.length === 0) return
    for (const { partition, high } of begun) {
      this.#next.set(partition, BigInt(high))
      consumer.seek({ topic: hub, partition, offset: high })
    }
    // So that what comes from now on is read also where nothing comes before the next start.
    await consumer.commitOffsets(begun.map(({ partition, high }) => ({ topic: hub, partition, offset: high })))
  }

  /** Says so where what was to come next is gone: the hub keeps messages for so long and no longer. */
  note(batch: Batch): void {
    const { partition } = batch
    // Where it asked, which the client's types do not mention; there may be holes after it that say nothing.
    const { fetchedOffset } = batch as Batch & { readonly fetchedOffset: string }
    const next = this.#next.get(partition)
    const begins = BigInt(fetchedOffset)
    if (next === undefined || next === begins) return
    const { hub, group: consumerGroup, context } = this.#options
    if (next < begins) tellMissed(context, Number(begins - next), { hub, partition, consumerGroup })
    else this.#tellAnew(partition, next)
  }

  #tellAnew(partition: number, next: bigint): void {
    const { hub, context } = this.#options
    context.log.warn(
      { hub, partition, awaited: String(next) },
      `Partition ${partition} of ${hub} has no message ${next} any more, as if the hub had been made anew. It is read from the earliest on.`,
    )
  }

  #tellGone(partition: number): void {
    const { hub, context } = this.#options
    context.log.warn(
      { hub, partition },
      `What was to be read next of partition ${partition} of ${hub} was gone before it was read. It is read on from the earliest that is there.`,
    )
  }

  /** The next message of a partition that is to come. */
  advance(partition: number, next: bigint): void {
    this.#next.set(partition, next)
  }

  /** By partition of ours, the offset that comes next. */
  get awaited(): ReadonlyMap<number, bigint> {
    return this.#next
  }
}
