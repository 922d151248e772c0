import { topics, type Topic } from '../../stream/topics.ts'
import { isLive, serves, type Observation, type SeenStage } from './observation.ts'

/** Until then a component that waits is no trouble yet: a destination may ask for a pause. In milliseconds. */
export const WAITING_MS = 30_000
/** From then on a group that works and is not through is one that does not keep up. In milliseconds. */
export const BEHIND_MS = 15 * 60_000
/** Until then a group may be moving: a partition that nobody has, or a collector that nobody runs, is no trouble. In milliseconds. */
export const MOVING_MS = 60_000

/**
 * How old what a group has not acknowledged may become, in milliseconds: half of what the topic keeps whatever happens
 * (design, delivery). Undefined where the topic says nothing.
 */
export function oldestAllowedMs(topicName: string): number | undefined {
  const topic = Object.values<Topic>(topics).find(({ name }) => name === topicName)
  const keptMs = topic?.retentionMs ?? topic?.minCompactionLagMs
  return keptMs === undefined ? undefined : keptMs / 2
}

/** Whether some process has run a stage for long enough to have taken over what there is. */
export function isSettled(
  { at, reports, configuration }: Pick<Observation, 'at' | 'reports' | 'configuration'>,
  stage: SeenStage,
): boolean {
  return reports.some(
    (seen) => isLive(seen, at) && serves(seen, stage, configuration.tenant) && at - seen.report.startedAt > MOVING_MS,
  )
}
