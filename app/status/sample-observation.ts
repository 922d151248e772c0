import type { ComponentReport, ProcessReport } from '../../schemas/generated/process-report.ts'
import type { Observation, SeenGroup, SeenPartition, SeenReport } from './observation.ts'

/** When it is looked, in tests. */
export const NOW = Date.UTC(2026, 10, 26, 3, 30)
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

/** A pipeline of tenant acme in which all is well: one process runs two collectors, enrichment and two sinks. */
export function sampleObservation(changed: Partial<Observation> = {}): Observation {
  const sinks = ['archive', 'siem']
  return {
    at: NOW,
    configuration: {
      file: 'posture.yaml',
      tenant: 'acme',
      stream: { type: 'kafka', where: 'a:9092, prefix posture' },
      collectors: [
        { name: 'hub', type: 'aws-security-hub', expectEvery: '26h', expectEveryMs: 26 * HOUR_MS, resident: true },
        { name: 'nightly', type: 'scanner-report', expectEvery: undefined, expectEveryMs: undefined, resident: false },
      ],
      sinks: sinks.map((name) => ({ name, type: 'file' })),
    },
    reports: [sampleReport()],
    unreadableReports: [],
    checkpoints: ['hub', 'nightly'].map((collector) => sampleCheckpoint(collector)),
    letters: [],
    groups: [sampleGroup('enrichment'), ...sinks.map((name) => sampleGroup(name))],
    ...changed,
  }
}

export function sampleCheckpoint(collector: string, heardAgoMs = HOUR_MS): Observation['checkpoints'][number] {
  return { collector, kind: 'scanner-report', savedAt: NOW - MINUTE_MS, succeededAt: NOW - heardAgoMs }
}

/** A process that has just reported, unless it is told how long ago that was. */
export function sampleReport(changed: Partial<ProcessReport> = {}, agoMs = 4000): SeenReport {
  const report: ProcessReport = {
    process: 'one',
    host: 'node-1',
    pid: 17,
    version: '0.1.0',
    tenant: 'acme',
    startedAt: NOW - 5 * HOUR_MS,
    reportedAt: NOW - agoMs,
    stages: ['collectors', 'enrichment', 'sinks'],
    components: [
      sampleComponent('collectors', 'hub', { owned: true }),
      sampleComponent('collectors', 'nightly', { owned: true }),
      sampleComponent('enrichment', 'enrichment'),
      sampleComponent('sinks', 'archive'),
      sampleComponent('sinks', 'siem'),
    ],
    groups: [
      { topic: 'posture.events', group: 'enrichment', partitions: [0, 1] },
      { topic: 'posture.findings', group: 'sink.archive', partitions: [0, 1] },
      { topic: 'posture.findings', group: 'sink.siem', partitions: [0, 1] },
    ],
    ...changed,
  }
  return { report, writtenAt: NOW - agoMs }
}

export function sampleComponent(
  stage: ComponentReport['stage'],
  name: string,
  changed: Partial<ComponentReport> = {},
): ComponentReport {
  return { stage, name, deadLetters: 0, recordsPerSecond: 2.5, ...changed }
}

/** The group of enrichment, or of a sink; in two partitions of 100 records it has all, unless it is told where it stands. */
export function sampleGroup(
  component: string,
  { positions = [100n, 100n], oldestAgoMs, oldestUnreadAgoMs }: SampleProgress = {},
): SeenGroup {
  const isSink = component !== 'enrichment'
  const partitions = positions.map((position, partition): SeenPartition => {
    return { partition, beginning: 0n, end: 100n, position }
  })
  return {
    stage: isSink ? 'sinks' : 'enrichment',
    component,
    topic: isSink ? 'posture.findings' : 'posture.events',
    group: isSink ? `sink.${component}` : 'enrichment',
    partitions,
    oldestAt: oldestAgoMs === undefined ? undefined : NOW - oldestAgoMs,
    oldestUnreadAt: oldestUnreadAgoMs === undefined ? undefined : NOW - oldestUnreadAgoMs,
  }
}

interface SampleProgress {
  readonly positions?: readonly (bigint | undefined)[]
  readonly oldestAgoMs?: number
  readonly oldestUnreadAgoMs?: number
}
