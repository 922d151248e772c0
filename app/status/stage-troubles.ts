import { span } from '../format/status-words.ts'
import { waitingRecords } from './group-troubles.ts'
import { NextSteps } from './next-steps.ts'
import { isLive, serves, type Observation, type SeenReport, type SeenStage } from './observation.ts'
import type { GroupStatus, StatusParts, StatusTrouble } from './status-shape.ts'

/**
 * Stages that no process runs: where records wait for them, where whoever ran them has gone without a word, and where others
 * run. Where nothing runs, nothing waits and all have ended by themselves, that is how it is between two runs.
 */
export function stageTroubles(observation: Observation, parts: StatusParts): StatusTrouble[] {
  const { at, reports, configuration } = observation
  const live = reports.filter((seen) => isLive(seen, at))
  const missing = stagesOf(observation).filter(
    (stage) => !live.some((seen) => serves(seen, stage, configuration.tenant)),
  )
  const told = missing.map((stage) => {
    const last = lastToRun(observation, stage)
    const lagging = groupsOf(parts, stage).filter(({ lagRecords }) => lagRecords > 0)
    if (lagging.length > 0) return nobodyRuns(observation, stage, lagging, last)
    if (last !== undefined) return processGone(observation, last)
    return live.length === 0 ? undefined : stageNotRun(observation, stage)
  })
  // One process that is gone is told once, whatever it ran.
  const seen = new Map(told.flatMap((trouble) => (trouble === undefined ? [] : [[trouble.summary, trouble]])))
  return [...seen.values()]
}

/** Those that are to be run all the time, or by which something waits. */
function stagesOf({ configuration: { collectors, sinks } }: Observation): SeenStage[] {
  return [
    ...(collectors.some(({ resident }) => resident) ? (['collectors'] as const) : []),
    'enrichment',
    ...(sinks.length > 0 ? (['sinks'] as const) : []),
  ]
}

function groupsOf({ enrichment, sinks }: StatusParts, stage: SeenStage): readonly GroupStatus[] {
  if (stage === 'enrichment') return enrichment === undefined ? [] : [enrichment]
  return stage === 'sinks' ? sinks : []
}

/** The last process that ran a stage and did not end by itself. */
function lastToRun({ at, reports, configuration }: Observation, stage: SeenStage): SeenReport | undefined {
  return reports
    .filter((seen) => !isLive(seen, at) && serves(seen, stage, configuration.tenant))
    .toSorted((one, other) => other.writtenAt - one.writtenAt)[0]
}

function nobodyRuns(
  { at, configuration }: Observation,
  stage: SeenStage,
  lagging: readonly GroupStatus[],
  last: SeenReport | undefined,
): StatusTrouble {
  const [first, ...others] = lagging
  const who = stage === 'enrichment' ? stage : others.length === 0 ? `sink ${first!.name}` : `${lagging.length} sinks`
  const since = lagging.flatMap(({ oldest }) => oldest?.at ?? []).toSorted()[0]
  return {
    code: 'NOBODY_RUNS',
    level: 'urgent',
    stage,
    ...(others.length === 0 ? { component: first!.name } : {}),
    summary: `nobody runs ${who}`,
    detail: `${waitingRecords(lagging)}${last === undefined ? '' : `; ${goneProcess(last, at)}`}`,
    ...(since === undefined ? {} : { since }),
    next: new NextSteps(configuration).run(stage),
  }
}

function processGone({ at, configuration }: Observation, last: SeenReport): StatusTrouble {
  const { stages } = last.report
  return {
    code: 'PROCESS_GONE',
    level: 'soon',
    summary: goneProcess(last, at),
    detail: `it ran ${stages.join(', ')} and did not end by itself: it was killed or stands still, and nobody has taken over`,
    since: new Date(last.writtenAt).toISOString(),
    next: new NextSteps(configuration).run(stages.length === 1 ? stages[0] : undefined),
  }
}

function goneProcess({ report: { pid, host }, writtenAt }: SeenReport, at: number): string {
  return `process ${pid} on ${host} is gone for ${span(at - writtenAt)}`
}

function stageNotRun({ configuration }: Observation, stage: SeenStage): StatusTrouble {
  return {
    code: 'STAGE_NOT_RUN',
    level: 'soon',
    stage,
    summary: `no process runs ${stage}`,
    detail: 'others run, so this one may have been forgotten, or has ended',
    next: new NextSteps(configuration).run(stage),
  }
}
