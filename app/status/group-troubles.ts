import { amount, clock, ranges, span } from '../format/status-words.ts'
import { NextSteps } from './next-steps.ts'
import { behind, type Observation, type SeenGroup, type SeenStage } from './observation.ts'
import type { GroupStatus, StatusTrouble } from './status-shape.ts'
import { BEHIND_MS, MOVING_MS, WAITING_MS, isSettled, oldestAllowedMs } from './thresholds.ts'

/** What is wrong with enrichment or a sink. */
export function groupTroubles(
  observation: Observation,
  stage: SeenGroup['stage'],
  group: GroupStatus,
): StatusTrouble[] {
  const about = { stage, component: group.name, who: stage === 'sinks' ? `sink ${group.name}` : 'enrichment' }
  const found =
    group.state === 'not-run'
      ? [notRun(observation, about, group)]
      : [unread(observation, about, group), waiting(observation, about, group), lagging(observation, about, group)]
  return [...found, tooOld(observation, about, group)].flatMap((trouble) => trouble ?? [])
}

interface About {
  readonly stage: SeenGroup['stage']
  readonly component: string
  readonly who: string
}

/** Others run its stage, and none of them has it: they were started before it was configured. */
function notRun(
  { at, reports, configuration }: Observation,
  { who, ...about }: About,
  group: GroupStatus,
): StatusTrouble | undefined {
  if (!isSettled({ at, reports, configuration }, about.stage)) return undefined
  return {
    code: 'NOBODY_RUNS',
    level: group.lagRecords > 0 ? 'urgent' : 'soon',
    ...about,
    summary: `nobody runs ${who}`,
    detail: `the processes that run ${about.stage} do not know it${group.lagRecords === 0 ? '' : `; ${waitingRecords([group])}`}`,
    ...(group.oldest === undefined ? {} : { since: group.oldest.at }),
    next: `start the processes that run ${about.stage} again, so that they read the configuration`,
  }
}

function unread(
  observation: Observation,
  { who, ...about }: About,
  { name, unread: partitions, partitions: all }: GroupStatus,
): StatusTrouble | undefined {
  const { at, groups } = observation
  if (!isSettled(observation, about.stage)) return undefined
  const seen = groups.find(({ stage, component }) => stage === about.stage && component === name)
  const left = (seen?.partitions ?? []).filter((each) => partitions.includes(each.partition) && behind(each) > 0n)
  const since = seen?.oldestUnreadAt
  if (left.length === 0 || (since !== undefined && at - since < MOVING_MS)) return undefined
  const records = left.reduce((sum, each) => sum + Number(behind(each)), 0)
  return {
    code: 'PARTITIONS_UNREAD',
    level: 'urgent',
    ...about,
    summary: `nobody reads ${left.length} of ${amount(all, 'partition')} of ${who}`,
    detail: `${amount(records, 'record')} wait there; partitions ${ranges(left.map(({ partition }) => partition))}`,
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    next: `stop what holds them back, or start the processes that run ${about.stage} again`,
  }
}

function waiting(
  { at, configuration }: Observation,
  { who, ...about }: About,
  group: GroupStatus,
): StatusTrouble | undefined {
  return waitingTrouble(at, configuration, { ...about, who, waiting: group.waiting })
}

const WAITING_CODES = {
  collectors: 'COLLECTOR_WAITING',
  enrichment: 'ENRICHMENT_WAITING',
  sinks: 'SINK_WAITING',
} as const

/** A component waits for longer than a pause takes. */
export function waitingTrouble(
  at: number,
  configuration: Observation['configuration'],
  {
    stage,
    component,
    who,
    waiting: cause,
  }: { stage: SeenStage; component: string; who: string; waiting: GroupStatus['waiting'] },
): StatusTrouble | undefined {
  if (cause === undefined || at - Date.parse(cause.since) < WAITING_MS) return undefined
  const { since, code, message } = cause
  return {
    code: WAITING_CODES[stage],
    level: 'urgent',
    stage,
    component,
    summary: `${who} waits since ${clock(Date.parse(since), at)} (${code})`,
    detail: message,
    since,
    next: new NextSteps(configuration).check(),
  }
}

/** It works, and yet what came long ago is not through. */
function lagging(
  { configuration }: Observation,
  { who, ...about }: About,
  group: GroupStatus,
): StatusTrouble | undefined {
  const { oldest, state, recordsPerSecond } = group
  if (oldest === undefined || state !== 'running' || oldest.seconds * 1000 < BEHIND_MS) return undefined
  const rate = recordsPerSecond === undefined ? '' : `, at ${recordsPerSecond.toFixed(1)} a second`
  return {
    code: 'BEHIND',
    level: 'soon',
    ...about,
    summary: `${who} is ${span(oldest.seconds * 1000)} behind`,
    detail: `${waitingRecords([group])}${rate}`,
    since: oldest.at,
    next: new NextSteps(configuration).command('status --watch'),
  }
}

function tooOld(
  { configuration }: Observation,
  { who, ...about }: About,
  group: GroupStatus,
): StatusTrouble | undefined {
  const allowedMs = oldestAllowedMs(group.topic)
  const { oldest } = group
  if (oldest === undefined || allowedMs === undefined || oldest.seconds * 1000 <= allowedMs) return undefined
  return {
    code: 'RETENTION',
    level: 'urgent',
    ...about,
    summary: `${who} is about to lose records: it is ${span(oldest.seconds * 1000)} behind`,
    detail: `${group.topic} keeps what happened for ${span(allowedMs * 2)}; ${waitingRecords([group])}`,
    since: oldest.at,
    next: new NextSteps(configuration).check(),
  }
}

/** How much waits for these groups together, and for how long. */
export function waitingRecords(groups: readonly Pick<GroupStatus, 'lagRecords' | 'oldest'>[]): string {
  const records = groups.reduce((sum, { lagRecords }) => sum + lagRecords, 0)
  const ages = groups.flatMap(({ oldest }) => oldest?.seconds ?? [])
  const oldestFor = ages.length === 0 ? '' : `, the oldest for ${span(Math.max(...ages) * 1000)}`
  return `${amount(records, 'record')} ${records === 1 ? 'waits' : 'wait'}${oldestFor}`
}
