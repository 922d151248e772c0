import { amount, clock, span } from '../format/status-words.ts'
import { NextSteps } from './next-steps.ts'
import type { Observation } from './observation.ts'
import type { Status, StatusParts, StatusTrouble } from './status-shape.ts'

type Verdict = Status['verdict']

/** So many troubles are named in the first line. */
const NAMED = 3

/** The whole status in one sentence. */
export function verdictOf(observation: Observation, parts: StatusParts, troubles: readonly StatusTrouble[]): Verdict {
  const { configuration } = observation
  const next = new NextSteps(configuration)
  if (troubles.length > 0) return { state: 'trouble', sentence: needed(troubles) }
  if (configuration.collectors.length === 0 && configuration.sinks.length === 0)
    return {
      state: 'nothing-configured',
      sentence: `Nothing is configured: ${configuration.file} names no collector and no sink; see: posture-stream describe`,
    }
  if (isUntouched(observation))
    return { state: 'never-run', sentence: `Nothing was run yet; begin with: ${next.run()}` }
  return { state: 'well', sentence: well(parts, observation.at) }
}

function needed(troubles: readonly StatusTrouble[]): string {
  const left = troubles.length - NAMED
  const summaries = troubles.slice(0, NAMED).map(({ summary }) => summary)
  const all = left > 0 ? [...summaries, `and ${left} more`] : summaries
  return `${troubles.length} ${troubles.length === 1 ? 'thing needs' : 'things need'} someone: ${all.join('; ')}`
}

function isUntouched({ reports, unreadableReports, checkpoints, letters, groups }: Observation): boolean {
  const isEmpty = groups.every(({ partitions }) => partitions.every(({ end }) => end === 0n))
  return isEmpty && [reports, unreadableReports, checkpoints, letters].every(({ length }) => length === 0)
}

function well(parts: StatusParts, at: number): string {
  const { collectors, enrichment, sinks, processes } = parts
  const live = processes.filter(({ stale }) => !stale)
  const groups = [...(enrichment === undefined ? [] : [enrichment]), ...sinks]
  const records = groups.reduce((sum, { lagRecords }) => sum + lagRecords, 0)
  const ages = groups.flatMap(({ oldest }) => oldest?.seconds ?? [])
  const oldest = ages.length === 0 ? '' : `, the oldest for ${span(Math.max(...ages) * 1000)}`
  const way = records > 0 ? `${amount(records, 'record')} on the way${oldest}` : 'nothing waits'
  if (live.length === 0) return `All is well, and nothing runs at the moment; ${way}, no dead letters`
  const isRun = ({ state }: { state: string }): boolean => state !== 'not-run'
  const running = [
    amount(collectors.filter(isRun).length, 'collector'),
    ...(enrichment !== undefined && isRun(enrichment) ? ['enrichment'] : []),
    amount(sinks.filter(isRun).length, 'sink'),
  ]
  const who = running.length === 3 ? `${running[0]}, ${running[1]} and ${running[2]}` : running.join(' and ')
  return `${pauseIn(parts, at) ?? 'All is well'}: ${who} run in ${amount(live.length, 'process', 'processes')}; ${way}, no dead letters`
}

/** What has just begun to wait: any longer, and it would be trouble. */
function pauseIn({ collectors, enrichment, sinks }: StatusParts, at: number): string | undefined {
  const all = [
    ...collectors.map((each) => ({ who: `collector ${each.name}`, ...each })),
    ...(enrichment === undefined ? [] : [{ who: 'enrichment', ...enrichment }]),
    ...sinks.map((each) => ({ who: `sink ${each.name}`, ...each })),
  ]
  const [pause] = all.flatMap(({ who, waiting }) => (waiting === undefined ? [] : [{ who, since: waiting.since }]))
  if (pause === undefined) return undefined
  return `Nothing needs anyone yet, but ${pause.who} waits since ${clock(Date.parse(pause.since), at)}`
}
