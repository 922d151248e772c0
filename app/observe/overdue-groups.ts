import type { Clock } from '../../core/component.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { ObservedGroup } from './observed-group.ts'

/** A group that is behind by more than half of what its topic keeps. */
export interface Overdue {
  readonly group: ObservedGroup
  readonly ageMs: number
  readonly limitMs: number
}

interface OverdueGroupsOptions {
  readonly groups: () => readonly ObservedGroup[]
  /** How long a topic keeps a record whoever has read it, in milliseconds; undefined where that is not limited. */
  readonly keptMs: (topic: string) => number | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** Watches for groups whose records are about to be removed before they were processed (design: half of the retention). */
export class OverdueGroups {
  readonly #options: OverdueGroupsOptions
  readonly #told = new Set<ObservedGroup>()

  constructor(options: OverdueGroupsOptions) {
    this.#options = options
  }

  /** Those that are overdue now. */
  now(): readonly Overdue[] {
    const { groups, keptMs, clock } = this.#options
    return groups().flatMap((group) => {
      const since = group.oldestUnacknowledgedAt
      const limitMs = (keptMs(group.topic) ?? Infinity) / 2
      const ageMs = since === undefined ? 0 : clock() - since
      return ageMs > limitMs ? [{ group, ageMs, limitMs }] : []
    })
  }

  /** Tells of each once, when it becomes overdue, and when it no longer is. */
  tell(): void {
    const { log } = this.#options
    const overdue = new Map(this.now().map((each) => [each.group, each]))
    for (const [group, { ageMs, limitMs }] of overdue) {
      if (this.#told.has(group)) continue
      this.#told.add(group)
      log.error(
        { ...nameOf(group), ageSeconds: seconds(ageMs), limitSeconds: seconds(limitMs) },
        'A group is behind by more than half of the time that its topic keeps records: what is not processed in time is lost.',
      )
    }
    for (const group of this.#told) {
      if (overdue.has(group)) continue
      this.#told.delete(group)
      log.info(nameOf(group), 'The group is no longer in danger of losing records.')
    }
  }
}

function nameOf({ topic, group }: ObservedGroup): object {
  return { topic, group }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}
