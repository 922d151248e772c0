import type { Clock } from '../../core/component.ts'
import { PipelineError } from '../../core/errors.ts'
import type { Metrics } from '../../core/telemetry.ts'
import type {
  BatchHandler,
  ConsumeOptions,
  FollowOptions,
  Following,
  GroupConsumption,
  OutgoingRecord,
  RecordsHandler,
  Stream,
} from '../../stream/stream.ts'
import { ObservedGroup } from './observed-group.ts'

/** A stream that keeps account of the groups that are consumed through it, and otherwise is the one it stands before. */
export class ObservedStream implements Stream {
  readonly #stream: Stream
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #groups: ObservedGroup[] = []

  constructor(stream: Stream, metrics: Metrics, clock: Clock) {
    this.#stream = stream
    this.#metrics = metrics
    this.#clock = clock
  }

  /** In the order in which they were first asked for. */
  get groups(): readonly ObservedGroup[] {
    return this.#groups
  }

  /** The one account of a group, also before it is consumed. */
  group(topic: string, group: string): ObservedGroup {
    const known = this.#groups.find((each) => each.topic === topic && each.group === group)
    if (known !== undefined) return known
    const observed = new ObservedGroup({ topic, group }, this.#metrics, this.#clock)
    this.#groups.push(observed)
    return observed
  }

  async consume(options: ConsumeOptions, handle: BatchHandler): Promise<GroupConsumption> {
    const group = this.group(options.topic, options.group)
    const { assigned } = options
    await this.#noteHistory(group)
    const consumption = await this.#stream.consume(
      assigned === undefined ? options : { ...options, assigned: (assignment) => group.takeOver(assignment, assigned) },
      (batch) => group.handle(batch, handle),
    )
    group.joined(consumption)
    return {
      partitions: () => consumption.partitions(),
      stop: async () => {
        await consumption.stop()
        group.left(consumption)
      },
    }
  }

  /** A stream that cannot say it now costs an age that is too high for a while, and nothing else. */
  async #noteHistory(group: ObservedGroup): Promise<void> {
    const { topic, group: name } = group
    try {
      if ((await this.#stream.positions(topic, name)).size === 0) group.isNew(await this.#stream.ends(topic))
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error
    }
  }

  publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    return this.#stream.publish(topic, records)
  }

  follow(topic: string, handle: RecordsHandler, options?: FollowOptions): Promise<Following> {
    return this.#stream.follow(topic, handle, options)
  }

  lag(topic: string, group: string): Promise<number> {
    return this.#stream.lag(topic, group)
  }

  positions(topic: string, group: string): Promise<ReadonlyMap<number, bigint>> {
    return this.#stream.positions(topic, group)
  }

  ends(topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.#stream.ends(topic)
  }

  beginnings(topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.#stream.beginnings(topic)
  }

  offsetsSince(topic: string, time: number): Promise<ReadonlyMap<number, bigint>> {
    return this.#stream.offsetsSince(topic, time)
  }

  forgetGroup(topic: string, group: string): Promise<void> {
    return this.#stream.forgetGroup(topic, group)
  }

  close(): Promise<void> {
    return this.#stream.close()
  }
}
