import { describe, expect, test } from 'vitest'
import { applyEvent } from '../../enrichment/lifecycle/lifecycle.ts'
import { standardsOf } from '../../enrichment/ocsf/verdict.ts'
import { stateKey } from '../../enrichment/state/keys.ts'
import { LocalStore } from '../../enrichment/state/local-store.ts'
import { Overlay } from '../../enrichment/state/overlay.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import { mapAsff } from './asff.ts'
import { findingEvent } from '../records/finding-event.ts'

const NOW = Date.UTC(2026, 10, 25, 13)
const options = { zone: 'UTC', reportedAt: NOW, withoutData: false }

const common = {
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
  AwsAccountId: '111122223333',
  UpdatedAt: '2026-11-25T12:00:00Z',
  Title: 'No group lets the world in',
  Resources: [{ Id: 'sg-0aa', Type: 'AwsEc2SecurityGroup', Region: 'eu-west-1' }],
  Workflow: { Status: 'NEW' },
  RecordState: 'ACTIVE',
}
const failing = (GeneratorId: string, changes: object = {}) => ({
  ...common,
  Id: GeneratorId,
  GeneratorId,
  Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.13' },
  ...changes,
})

/** The findings that the bodies end in, in the order in which they come. */
function findings(...bodies: readonly object[]): FindingState[] {
  const local = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  const store = new Overlay(local.partition(0))
  const keys = bodies.map((body) => {
    const mapped = mapAsff(body, options)
    if (mapped.outcome !== 'finding') throw new Error(JSON.stringify(mapped))
    const event = findingEvent({ tenant: 'acme', name: 'hub', clock: () => NOW }, mapped.finding.statement, 'bytes')
    applyEvent(event, store, NOW)
    return stateKey.finding(event.key)
  })
  return [...new Set(keys)].map((key) => store.get(key) as FindingState)
}

function orders<T>(of: readonly T[]): T[][] {
  if (of.length < 2) return [[...of]]
  return of.flatMap((each, at) => orders(of.toSpliced(at, 1)).map((rest) => [each, ...rest]))
}

describe('one control reported under three standards', () => {
  const shapes = [
    ['std-a/EC2.13', 'std-b/4.1', 'std-c/EC2.13'].map((generator) => failing(generator)),
    [
      'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.1',
      'aws-foundational-security-best-practices/v/1.0.0/EC2.13',
      'pci-dss/v/3.2.1/PCI.EC2.5',
    ].map((generator) => failing(generator, { Compliance: { Status: 'FAILED' } })),
  ]

  test.each(shapes.map((bodies) => [bodies[0]!.GeneratorId, bodies] as const))(
    'is one finding with three standards, whatever the order: %s and others',
    (_, bodies) => {
      const all = orders(bodies).map((each) => findings(...each))
      for (const [finding, ...others] of all) {
        expect(others).toEqual([])
        expect(finding).toMatchObject({ state: 'open', identity: { control: 'EC2.13' } })
        expect(standardsOf(finding!)).toHaveLength(3)
      }
      expect(new Set(all.map(([finding]) => JSON.stringify(standardsOf(finding!)))).size).toBe(1)
    },
  )

  test('loses a standard that was taken back, and is resolved with the last', () => {
    const bodies = shapes[1]!
    const takenBack = (body: object) => ({ ...body, RecordState: 'ARCHIVED', UpdatedAt: '2026-11-25T12:30:00Z' })
    const [two] = findings(...bodies, takenBack(bodies[0]!))
    expect(two!.state).toBe('open')
    expect(standardsOf(two!).map(({ name }) => name)).toEqual([
      'standards/aws-foundational-security-best-practices/v/1.0.0',
      'standards/pci-dss/v/3.2.1',
    ])
    const [none] = findings(...bodies, ...bodies.map(takenBack))
    expect(none).toMatchObject({ state: 'resolved', closedBy: 'archived' })
  })

  test('is the same finding when the account turns to consolidated controls', () => {
    const consolidated = failing('security-control/EC2.13')
    for (const order of orders([...shapes[1]!, consolidated])) expect(findings(...order)).toHaveLength(1)
  })
})

test('a resource that was deleted at the source is gone', () => {
  const deleted = {
    Compliance: { Status: 'NOT_AVAILABLE', SecurityControlId: 'EC2.13' },
    RecordState: 'ARCHIVED',
    UpdatedAt: '2026-11-25T12:30:00Z',
  }
  const control = 'security-control/EC2.13'
  expect(findings(failing(control), failing(control, deleted))).toMatchObject([{ state: 'gone', closedBy: 'deleted' }])
})

test('a clock three days ahead counts as ours, and a fix by a sound one counts after it', () => {
  const control = 'security-control/EC2.13'
  const ahead = failing(control, { UpdatedAt: '2026-11-28T13:00:00Z' })
  expect(findings(ahead)).toMatchObject([{ state: 'open', lastSeen: NOW, flags: ['time_ahead_of_collector'] }])
  const fixed = { Compliance: { Status: 'PASSED' }, UpdatedAt: new Date(NOW + 1).toISOString() }
  expect(findings(ahead, failing(control, fixed))).toMatchObject([{ state: 'resolved', closedBy: 'verdict' }])
})

test('a severity that an analyst changes counts, although the source does not stamp it', () => {
  const control = failing('security-control/EC2.13', { Severity: { Label: 'HIGH' } })
  const asked = [
    { ...control },
    { ...control, Severity: { Label: 'LOW' } },
    { ...control, Severity: { Label: 'MEDIUM' } },
  ]
  const local = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  const store = new Overlay(local.partition(0))
  const severities = asked.map((body, minutes) => {
    const at = NOW + minutes * 60_000
    const mapped = mapAsff(body, { ...options, reportedAt: at })
    if (mapped.outcome !== 'finding') throw new Error(JSON.stringify(mapped))
    const event = findingEvent({ tenant: 'acme', name: 'hub', clock: () => at }, mapped.finding.statement, 'bytes')
    applyEvent(event, store, at)
    return (store.get(stateKey.finding(event.key)) as FindingState).description.severity
  })
  expect(severities).toEqual(['high', 'low', 'medium'])
})
