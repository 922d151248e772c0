import { describe, expect, test } from 'vitest'
import { samplePriority, sampleReason } from '../../test/sample-priority.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingStatus } from '../../schemas/records.ts'
import type { Priority } from '../enricher.ts'
import type { Due } from './due.ts'
import { priorityEnrichment } from './priority-enrichment.ts'
import { riskAttributes } from './risk.ts'

const DUE: Due = { at: Date.UTC(2026, 10, 28, 12), bod: Date.UTC(2026, 10, 27, 12) }
const NOW = Date.UTC(2026, 10, 25, 12)
const finding = {
  source: { product: 'prowler', name: 'Prowler' },
  description: { severity: 'medium', risk: 'Everyone reads it.' },
} as FindingState

const explained = samplePriority('P1', {
  score: 81.4,
  state: 'partly_evaluated',
  range: ['P3', 'P1'],
  reasons: [
    sampleReason('It can be reached and exploited.', {
      id: 'floor-toxic-combination',
      items: ['exposure', 'exploitability'],
    }),
    sampleReason('CISA demands it.', { id: 'floor-bod-26-04', items: [] }),
  ],
  counterfactuals: [
    { item: 'exposure', from: 'internet', to: 'none', band: 'P3', text: 'If nobody can reach it (exposure none): P3.' },
    { item: 'identity', from: 'admin', to: 'none', band: 'P2', text: 'If it has no rights (identity none): P2.' },
    { item: 'data', from: 'restricted', to: 'none', band: 'P2', text: 'If it holds no data (data none): P2.' },
  ],
  wouldChangeIf: [
    { item: 'path', best: 'P1', worst: 'P1', text: 'Not known: path. It is P1 whatever the answer.' },
    { item: 'technicalImpact', best: 'P3', worst: 'P1', text: 'Not known: impact. P3 if partial, P1 if total.' },
    { item: 'kev', best: 'P2', worst: 'P1', text: 'Not known: KEV.' },
  ],
  cve: {
    uid: 'CVE-2024-3094',
    ssvc: ['track', 'attend', 'act'],
    bod: ['14 days', '3 days'],
    bodDays: 3,
    unknown: ['technicalImpact'],
  },
  evidence: {
    exposure: { value: 'internet', certainty: 'possible', source: 'Prowler', evidence: [] },
    cve: { uid: 'CVE-2024-3094', kev: false, epss: 0.42 },
  },
})

const details = (priority: Priority | undefined, due: Due = {}, status: FindingStatus = 'open') =>
  String(riskAttributes(finding, priority === undefined ? {} : { priority }, status, due)['risk_details']).split('\n')
const data = (priority: Priority, due: Due = {}) => priorityEnrichment('uid', priority, due, NOW)['data']

describe('the risk in sentences', () => {
  test('says what was decided and why, what would change it, by when it is due, and what CISA says', () => {
    expect(details(explained, DUE)).toEqual([
      'Priority P1 (partly evaluated), P1 to P3 possible.',
      'It can be reached and exploited.',
      'CISA demands it.',
      'If nobody can reach it (exposure none): P3.',
      'If it has no rights (identity none): P2.',
      'Not known, and could change it: technical impact (P1 to P3), KEV (P1 to P2).',
      'Due 2026-11-28: 3 days from when it became P1.',
      'CVE-2024-3094: CISA SSVC track, attend or act; BOD 26-04 14 days or 3 days, due 2026-11-27 at the strictest.' +
        ' Not known: technical impact.',
      'The risk in the words of Prowler: Everyone reads it.',
    ])
  })

  test('is short where all is known and nothing is due', () => {
    const settled = samplePriority('P4', { state: 'evaluated', range: ['P4', 'P4'] })
    expect(details(settled)).toEqual([
      'Priority P4.',
      'The source calls it medium.',
      'The risk in the words of Prowler: Everyone reads it.',
    ])
  })

  test('has nothing of ours where there is no priority', () => {
    expect(details(undefined)).toEqual(['The risk in the words of Prowler: Everyone reads it.'])
  })

  test('says one day as people do', () => {
    const soon = samplePriority('P2', { dueDays: 1 })
    expect(details(soon, DUE)).toContain('Due 2026-11-28: 1 day from when it became P2 or more urgent.')
  })
})

describe('the priority for programs', () => {
  test('has all that decided it, and nothing that is empty', () => {
    expect(priorityEnrichment('uid', explained, DUE, NOW)).toEqual({
      name: 'finding_info.uid',
      value: 'uid',
      type: 'priority',
      provider: 'posture-stream',
      short_desc: 'Priority P1 (partly evaluated), P1 to P3 possible',
      data: {
        band: 'P1',
        score: 81,
        state: 'partly_evaluated',
        range: ['P3', 'P1'],
        reasons: [
          {
            id: 'floor-toxic-combination',
            text: 'It can be reached and exploited.',
            items: ['exposure', 'exploitability'],
          },
          { id: 'floor-bod-26-04', text: 'CISA demands it.' },
        ],
        counterfactuals: explained.counterfactuals,
        would_change_if: [
          { item: 'technicalImpact', best: 'P3', worst: 'P1' },
          { item: 'kev', best: 'P2', worst: 'P1' },
        ],
        due: DUE.at,
        due_days: 3,
        cve: {
          uid: 'CVE-2024-3094',
          ssvc: ['track', 'attend', 'act'],
          bod: ['14 days', '3 days'],
          bod_days: 3,
          bod_due: DUE.bod,
          unknown: ['technicalImpact'],
        },
        evidence: {
          exposure: { value: 'internet', certainty: 'possible', source: 'Prowler' },
          cve: { uid: 'CVE-2024-3094', kev: false, epss: 0.42 },
        },
        ruleset: explained.ruleset,
        input_hash: explained.inputHash,
        computed_at: NOW,
      },
    })
  })

  test('has no due date where there is none, or where it cannot be', () => {
    expect(data(explained)).not.toHaveProperty('due')
    expect(data(explained)).not.toHaveProperty('cve.bod_due')
    expect(data(explained, { at: 8.7e15 })).not.toHaveProperty('due')
    expect(details(explained, { at: 8.7e15, bod: Infinity }).join()).not.toMatch(/due \d/i)
  })
})
