import { expect, test } from 'vitest'
import type { Severity } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { StateReader } from '../enricher.ts'
import { priority } from './priority.ts'

const nothing: StateReader = { get: () => undefined, keys: () => [], findingsOf: () => [] }
const rated = (severity: Severity) => priority.enrich({ description: { severity } } as FindingState, nothing).priority!

test.each([
  ['critical', 'P2'],
  ['high', 'P3'],
  ['medium', 'P3'],
  ['low', 'P4'],
  ['informational', 'P4'],
  ['unknown', 'P3'],
] as const)('a finding of %s severity alone is %s, and says that nothing else was evaluated', (severity, band) => {
  expect(rated(severity)).toMatchObject({ band, state: 'not_evaluated' })
  expect(rated(severity).reasons.join()).toContain('no context was evaluated')
})

test('the score stays inside its band and rises with the severity', () => {
  const order = (['critical', 'high', 'medium', 'low', 'informational'] as const).map(
    (severity) => rated(severity).score,
  )
  expect(order).toEqual(order.toSorted((a, b) => b - a))
  const floors = { P1: 75, P2: 50, P3: 25, P4: 0 }
  for (const severity of ['critical', 'high', 'medium', 'low', 'informational', 'unknown'] as const) {
    const { band, score } = rated(severity)
    expect(score - floors[band]).toBeGreaterThanOrEqual(0)
    expect(score - floors[band]).toBeLessThan(25)
  }
})
