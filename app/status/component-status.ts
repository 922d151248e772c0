import { isoTime, readingOf, saidOf } from './component-reading.ts'
import { behind, isLive, unreadBy, type Observation, type SeenCollector, type SeenGroup } from './observation.ts'
import type { CollectorStatus, GroupStatus } from './status-shape.ts'

/** How a collector and its source stand. */
export function collectorStatus(observation: Observation, seen: SeenCollector): CollectorStatus {
  const { name, type, expectEvery, expectEveryMs = Infinity } = seen
  const owners = saidOf(observation, 'collectors', name).filter(({ component }) => component.owned === true)
  const found = observation.checkpoints.find(({ collector }) => collector === name)
  const heardAt = found?.succeededAt ?? found?.expectedSince
  const silentMs = heardAt === undefined ? undefined : Math.max(0, observation.at - heardAt)
  const toldSilent = expectEvery !== undefined && found?.silentSince !== undefined
  return {
    name,
    type,
    ...readingOf(observation, 'collectors', name, owners),
    ...(owners[0] === undefined ? {} : { process: owners[0].process }),
    checkpoint: found === undefined ? 'none' : found.unreadable === undefined ? 'readable' : 'unreadable',
    ...(found?.unreadable === undefined ? {} : { unreadable: found.unreadable }),
    ...(found?.savedAt === undefined ? {} : { savedAt: isoTime(found.savedAt) }),
    ...(found?.sweptAt === undefined ? {} : { sweptAt: isoTime(found.sweptAt) }),
    ...(found?.succeededAt === undefined ? {} : { lastSuccessAt: isoTime(found.succeededAt) }),
    neverRead: found?.unreadable === undefined && found?.succeededAt === undefined,
    ...(expectEvery === undefined ? {} : { expectEvery }),
    ...(silentMs === undefined ? {} : { silentSeconds: Math.round(silentMs / 1000) }),
    silent: toldSilent || (silentMs ?? 0) > expectEveryMs,
  }
}

/** How far enrichment or a sink has come, and who has which of its partitions. */
export function groupStatus(observation: Observation, seen: SeenGroup, type?: string): GroupStatus {
  const { stage, component: name, topic, group, partitions } = seen
  const live = observation.reports.filter((report) => isLive(report, observation.at))
  const assigned = live.flatMap(({ report }) =>
    report.groups
      .filter((each) => each.topic === topic && each.group === group)
      .map((each) => ({ process: report.process, partitions: each.partitions.toSorted((one, other) => one - other) })),
  )
  const lag = partitions.reduce((sum, partition) => sum + behind(partition), 0n)
  const oldest = lag === 0n ? undefined : oldestOf(observation, seen)
  return {
    name,
    ...(type === undefined ? {} : { type }),
    topic,
    group,
    ...readingOf(observation, stage, name, saidOf(observation, stage, name)),
    lagRecords: Number(lag),
    ...(oldest === undefined ? {} : { oldest }),
    neverRead: partitions.every(({ position }) => position === undefined),
    partitions: partitions.length,
    assigned,
    unread: unreadBy(
      live,
      seen,
      partitions.map(({ partition }) => partition),
    ),
  }
}

/** By the records' own times; where those could not be searched, by what the processes have at hand. */
function oldestOf({ at, reports }: Observation, { topic, group, oldestAt }: SeenGroup): GroupStatus['oldest'] {
  const atHand = reports
    .filter((report) => isLive(report, at))
    .flatMap(({ report }) => report.groups.filter((each) => each.topic === topic && each.group === group))
    .flatMap(({ oldestUnacknowledgedAt }) => oldestUnacknowledgedAt ?? [])
  const found = oldestAt ?? (atHand.length === 0 ? undefined : Math.min(...atHand))
  if (found === undefined) return undefined
  const seconds = Math.max(0, Math.round((at - found) / 100) / 10)
  return { at: isoTime(found), seconds, from: oldestAt === undefined ? 'process' : 'stream' }
}
