import type { Observation } from './observation.ts'
import type { StatusParts, StatusTrouble } from './status-shape.ts'
import { collectorTroubles } from './collector-troubles.ts'
import { deadLetterTroubles } from './dead-letter-troubles.ts'
import { groupTroubles } from './group-troubles.ts'
import { runbookSection } from './next-steps.ts'
import { stageTroubles } from './stage-troubles.ts'

/** What needs someone: first what stands still or loses something, and of that what has been so for longest. */
export function troublesOf(observation: Observation, parts: StatusParts): StatusTrouble[] {
  const { enrichment, sinks } = parts
  const found = [
    ...(enrichment === undefined ? [] : groupTroubles(observation, 'enrichment', enrichment)),
    ...sinks.flatMap((sink) => groupTroubles(observation, 'sinks', sink)),
    ...stageTroubles(observation, parts),
    ...parts.collectors.flatMap((collector) => collectorTroubles(observation, collector)),
    ...deadLetterTroubles(observation, parts),
  ]
  const told = found.map((trouble) => {
    const runbook = runbookSection(trouble.code)
    return runbook === undefined ? trouble : { ...trouble, runbook }
  })
  return told.toSorted(
    (one, other) => Number(one.level === 'soon') - Number(other.level === 'soon') || sinceOf(one) - sinceOf(other),
  )
}

function sinceOf({ since }: StatusTrouble): number {
  return since === undefined ? Infinity : Date.parse(since)
}
