import { describe, expect, test } from 'vitest'
import type { Severity } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import { EMPTY_GRAPH } from '../context-graph.ts'
import type { FindingContext, StateReader } from '../enricher.ts'
import { NO_INTELLIGENCE, type Intelligence } from '../intelligence.ts'
import { priority } from './priority.ts'

const nothing: StateReader = { graph: EMPTY_GRAPH, get: () => undefined, keys: () => [], findingsOf: () => [] }

/** A finding of a control that says nothing by itself. */
function finding(severity: Severity, more: Partial<FindingState> = {}): FindingState {
  return {
    type: 'finding',
    key: 'v1:0123456789abcdef0123456789abcdef',
    tenant: 'default',
    identity: {
      product: 'prowler',
      provider: 'aws',
      account: '111122223333',
      region: 'eu-west-1',
      control: 'a_control_that_nobody_has_considered',
      resource: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1',
    },
    source: { product: 'prowler', productName: 'Prowler', vendorName: 'Prowler' },
    kind: 'configuration',
    state: 'open',
    revision: 0,
    members: {},
    description: { title: 'A control', severity, types: [], standards: [], categories: [] },
    descriptionVersion: { time: 0, sequence: 0, digest: '' },
    describedBy: { collector: 'reports', format: 'ocsf', member: '' },
    resources: [{ uid: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1' }],
    cloud: { provider: 'aws', account: { uid: '111122223333' } },
    firstSeen: 0,
    lastSeen: 0,
    acceptedAt: 0,
    flags: {},
    ...more,
  } as unknown as FindingState
}

const rated = (of: FindingState, before: FindingContext = {}, intelligence: Intelligence = NO_INTELLIGENCE) =>
  priority({}, intelligence).enrich(of, nothing, before).priority!

describe('a finding of which nothing but the severity is known', () => {
  test.each([
    ['critical', 'P2'],
    ['high', 'P3'],
    ['medium', 'P3'],
    ['low', 'P4'],
    ['informational', 'P4'],
    ['unknown', 'P3'],
  ] as const)('is at its default when it is %s (%s), and says that no context was evaluated', (severity, band) => {
    const { reasons, ...rest } = rated(finding(severity))
    expect(rest).toMatchObject({ band, state: 'not_evaluated' })
    expect(reasons[0]?.text).toContain('no context was evaluated')
  })

  test('has a score that stays inside its band and rises with the severity', () => {
    const order = (['critical', 'high', 'medium', 'low', 'informational'] as const).map(
      (severity) => rated(finding(severity)).score,
    )
    expect(order).toEqual(order.toSorted((a, b) => b - a))
    const floors = { P1: 75, P2: 50, P3: 25, P4: 0 }
    for (const severity of ['critical', 'high', 'medium', 'low', 'informational', 'unknown'] as const) {
      const { band, score } = rated(finding(severity))
      expect(score - floors[band]).toBeGreaterThanOrEqual(0)
      expect(score - floors[band]).toBeLessThan(25)
    }
  })
})

test('what the enrichers before it found out decides with it', () => {
  const asset = { value: 'crown_jewel', certainty: 'certain', source: 'tag Tier=0' } as const
  const { state, evidence, reasons } = rated(finding('high'), { asset })
  expect(state).toBe('partly_evaluated')
  expect(evidence.asset).toMatchObject(asset)
  expect(
    reasons.some(
      ({ text }) =>
        text.includes('it is a crown jewel (tag Tier=0)') || text.startsWith('It is a crown jewel (tag Tier=0)'),
    ),
  ).toBe(true)
})

test('a closed finding has a priority too', () => {
  for (const state of ['muted', 'resolved', 'gone'] as const)
    expect(rated(finding('critical', { state }))).toEqual(rated(finding('critical')))
})

test('the tables of the configuration decide, and name themselves', () => {
  const strict = priority({ severityDefault: { high: 'P2' }, dueDays: { P2: 5 } }, NO_INTELLIGENCE)
  const { band, dueDays, ruleset } = strict.enrich(finding('high'), nothing, {}).priority!
  expect({ band, dueDays, name: ruleset.name }).toEqual({ band: 'P2', dueDays: 5, name: 'configured' })
  expect(rated(finding('high')).ruleset).toMatchObject({ name: 'default' })
  expect(ruleset.hash).not.toBe(rated(finding('high')).ruleset.hash)
})

test('the same finding has the same priority, and another whatever decides otherwise has another hash of its inputs', () => {
  expect(rated(finding('high'))).toEqual(rated(finding('high')))
  expect(rated(finding('low')).inputHash).not.toBe(rated(finding('high')).inputHash)
})
