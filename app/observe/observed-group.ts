import type { Clock } from '../../core/component.ts'
import { TransientError, asError, errorCode } from '../../core/errors.ts'
import type { Condition } from '../../core/condition.ts'
import type { Metrics } from '../../core/telemetry.ts'
import type {
  AfterCommit,
  Assignment,
  Batch,
  BatchHandler,
  ConsumeOptions,
  GroupConsumption,
  StreamRecord,
} from '../../stream/stream.ts'

type Assigned = NonNullable<ConsumeOptions['assigned']>
/** What a failure means for the partition: the same must succeed before anything else, or it is behind it. */
type Afterwards = 'is stuck' | 'goes on'

export interface GroupName {
  readonly topic: string
  readonly group: string
}

/** One partition while it is in one pair of hands: as long as its signal is not aborted. */
interface Held {
  readonly signal: AbortSignal
  /** When the oldest record was written that was given and is not committed. */
  oldest: number | undefined
  /** Since when it cannot be taken over: what has come since then waits, too. */
  notTakenSince: number | undefined
  /** The last batch, or the taking over, failed. */
  failing: boolean
  /** A handler has resolved, and its batch is not committed yet. */
  handled: boolean
}

/** What this process does in one group: which partitions it has, what it committed, what failed, what it has at hand. */
export class ObservedGroup implements GroupName {
  readonly topic: string
  readonly group: string
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #consumptions = new Set<GroupConsumption>()
  readonly #held = new Map<number, Held>()
  /** By partition, the offset before which everything is history to a group that is new. */
  #history: ReadonlyMap<number, bigint> = new Map()
  #condition: Condition | undefined

  constructor({ topic, group }: GroupName, metrics: Metrics, clock: Clock) {
    this.topic = topic
    this.group = group
    this.#metrics = metrics
    this.#clock = clock
  }

  /** Those that are this process's now; none while the group is moving. */
  get partitions(): readonly number[] {
    return [...this.#consumptions].flatMap((each) => each.partitions() ?? []).toSorted((a, b) => a - b)
  }

  /**
   * When the oldest record was written that was given to this process and is not committed; undefined where there is none.
   * Of a partition that cannot be taken over it is not known: there it is no later than since when.
   */
  get oldestUnacknowledgedAt(): number | undefined {
    const times = [...this.#held.values()].flatMap(({ oldest, notTakenSince }) => oldest ?? notTakenSince ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Has a component told that it waits while one of its partitions fails. */
  tell(condition: Condition): void {
    this.#condition = condition
  }

  /**
   * A group that has never read takes what was there before it for the first time: however old that is, it did not wait for
   * this group, and counts as unacknowledged since it was given.
   */
  isNew(ends: ReadonlyMap<number, bigint>): void {
    this.#history = ends
  }

  joined(consumption: GroupConsumption): void {
    this.#consumptions.add(consumption)
  }

  left(consumption: GroupConsumption): void {
    this.#consumptions.delete(consumption)
  }

  /** Calls the handler, and takes note of how that ends; nothing of what it does or answers changes. */
  async handle(batch: Batch, handle: BatchHandler): Promise<AfterCommit> {
    const held = this.#at(batch)
    const [first] = batch.records
    if (first !== undefined) held.oldest = this.#isHistory(first) ? this.#clock() : first.timestamp
    const after = await this.#watched(held, async () => handle(batch))
    held.handled = true
    return async (committed) => {
      held.handled = false
      held.oldest = undefined
      const { topic, group } = this
      if (batch.records.length > 0)
        this.#metrics.count('posture_group_records_total', batch.records.length, { topic, group })
      this.#recovered(held)
      await this.#watched(held, async () => after?.(committed), 'goes on')
    }
  }

  #isHistory({ partition, offset }: StreamRecord): boolean {
    return offset < (this.#history.get(partition) ?? 0n)
  }

  /** The same for the taking over of a partition. */
  async takeOver(assignment: Assignment, assigned: Assigned): Promise<bigint | undefined> {
    const held = this.#at(assignment)
    held.notTakenSince ??= this.#clock()
    const position = await this.#watched(held, async () => assigned(assignment))
    held.notTakenSince = undefined
    // Where nothing is at hand no batch may come that would say so.
    if (held.oldest === undefined) this.#recovered(held)
    return position
  }

  async #watched<T>(held: Held, work: () => Promise<T>, then: Afterwards = 'is stuck'): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!held.signal.aborted) this.#failed(held, asError(error), then)
      throw error
    }
  }

  #failed(held: Held, error: Error, then: Afterwards = 'is stuck'): void {
    const { topic, group } = this
    this.#metrics.count('posture_group_failures_total', 1, { topic, group, code: errorCode(error) })
    if (then === 'goes on') return this.#condition?.failed(error)
    held.failing = true
    this.#condition?.waiting(error)
  }

  #recovered(held: Held): void {
    held.failing = false
    if (![...this.#held.values()].some(({ failing }) => failing)) this.#condition?.working()
  }

  #at({ partition, signal }: { readonly partition: number; readonly signal: AbortSignal }): Held {
    const known = this.#held.get(partition)
    if (known?.signal === signal) {
      if (known.handled) this.#failed(known, notCommitted(this, partition))
      known.handled = false
      return known
    }
    const held: Held = { signal, oldest: undefined, notTakenSince: undefined, failing: false, handled: false }
    if (signal.aborted) return held
    this.#held.set(partition, held)
    const letGo = (): void => {
      if (this.#held.get(partition) === held) this.#held.delete(partition)
      this.#recovered(held)
    }
    signal.addEventListener('abort', letGo, { once: true })
    return held
  }
}

/** The stream itself could not commit: it says why in the log, and hands the same records over again. */
function notCommitted({ topic, group }: GroupName, partition: number): Error {
  return new TransientError(
    'COMMIT_FAILED',
    `what group ${group} did with records of ${topic}/${partition} could not be committed; they are taken again`,
  )
}
