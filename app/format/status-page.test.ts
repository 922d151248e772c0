import stringWidth from 'string-width'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  HOUR_MS,
  MINUTE_MS,
  NOW,
  sampleCheckpoint,
  sampleComponent,
  sampleGroup,
  sampleObservation,
  sampleReport,
} from '../status/sample-observation.ts'
import type { Observation } from '../status/observation.ts'
import { statusOf } from '../status/status-of.ts'
import { Paint } from './paint.ts'
import { statusPage } from './status-page.ts'

function page(changed: Partial<Observation> = {}, columns = 100, colour = false): string {
  return statusPage(statusOf(sampleObservation(changed)), { columns, paint: new Paint(colour) })
}

/** Two processes that share what there is, and a sink that waits. */
function trouble(message = 'Splunk refused the token'): Partial<Observation> {
  const waiting = { since: NOW - 18 * MINUTE_MS, code: 'HEC_TOKEN_INVALID', message }
  const components = [
    ...sampleReport().report.components.filter(({ name }) => name !== 'siem'),
    sampleComponent('sinks', 'siem', { waiting, recordsPerSecond: 0 }),
  ]
  const share = (process: string, pid: number, partitions: number[]) =>
    sampleReport({
      process,
      pid,
      components,
      groups: sampleReport().report.groups.map((group) => ({ ...group, partitions })),
    })
  return {
    reports: [share('one', 17, [0]), share('two', 18, [1])],
    checkpoints: [sampleCheckpoint('hub', 50 * HOUR_MS), sampleCheckpoint('nightly')],
    groups: [
      sampleGroup('enrichment'),
      sampleGroup('archive'),
      sampleGroup('siem', { positions: [40n, 62n], oldestAgoMs: 18 * MINUTE_MS }),
    ],
  }
}

describe('the page of a status', () => {
  test('of a pipeline in which all is well begins with that', () => {
    expect(page().split('\n')).toEqual([
      'All is well: 2 collectors, enrichment and 2 sinks run in 1 process; nothing waits, no dead letters',
      '',
      'acme, kafka at a:9092, prefix posture, 2026-11-26 03:30:00 UTC',
      '',
      '  COLLECTOR  TYPE              STATE    LAST SUCCESS  EXPECTED   RATE  DEAD',
      '  hub        aws-security-hub  running  60 min ago         26h  2.5/s     0',
      '  nightly    scanner-report    running  60 min ago              2.5/s     0',
      '',
      '  STAGE         TYPE  STATE    LAG  OLDEST  PARTITIONS   RATE  DEAD',
      '  enrichment          running    0                 2/2  2.5/s     0',
      '  sink archive  file  running    0                 2/2  2.5/s     0',
      '  sink siem     file  running    0                 2/2  2.5/s     0',
      '',
      '  EVERYWHERE',
      '  Every sink has everything below these offsets of posture.findings, which is all of it:',
      '  0: 100 · 1: 100',
      '',
      '  PROCESS       RUNS                           VERSION  FOR  LAST WORD',
      '  17 on node-1  collectors, enrichment, sinks  0.1.0    5 h  4 s ago',
    ])
  })

  test('names what needs someone first, with what helps, and then who has what', () => {
    const lines = page(trouble()).split('\n')
    expect(lines.slice(0, 9)).toEqual([
      '2 things need someone: sink siem waits since 03:12 UTC (HEC_TOKEN_INVALID); source hub silent for 2',
      'd',
      '  ! sink siem waits since 03:12 UTC (HEC_TOKEN_INVALID)',
      '    Splunk refused the token',
      '    → posture-stream check --config posture.yaml',
      '    → docs/guides/runbook.md#posturesinkwaiting',
      '  - source hub silent for 2 d',
      '    expected every 26h; it last gave something at 2026-11-24 01:30 UTC',
      '    → posture-stream collect --dry-run hub --config posture.yaml',
    ])
    expect(lines).toContain('  sink siem     file  waiting   98  18 min    2/2 in 2    0/s     0')
    expect(lines).toContain('    waits since 03:12 UTC: HEC_TOKEN_INVALID Splunk refused the token')
    expect(lines).toContain('  0: 40 of 100 (siem) · 1: 62 of 100 (siem)')
    expect(lines.slice(-4)).toEqual([
      '  17 on node-1  collectors, enrichment, sinks  0.1.0    5 h  4 s ago',
      '    enrichment, archive, siem: 0',
      '  18 on node-1  collectors, enrichment, sinks  0.1.0    5 h  4 s ago',
      '    enrichment, archive, siem: 1',
    ])
  })

  test.each([60, 80, 100, 160])('fits %d columns, but for commands, which can be copied whole', (columns) => {
    const long = trouble(`${'a reason that goes on and on, '.repeat(20)}until it ends`)
    const lines = page(long, columns).split('\n')
    expect(lines.filter((line) => stringWidth(line) > columns && !line.includes('→'))).toEqual([])
  })

  test('shows nothing that a terminal would obey', () => {
    const text = page(trouble('\u001b[2J\u0007\u202eevil\nnext line'))
    expect(text).not.toMatch(/[\u0007\u001b\u202e]/)
    expect(text).toContain('[2Jevil next line')
  })

  test('says the same with and without colour', () => {
    const coloured = page(trouble(), 100, true)
    expect(coloured).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured)).toBe(page(trouble()))
  })

  test('is no longer than what a person reads where there are hundreds of partitions, processes and reasons', () => {
    const positions = Array.from({ length: 400 }, (_, index) => BigInt(index % 101))
    const code = (index: number) => ({ stage: 'sinks', component: 'siem', code: `CODE_${index}`, time: NOW })
    const text = page({
      groups: [
        sampleGroup('archive', { positions: positions.map(() => 100n) }),
        sampleGroup('siem', { positions, oldestAgoMs: HOUR_MS }),
      ],
      reports: Array.from({ length: 300 }, (_, index) => sampleReport({ process: `p${index}`, pid: index })),
      letters: Array.from({ length: 40 }, (_, index) => code(index)),
    })
    const lines = text.split('\n')
    expect(lines.length).toBeLessThan(100)
    expect(text.replaceAll(/\s+/g, ' ')).toContain('and 373 more, see --json')
    expect(lines).toContain('    and 280 processes more, see --json')
    expect(lines).toContain('    and 30 reasons more; --json names all')
  })

  test('shows an error of the last hour, and none that is older', () => {
    const lastError = { since: NOW - 10 * MINUTE_MS, code: 'ECONNRESET', message: 'the connection was cut' }
    const reports = (since: number) => [
      sampleReport({ components: [sampleComponent('sinks', 'siem', { lastError: { ...lastError, since } })] }),
    ]
    expect(page({ reports: reports(lastError.since) })).toContain(
      'last error 03:20 UTC: ECONNRESET the connection was cut',
    )
    expect(page({ reports: reports(NOW - 2 * HOUR_MS) })).not.toContain('ECONNRESET')
  })
})
