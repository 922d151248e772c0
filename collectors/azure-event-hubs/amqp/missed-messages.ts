import type { ReceivedEventData } from '@azure/event-hubs'
import type { Context } from '../../../core/component.ts'
import type { Config } from '../config.ts'
import { tellMissed } from '../tell-missed.ts'

/** Tells of messages that the hub deleted before they were read: sequence numbers of a partition have no holes. */
export class MissedMessages {
  readonly #context: Context
  readonly #config: Config
  /** By partition, the sequence number that was read last. */
  readonly #last = new Map<string, number>()

  constructor(context: Context, config: Config) {
    this.#context = context
    this.#config = config
  }

  /** Reading begins behind this sequence number, if behind any. */
  begin(partition: string, checkpoint: number | undefined): void {
    if (checkpoint === undefined) this.#last.delete(partition)
    else this.#last.set(partition, checkpoint)
  }

  look(partition: string, events: readonly Pick<ReceivedEventData, 'sequenceNumber'>[]): void {
    const last = this.#last.get(partition)
    const missed = last === undefined ? 0 : (events[0]?.sequenceNumber ?? 0) - last - 1
    const newest = events.at(-1)?.sequenceNumber
    if (newest !== undefined) this.#last.set(partition, newest)
    if (missed > 0) tellMissed(this.#context, missed, { partition, consumerGroup: this.#config.consumerGroup })
  }
}
