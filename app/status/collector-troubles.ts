import { clock, span } from '../format/status-words.ts'
import { saidOf } from './component-reading.ts'
import { waitingTrouble } from './group-troubles.ts'
import { NextSteps } from './next-steps.ts'
import type { Observation } from './observation.ts'
import type { CollectorStatus, StatusTrouble } from './status-shape.ts'
import { isSettled } from './thresholds.ts'

/** What is wrong with a collector or its source. */
export function collectorTroubles(observation: Observation, collector: CollectorStatus): StatusTrouble[] {
  const { at, configuration } = observation
  const { name: component, waiting } = collector
  const found = [
    waitingTrouble(at, configuration, { stage: 'collectors', component, who: `collector ${component}`, waiting }),
    silent(observation, collector),
    unreadable(observation, collector),
    notOwned(observation, collector),
  ]
  return found.flatMap((trouble) => trouble ?? [])
}

function silent({ at, configuration }: Observation, collector: CollectorStatus): StatusTrouble | undefined {
  const { name, expectEvery, silentSeconds, lastSuccessAt, silent: isSilent } = collector
  if (!isSilent || expectEvery === undefined) return undefined
  const last =
    lastSuccessAt === undefined
      ? 'it has never given anything'
      : `it last gave something at ${clock(Date.parse(lastSuccessAt), at)}`
  return {
    code: 'SOURCE_SILENT',
    level: 'soon',
    stage: 'collectors',
    component: name,
    summary: `source ${name} silent${silentSeconds === undefined ? '' : ` for ${span(silentSeconds * 1000)}`}`,
    detail: `expected every ${expectEvery}; ${last}`,
    ...(lastSuccessAt === undefined ? {} : { since: lastSuccessAt }),
    next: new NextSteps(configuration).command(`collect --dry-run ${name}`),
  }
}

function unreadable({ configuration }: Observation, collector: CollectorStatus): StatusTrouble | undefined {
  if (collector.unreadable === undefined) return undefined
  return {
    code: 'CHECKPOINT_UNREADABLE',
    level: 'soon',
    stage: 'collectors',
    component: collector.name,
    summary: `the checkpoint of collector ${collector.name} cannot be read`,
    detail: collector.unreadable,
    next: new NextSteps(configuration).command(`checkpoints reset ${collector.name}`),
  }
}

/** Collectors are run, and this one, which is to run all the time, by none of the processes that do. */
function notOwned(observation: Observation, { name, state }: CollectorStatus): StatusTrouble | undefined {
  const { configuration } = observation
  const seen = configuration.collectors.find((each) => each.name === name)
  if (state !== 'not-run' || seen?.resident !== true || !isSettled(observation, 'collectors')) return undefined
  const isKnown = saidOf(observation, 'collectors', name).length > 0
  return {
    code: 'NOBODY_RUNS',
    level: 'soon',
    stage: 'collectors',
    component: name,
    summary: `nobody runs collector ${name}`,
    detail: isKnown
      ? 'no process owns it, although there are some that run collectors'
      : 'those that run do not know it',
    next: 'start the processes that run collectors again',
  }
}
