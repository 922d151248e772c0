import { Ajv2020 } from 'ajv/dist/2020.js'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Observation } from './observation.ts'
import {
  NOW,
  HOUR_MS,
  MINUTE_MS,
  sampleCheckpoint,
  sampleComponent,
  sampleGroup,
  sampleObservation,
  sampleReport,
} from './sample-observation.ts'
import { statusOf } from './status-of.ts'
import { statusSchema } from './status-shape.ts'

const DAY_MS = 24 * HOUR_MS
const isShaped = new Ajv2020({ strict: false }).compile(JSON.parse(JSON.stringify(statusSchema)))

function lookedAt(changed: Partial<Observation> = {}): ReturnType<typeof statusOf> {
  const status = statusOf(sampleObservation(changed))
  expect(isShaped(status), JSON.stringify(isShaped.errors)).toBe(true)
  return status
}

function troublesIn(changed: Partial<Observation>): string[] {
  return lookedAt(changed).troubles.map(({ code, component, summary }) => `${code} ${component ?? '-'}: ${summary}`)
}

const nobody = { reports: [] }
const siem = (component: Parameters<typeof sampleComponent>[2]) =>
  sampleReport({
    components: [
      ...sampleReport().report.components.filter(({ name }) => name !== 'siem'),
      sampleComponent('sinks', 'siem', component),
    ],
  })
const refused = { code: 'HEC_TOKEN_INVALID', message: 'Splunk refused the token' }

describe('a pipeline in which all is well', () => {
  test('is that in one sentence, and needs nobody', () => {
    const { verdict, troubles, notes, sinks, collectors } = lookedAt()
    expect(verdict).toEqual({
      state: 'well',
      sentence: 'All is well: 2 collectors, enrichment and 2 sinks run in 1 process; nothing waits, no dead letters',
    })
    expect([troubles, notes]).toEqual([[], []])
    expect(sinks[1]).toMatchObject({ name: 'siem', state: 'running', lagRecords: 0, recordsPerSecond: 2.5, unread: [] })
    expect(collectors[0]).toMatchObject({ name: 'hub', state: 'running', process: 'one', silent: false })
  })

  test('may have records on the way', () => {
    const groups = [sampleGroup('enrichment'), sampleGroup('archive', { positions: [97n, 100n], oldestAgoMs: 2500 })]
    expect(lookedAt({ groups }).verdict.sentence).toContain('3 records on the way, the oldest for 2 s')
  })

  test('may not run at the moment, when its last process has ended by itself', () => {
    expect(lookedAt(nobody).verdict).toEqual({
      state: 'well',
      sentence: 'All is well, and nothing runs at the moment; nothing waits, no dead letters',
    })
  })
})

describe('what needs someone', () => {
  test('is a sink that waits, with its reason, until then and the command that helps', () => {
    const { troubles, verdict, sinks } = lookedAt({
      reports: [siem({ waiting: { since: NOW - 18 * MINUTE_MS, ...refused } })],
    })
    expect(verdict).toEqual({
      state: 'trouble',
      sentence: '1 thing needs someone: sink siem waits since 03:12 UTC (HEC_TOKEN_INVALID)',
    })
    expect(troubles).toEqual([
      {
        code: 'SINK_WAITING',
        level: 'urgent',
        stage: 'sinks',
        component: 'siem',
        summary: 'sink siem waits since 03:12 UTC (HEC_TOKEN_INVALID)',
        detail: 'Splunk refused the token',
        since: '2026-11-26T03:12:00.000Z',
        next: 'posture-stream check --config posture.yaml',
        runbook: 'docs/guides/runbook.md#posturesinkwaiting',
      },
    ])
    expect(sinks[1]).toMatchObject({ state: 'waiting', waiting: { ...refused, process: 'one' } })
  })

  test('is not a pause of some seconds, which is only noted', () => {
    const { troubles, notes, verdict } = lookedAt({ reports: [siem({ waiting: { since: NOW - 5000, ...refused } })] })
    expect(verdict).toEqual({
      state: 'well',
      sentence: expect.stringMatching(/^Nothing needs anyone yet, but sink siem waits since 03:29 UTC: /),
    })
    expect(troubles).toEqual([])
    expect(notes.map(({ code }) => code)).toEqual(['PAUSE'])
  })

  test('is a group that records wait for and no process runs', () => {
    const groups = [
      sampleGroup('enrichment'),
      sampleGroup('archive'),
      sampleGroup('siem', { positions: [undefined, 40n], oldestAgoMs: 3 * HOUR_MS }),
    ]
    expect(lookedAt({ ...nobody, groups }).troubles).toEqual([
      expect.objectContaining({
        code: 'NOBODY_RUNS',
        level: 'urgent',
        component: 'siem',
        summary: 'nobody runs sink siem',
        detail: '160 records wait, the oldest for 3 h',
        next: 'posture-stream run --only sinks --config posture.yaml',
      }),
    ])
  })

  test('are several of them at once, told as one by stage, with who ran them last', () => {
    const behind = { positions: [90n, 100n], oldestAgoMs: MINUTE_MS }
    const groups = ['enrichment', 'archive', 'siem'].map((name) => sampleGroup(name, behind))
    const reports = [sampleReport({}, 3 * MINUTE_MS)]
    const { troubles } = lookedAt({ reports, groups })
    expect(troubles.map(({ summary, detail }) => `${summary}: ${detail}`)).toEqual([
      'nobody runs enrichment: 10 records wait, the oldest for 60 s; process 17 on node-1 is gone for 3 min',
      'nobody runs 2 sinks: 20 records wait, the oldest for 60 s; process 17 on node-1 is gone for 3 min',
      expect.stringContaining('process 17 on node-1 is gone for 3 min'),
    ])
  })

  test('are partitions that none of the processes has, but not while the group may be moving', () => {
    const group = (agoMs: number) => [
      sampleGroup('archive'),
      sampleGroup('siem', { positions: [100n, 60n], oldestAgoMs: agoMs, oldestUnreadAgoMs: agoMs }),
    ]
    const reports = [
      sampleReport({
        groups: [
          { topic: 'posture.findings', group: 'sink.archive', partitions: [0, 1] },
          { topic: 'posture.findings', group: 'sink.siem', partitions: [0] },
        ],
      }),
    ]
    expect(troublesIn({ reports, groups: group(5 * MINUTE_MS) })).toEqual([
      'PARTITIONS_UNREAD siem: nobody reads 1 of 2 partitions of sink siem',
    ])
    expect(troublesIn({ reports, groups: group(5000) })).toEqual([])
  })

  test('is a group that works and does not keep up, and before all one that will lose something', () => {
    const groups = [
      sampleGroup('enrichment', { positions: [10n, 10n], oldestAgoMs: 4 * DAY_MS }),
      sampleGroup('siem', { positions: [10n, 10n], oldestAgoMs: 22 * MINUTE_MS }),
    ]
    expect(troublesIn({ groups })).toEqual([
      'RETENTION enrichment: enrichment is about to lose records: it is 4 d behind',
      'BEHIND enrichment: enrichment is 4 d behind',
      'BEHIND siem: sink siem is 22 min behind',
    ])
  })

  test('is a source that has given nothing for longer than is expected, also when no process runs to say so', () => {
    const checkpoints = [sampleCheckpoint('hub', 50 * HOUR_MS), sampleCheckpoint('nightly')]
    const { troubles, collectors } = lookedAt({ ...nobody, checkpoints })
    expect(troubles).toEqual([
      expect.objectContaining({ code: 'SOURCE_SILENT', component: 'hub', summary: 'source hub silent for 2 d' }),
    ])
    expect(collectors[0]).toMatchObject({
      silent: true,
      silentSeconds: 50 * 3600,
      lastSuccessAt: '2026-11-24T01:30:00.000Z',
    })
  })

  test('is a source that has never given anything for so long, and not one of which nothing is expected', () => {
    const waitedFor = { collector: 'hub', kind: 'x', savedAt: NOW, expectedSince: NOW - 30 * HOUR_MS }
    const { troubles, notes } = lookedAt({ checkpoints: [waitedFor] })
    expect(troubles.map(({ summary }) => summary)).toEqual(['source hub silent for 30 h'])
    expect(notes.map(({ text }) => text)).toEqual(['Sources that have never given anything: nightly.'])
  })

  test('are dead letters, all as one, by the command that lists them', () => {
    const letter = { stage: 'sinks', component: 'siem', code: 'REFUSED', time: NOW - MINUTE_MS }
    const letters = [letter, { ...letter, time: NOW - HOUR_MS }, { ...letter, code: 'TOO_LARGE' }]
    const { troubles, deadLetters, sinks } = lookedAt({ letters })
    expect(troubles).toEqual([
      expect.objectContaining({
        code: 'DEAD_LETTERS',
        summary: '3 dead letters',
        next: 'posture-stream dead-letters list --stage sinks --component siem --config posture.yaml',
      }),
    ])
    expect(deadLetters).toEqual({
      waiting: 3,
      newestAt: '2026-11-26T03:29:00.000Z',
      byReason: [
        { stage: 'sinks', component: 'siem', code: 'REFUSED', waiting: 2, newestAt: '2026-11-26T03:29:00.000Z' },
        { stage: 'sinks', component: 'siem', code: 'TOO_LARGE', waiting: 1, newestAt: '2026-11-26T03:29:00.000Z' },
      ],
    })
    expect(sinks[1]!.deadLetters).toBe(3)
  })

  test('is a process that was killed while nobody else does its work', () => {
    const reports = [sampleReport({ process: 'two', pid: 18, stages: ['sinks'] }), sampleReport({}, 10 * MINUTE_MS)]
    expect(troublesIn({ reports })).toEqual(['PROCESS_GONE -: process 17 on node-1 is gone for 10 min'])
  })

  test('is a stage that nobody runs beside others, unless its collectors are only run by hand', () => {
    const only = sampleReport({ stages: ['enrichment', 'sinks'] })
    const reports = [{ ...only, report: { ...only.report, components: only.report.components.slice(2) } }]
    expect(troublesIn({ reports })).toEqual(['STAGE_NOT_RUN -: no process runs collectors'])
    const { configuration } = sampleObservation()
    const byHand = { ...configuration, collectors: configuration.collectors.slice(1) }
    expect(troublesIn({ reports, configuration: byHand, checkpoints: [sampleCheckpoint('nightly')] })).toEqual([])
  })

  test('is a sink or a collector that was configured after the processes had started', () => {
    const { report } = sampleReport()
    const components = report.components.filter(({ name }) => name !== 'siem' && name !== 'hub')
    const groups = report.groups.filter(({ group }) => group !== 'sink.siem')
    expect(troublesIn({ reports: [sampleReport({ components, groups })] })).toEqual([
      'NOBODY_RUNS siem: nobody runs sink siem',
      'NOBODY_RUNS hub: nobody runs collector hub',
    ])
  })

  test('is a checkpoint that cannot be read', () => {
    const checkpoints = [{ collector: 'hub', unreadable: 'Unexpected end of JSON input' }, sampleCheckpoint('nightly')]
    expect(troublesIn({ checkpoints })).toEqual([
      'CHECKPOINT_UNREADABLE hub: the checkpoint of collector hub cannot be read',
    ])
  })

  test('comes in the order of its importance, then what has been so for longest, and the sentence names three', () => {
    const letters = [{ stage: 'enrichment', component: 'enrichment', code: 'X', time: NOW - 20 * DAY_MS }]
    const checkpoints = [sampleCheckpoint('hub', 50 * HOUR_MS), sampleCheckpoint('nightly')]
    const groups = [sampleGroup('archive', { positions: [0n, 0n], oldestAgoMs: 20 * MINUTE_MS }), sampleGroup('siem')]
    const reports = [siem({ waiting: { since: NOW - 2 * MINUTE_MS, ...refused } })]
    const { troubles, verdict } = lookedAt({ letters, checkpoints, groups, reports })
    expect(troubles.map(({ code }) => code)).toEqual(['SINK_WAITING', 'DEAD_LETTERS', 'SOURCE_SILENT', 'BEHIND'])
    expect(verdict.sentence).toBe(
      '4 things need someone: sink siem waits since 03:28 UTC (HEC_TOKEN_INVALID); 1 dead letter; source hub silent for 2 d; and 1 more',
    )
  })

  test('is explained in the runbook', () => {
    const page = join(import.meta.dirname, '../../docs/guides/runbook.md')
    expect(existsSync(page)).toBe(true)
    const headings = [...readFileSync(page, 'utf8').matchAll(/^## (.+)$/gm)].map(([, heading]) =>
      heading!.toLowerCase(),
    )
    const letters = [{ stage: 'x', component: 'x', code: 'X', time: NOW }]
    const checkpoints = [sampleCheckpoint('hub', 50 * HOUR_MS)]
    const groups = [sampleGroup('enrichment', { positions: [0n], oldestAgoMs: 5 * DAY_MS })]
    const waiting = { since: NOW - HOUR_MS, ...refused }
    const seen = [
      lookedAt({ letters, checkpoints, groups }),
      lookedAt({ ...nobody, groups }),
      lookedAt({ reports: [siem({ waiting })] }),
      lookedAt({
        reports: [sampleReport({ components: [sampleComponent('collectors', 'hub', { owned: true, waiting })] })],
      }),
      lookedAt({ reports: [sampleReport({ stages: ['sinks'] }), sampleReport({}, HOUR_MS)] }),
    ]
    const sections = seen.flatMap(({ troubles }) => troubles.flatMap(({ runbook }) => runbook?.split('#')[1] ?? []))
    expect(new Set(sections).size).toBeGreaterThan(6)
    for (const section of sections) expect(headings).toContain(section)
  })
})

describe('what is only noted', () => {
  test('are different versions, processes whose work others do, and reports that cannot be read', () => {
    const reports = [
      sampleReport(),
      sampleReport({ process: 'two', pid: 18, version: '0.2.0' }),
      sampleReport({ process: 'old', pid: 4 }, 2 * HOUR_MS),
    ]
    const unreadableReports = [{ process: 'odd', why: 'not JSON' }]
    const { notes, troubles, processes } = lookedAt({ reports, unreadableReports })
    expect(troubles).toEqual([])
    expect(notes.map(({ text }) => text)).toEqual([
      'The processes run different versions: 0.1.0 (1 process), 0.2.0 (1 process).',
      'Processes that ended without a word: 4 on node-1 (last heard of 2 h ago).',
      'What process odd says cannot be read: not JSON.',
    ])
    expect(processes.map(({ process, stale }) => `${process} ${stale}`)).toEqual(['one false', 'two false', 'old true'])
  })

  test('is what runs or has a checkpoint and is not in this configuration; other tenants are none of its business', () => {
    const { report } = sampleReport()
    const strange = [...report.components, sampleComponent('sinks', 'old-siem')]
    const { notes, sinks } = lookedAt({
      reports: [
        sampleReport({ components: strange }),
        sampleReport({ tenant: 'other', components: [sampleComponent('sinks', 'archive', { recordsPerSecond: 99 })] }),
      ],
      checkpoints: [...sampleObservation().checkpoints, sampleCheckpoint('gone')],
    })
    expect(notes.map(({ text }) => text)).toEqual([
      'Run, and not in this configuration: sink old-siem.',
      'Checkpoints of collectors that are not configured: gone.',
    ])
    expect(sinks[0]!.recordsPerSecond).toBe(2.5)
  })
})

describe('the lowest offset that all sinks have', () => {
  test('is by partition that of the sink that is furthest behind, which is named', () => {
    const groups = [
      sampleGroup('enrichment', { positions: [1n, 1n] }),
      sampleGroup('archive', { positions: [80n, 100n] }),
      sampleGroup('siem', { positions: [70n, undefined] }),
    ]
    expect(lookedAt({ groups }).everywhere).toEqual({
      topic: 'posture.findings',
      missing: 130,
      partitions: [
        { partition: 0, offset: 70, end: 100, behind: ['siem'] },
        { partition: 1, offset: 0, end: 100, behind: ['siem'] },
      ],
    })
  })

  test('is where what is kept begins for a sink that has read nothing of it', () => {
    const group = sampleGroup('siem')
    const partitions = [
      { partition: 0, beginning: 60n, end: 100n, position: undefined },
      { partition: 1, beginning: 60n, end: 100n, position: 12n },
    ]
    const { everywhere, sinks } = lookedAt({ groups: [{ ...group, partitions }] })
    expect(everywhere!.partitions.map(({ offset }) => offset)).toEqual([60, 60])
    expect(sinks[0]!.lagRecords).toBe(80)
  })
})

describe('several processes', () => {
  const share = (process: string, partitions: number[], changed: object = {}) =>
    sampleReport({
      process,
      components: [
        ...sampleReport().report.components.filter(({ name }) => name !== 'siem'),
        sampleComponent('sinks', 'siem', changed),
      ],
      groups: [{ topic: 'posture.findings', group: 'sink.siem', partitions }],
    })

  test('share partitions, and their rates add up; of what they wait for the longest counts', () => {
    const reports = [
      share('one', [1], { recordsPerSecond: 1, waiting: { since: NOW - 2 * MINUTE_MS, ...refused } }),
      share('two', [0], { recordsPerSecond: 4, waiting: { since: NOW - 9 * MINUTE_MS, ...refused } }),
    ]
    const { sinks } = lookedAt({ reports })
    expect(sinks[1]).toMatchObject({
      state: 'waiting',
      waiting: { since: '2026-11-26T03:21:00.000Z', process: 'two' },
      recordsPerSecond: 5,
      assigned: [
        { process: 'one', partitions: [1] },
        { process: 'two', partitions: [0] },
      ],
      unread: [],
    })
  })

  test('say how old the oldest is where that cannot be found in the stream', () => {
    const report = (oldestUnacknowledgedAt: number) =>
      sampleReport({
        groups: [{ topic: 'posture.findings', group: 'sink.siem', partitions: [0, 1], oldestUnacknowledgedAt }],
      })
    const reports = [report(NOW - 4000), report(NOW - 9000)]
    const unsearched = lookedAt({ reports, groups: [sampleGroup('siem', { positions: [90n, 90n] })] })
    expect(unsearched.sinks[0]!.oldest).toEqual({ at: '2026-11-26T03:29:51.000Z', seconds: 9, from: 'process' })
    const searched = lookedAt({ reports, groups: [sampleGroup('siem', { positions: [90n, 90n], oldestAgoMs: 500 })] })
    expect(searched.sinks[0]!.oldest).toEqual({ at: '2026-11-26T03:29:59.500Z', seconds: 0.5, from: 'stream' })
  })
})

describe('where there is nothing yet', () => {
  const empty = { reports: [], checkpoints: [], groups: [] }

  test('it is said what to run', () => {
    expect(lookedAt(empty).verdict).toEqual({
      state: 'never-run',
      sentence: 'Nothing was run yet; begin with: posture-stream run --config posture.yaml',
    })
  })

  test('it is said that nothing is configured', () => {
    const configuration = { ...sampleObservation().configuration, collectors: [], sinks: [] }
    const { verdict, notes } = lookedAt({ ...empty, configuration })
    expect(verdict.state).toBe('nothing-configured')
    expect(notes).toEqual([])
  })

  test('a file with a blank in its name is quoted in commands', () => {
    const configuration = { ...sampleObservation().configuration, file: "it's mine.yaml" }
    expect(lookedAt({ ...empty, configuration }).verdict.sentence).toContain(String.raw`--config 'it'\''s mine.yaml'`)
  })
})

test('hundreds of partitions and fifty sinks are worked out within 400 ms', () => {
  const sinks = Array.from({ length: 50 }, (_, index) => `sink-${index}`)
  const positions = Array.from({ length: 400 }, (_, index) => BigInt(index % 101))
  const configuration = { ...sampleObservation().configuration, sinks: sinks.map((name) => ({ name, type: 'file' })) }
  const groups = sinks.map((name) => sampleGroup(name, { positions, oldestAgoMs: HOUR_MS }))
  const started = performance.now()
  const status = statusOf(sampleObservation({ configuration, groups }))
  expect(performance.now() - started).toBeLessThan(400)
  expect(status.sinks).toHaveLength(50)
  expect(status.everywhere!.partitions).toHaveLength(400)
})
