import { collectorStatus, groupStatus } from './component-status.ts'
import { isoTime } from './component-reading.ts'
import { deadLetterTally } from './dead-letter-tally.ts'
import { deliveredEverywhere } from './delivered-everywhere.ts'
import { notesOf } from './notes.ts'
import { isLive, type Observation } from './observation.ts'
import type { ProcessStatus, Status } from './status-shape.ts'
import { troublesOf } from './troubles.ts'
import { verdictOf } from './verdict.ts'

/** Everything that a status shows, worked out from what was seen at one moment and from nothing else. */
export function statusOf(observation: Observation): Status {
  const { at, configuration, groups } = observation
  const { tenant, stream, collectors, sinks } = configuration
  const enrichment = groups.find(({ stage }) => stage === 'enrichment')
  const ofSinks = sinks.flatMap(({ name, type }) => {
    const seen = groups.find(({ stage, component }) => stage === 'sinks' && component === name)
    return seen === undefined ? [] : [groupStatus(observation, seen, type)]
  })
  const everywhere = deliveredEverywhere(groups)
  const parts = {
    at: isoTime(at),
    tenant,
    stream,
    collectors: collectors.map((collector) => collectorStatus(observation, collector)),
    ...(enrichment === undefined ? {} : { enrichment: groupStatus(observation, enrichment) }),
    sinks: ofSinks,
    ...(everywhere === undefined ? {} : { everywhere }),
    deadLetters: deadLetterTally(observation.letters),
    processes: processesOf(observation),
  }
  const troubles = troublesOf(observation, parts)
  const { at: moment, ...others } = parts
  const verdict = verdictOf(observation, parts, troubles)
  return { at: moment, verdict, troubles, notes: notesOf(observation, parts), ...others }
}

/** Those that live first, then by their start. */
function processesOf({ at, reports }: Observation): ProcessStatus[] {
  const inOrder = reports.toSorted(
    (one, other) =>
      Number(isLive(other, at)) - Number(isLive(one, at)) || one.report.startedAt - other.report.startedAt,
  )
  return inOrder.map((seen) => {
    const { process, host, pid, version, tenant, startedAt, admin, stages } = seen.report
    return {
      process,
      host,
      pid,
      version,
      tenant,
      startedAt: isoTime(startedAt),
      reportedAt: isoTime(seen.writtenAt),
      stale: !isLive(seen, at),
      ...(admin === undefined ? {} : { admin }),
      stages: [...stages],
    }
  })
}
