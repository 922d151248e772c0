import { amount, clock, span } from '../format/status-words.ts'
import { isLive, serves, type Observation } from './observation.ts'
import type { StatusNote, StatusParts } from './status-shape.ts'
import { WAITING_MS } from './thresholds.ts'

const NAMED = 5

/** What is good to know and needs nobody now. */
export function notesOf(observation: Observation, parts: StatusParts): StatusNote[] {
  return [
    ...configurationNotes(observation),
    ...versionNotes(observation),
    ...staleNotes(observation),
    ...strangers(observation),
    ...sourceNotes(observation, parts),
    ...pauses(observation, parts),
  ]
}

function configurationNotes({ configuration: { collectors, sinks } }: Observation): StatusNote[] {
  if (collectors.length === 0 && sinks.length === 0) return []
  return [
    ...(collectors.length === 0
      ? [{ code: 'NO_COLLECTOR', text: 'No collector is configured: nothing comes in.' }]
      : []),
    ...(sinks.length === 0 ? [{ code: 'NO_SINK', text: 'No sink is configured: findings go nowhere.' }] : []),
  ]
}

function versionNotes({ at, reports }: Observation): StatusNote[] {
  const live = reports.filter((seen) => isLive(seen, at))
  const byVersion = [...Map.groupBy(live, ({ report }) => report.version)]
  if (byVersion.length < 2) return []
  const versions = byVersion.map(([version, seen]) => `${version} (${amount(seen.length, 'process', 'processes')})`)
  return [{ code: 'VERSIONS_DIFFER', text: `The processes run different versions: ${versions.toSorted().join(', ')}.` }]
}

/** Those whose work others do; of any other, it is trouble that it is gone. */
function staleNotes({ at, reports, unreadableReports, configuration: { tenant } }: Observation): StatusNote[] {
  const live = reports.filter((seen) => isLive(seen, at))
  const stale = reports.filter(
    (seen) =>
      !isLive(seen, at) && seen.report.stages.every((stage) => live.some((other) => serves(other, stage, tenant))),
  )
  const gone = stale.map(
    ({ report: { host, pid }, writtenAt }) => `${pid} on ${host} (last heard of ${span(at - writtenAt)} ago)`,
  )
  return [
    ...(gone.length === 0
      ? []
      : [{ code: 'PROCESS_STALE', text: `Processes that ended without a word: ${named(gone)}.` }]),
    ...unreadableReports.slice(0, NAMED).map(({ process, why }) => ({
      code: 'REPORT_UNREADABLE',
      text: `What process ${process} says cannot be read: ${why}.`,
    })),
  ]
}

/** What is there and not in this configuration. */
function strangers({ at, reports, checkpoints, configuration }: Observation): StatusNote[] {
  const { tenant, collectors, sinks } = configuration
  const known = {
    collectors: new Set(collectors.map(({ name }) => name)),
    sinks: new Set(sinks.map(({ name }) => name)),
  }
  const run = reports
    .filter((seen) => isLive(seen, at) && seen.report.tenant === tenant)
    .flatMap(({ report }) => report.components)
    .flatMap(({ stage, name }) =>
      stage !== 'enrichment' && !known[stage].has(name) ? [`${stage === 'sinks' ? 'sink' : 'collector'} ${name}`] : [],
    )
  const read = checkpoints.flatMap(({ collector }) => (known.collectors.has(collector) ? [] : [collector]))
  return [
    ...(run.length === 0
      ? []
      : [{ code: 'NOT_CONFIGURED', text: `Run, and not in this configuration: ${named([...new Set(run)])}.` }]),
    ...(read.length === 0
      ? []
      : [{ code: 'CHECKPOINT_LEFT', text: `Checkpoints of collectors that are not configured: ${named(read)}.` }]),
  ]
}

function sourceNotes(_: Observation, { collectors }: StatusParts): StatusNote[] {
  const never = collectors.filter(({ neverRead, silent }) => neverRead && !silent).map(({ name }) => name)
  if (never.length === 0) return []
  return [{ code: 'NEVER_READ', text: `Sources that have never given anything: ${named(never)}.` }]
}

/** Those that have begun to wait, and may be through in a moment. */
function pauses({ at }: Observation, { collectors, enrichment, sinks }: StatusParts): StatusNote[] {
  const all = [...collectors, ...(enrichment === undefined ? [] : [enrichment]), ...sinks]
  return all.flatMap(({ name, waiting }) =>
    waiting === undefined || at - Date.parse(waiting.since) >= WAITING_MS
      ? []
      : [{ code: 'PAUSE', text: `${name} waits since ${clock(Date.parse(waiting.since), at)} (${waiting.code}).` }],
  )
}

function named(names: readonly string[]): string {
  const left = names.length - NAMED
  return left > 0 ? `${names.slice(0, NAMED).join(', ')} and ${left} more` : names.join(', ')
}
