import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findingKey } from '../../schemas/finding-key.ts'
import type { FindingObserved, Standard } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { addressesOf, standardsOf } from '../ocsf/verdict.ts'
import { stateKey } from '../state/keys.ts'
import { Overlay } from '../state/overlay.ts'
import { applyEvent } from './lifecycle.ts'

const START = Date.UTC(2026, 10, 25, 12)
const PRODUCT = 'arn:aws:securityhub:eu-west-1::product/aws/securityhub'
const schemas = new SchemaRegistry()
const identity = {
  product: 'security-hub',
  provider: 'aws',
  account: '111122223333',
  region: '',
  control: 'EC2.13',
  resource: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0aa',
  discriminator: '',
}
const key = findingKey('acme', identity)

interface Said {
  /** The standard of the record; '' where the source reports the control once. */
  readonly member?: string
  readonly standards: readonly Standard[]
  readonly at: number
  readonly verdict?: 'fail' | 'pass' | 'none'
  readonly archived?: boolean
  /** When the workflow was asked for: later than the record's own time. */
  readonly asked?: number
  /** The source's own id of the record; without it, as a file has it. */
  readonly uid?: string
  readonly collector?: string
}

function statement({
  member,
  standards,
  at,
  verdict = 'fail',
  archived,
  asked,
  uid,
  collector,
}: Said): FindingObserved {
  return {
    type: 'finding.observed',
    id: `${member}/${at}/${collector}`,
    time: START + at,
    tenant: 'acme',
    collector: collector ?? 'hub',
    key,
    identity,
    source: { product: 'security-hub', format: 'asff', ...(uid === undefined ? {} : { uid, productUid: PRODUCT }) },
    kind: 'compliance',
    ...(member === undefined ? {} : { member }),
    ...(archived === undefined ? {} : { archived }),
    verdict: { value: verdict, at: START + at },
    ...(asked === undefined ? {} : { workflow: { status: 'new', at: START + asked } }),
    description: {
      title: 'No SSH from anywhere',
      severity: 'high',
      types: [],
      standards: [...standards],
      categories: [],
    },
    resources: [{ uid: identity.resource, tags: [] }],
    cloud: { provider: 'aws', account: identity.account },
    flags: [],
  }
}

function findingAfter(statements: readonly FindingObserved[]): FindingState {
  const store = new Overlay({ get: () => undefined, keys: () => [], findingsOf: () => [], findingsWithCve: () => [] })
  for (const each of statements) applyEvent(schemas.check('posture-event', each), store, START)
  const finding = store.get(stateKey.finding(key))
  return schemas.check('state', finding) as FindingState
}

const standard = (name: string, ...requirements: string[]): Standard => ({ name, requirements })

/** What each record said last is the same after every order of these statements; answers the finding after this one. */
function inEveryOrder(...said: readonly Said[]): FindingState {
  const statements = said.map(statement)
  const ofLast = ({ standards, address, verdict, archived, muted, workflow }: FindingState['members'][string]) => ({
    standards,
    address,
    verdict,
    archived,
    muted,
    workflow,
  })
  const outcome = (finding: FindingState): unknown => [
    standardsOf(finding),
    addressesOf(finding),
    Object.fromEntries(Object.entries(finding.members).map(([name, member]) => [name, ofLast(member)])),
  ]
  const inOrder = findingAfter(statements)
  fc.assert(
    fc.property(fc.shuffledSubarray(statements, { minLength: statements.length }), (shuffled) => {
      expect(outcome(findingAfter(shuffled))).toEqual(outcome(inOrder))
    }),
    { numRuns: 150 },
  )
  return inOrder
}

describe('a finding that its source reports once per standard', () => {
  const fsbp = { member: 'fsbp', standards: [standard('fsbp', 'EC2.13')] }
  const cis = { member: 'cis', standards: [standard('cis', '4.1')] }
  const pci = { member: 'pci', standards: [standard('pci', 'EC2.13')] }

  test('counts for all of them', () => {
    const finding = inEveryOrder({ ...fsbp, at: 1 }, { ...cis, at: 2 }, { ...pci, at: 3 })
    expect(standardsOf(finding)).toEqual([
      standard('cis', '4.1'),
      standard('fsbp', 'EC2.13'),
      standard('pci', 'EC2.13'),
    ])
  })

  test('counts for what each record said last, however late the others come', () => {
    const finding = inEveryOrder(
      { ...cis, at: 2 },
      { ...cis, at: 4, standards: [standard('cis', '4.1', '5.2')] },
      { ...pci, at: 3 },
      { ...fsbp, at: 1, asked: 9 },
      { ...fsbp, at: 5, asked: 6, standards: [standard('fsbp', 'EC2.13', 'EC2.14')] },
    )
    expect(standardsOf(finding)).toEqual([
      standard('cis', '4.1', '5.2'),
      standard('fsbp', 'EC2.13', 'EC2.14'),
      standard('pci', 'EC2.13'),
    ])
  })

  test('no longer counts for what was taken back, and is kept for all once nothing stands', () => {
    const two = [
      { ...fsbp, at: 1 },
      { ...cis, at: 2 },
    ] as const
    const archived = { archived: true, at: 3 }
    expect(standardsOf(inEveryOrder(...two, { ...fsbp, ...archived }))).toEqual(cis.standards)
    const closed = inEveryOrder(...two, { ...fsbp, ...archived }, { ...cis, ...archived })
    expect(closed.state).toBe('resolved')
    expect(standardsOf(closed).map(({ name }) => name)).toEqual(['cis', 'fsbp'])
  })

  test('and once for all, after the source began to consolidate, counts for both as long as both stand', () => {
    const finding = inEveryOrder(
      { ...cis, at: 1 },
      { standards: [standard('fsbp'), standard('nist', 'AC-3')], at: 2 },
      { ...cis, at: 3, archived: true },
    )
    expect(standardsOf(finding)).toEqual([standard('fsbp'), standard('nist', 'AC-3')])
  })

  test('keeps where each record lies at the source, also when somebody else reports it', () => {
    const finding = inEveryOrder(
      { ...fsbp, at: 1, uid: 'fsbp/1' },
      { ...cis, at: 2, uid: 'cis/1' },
      { ...pci, at: 2, uid: 'pci/1', archived: true },
      { ...fsbp, at: 4, uid: 'fsbp/2' },
      { ...cis, at: 5, collector: 'file' },
    )
    expect(addressesOf(finding)).toEqual([
      { uid: 'cis/1', productUid: PRODUCT },
      { uid: 'fsbp/2', productUid: PRODUCT },
    ])
  })

  test('is the same after any statements in any order', () => {
    const said = fc.record(
      {
        member: fc.constantFrom('fsbp', 'cis', 'pci'),
        standards: fc.array(fc.constantFrom(standard('fsbp'), standard('cis', '1'), standard('cis', '2')), {
          maxLength: 2,
        }),
        at: fc.integer({ min: 1, max: 4 }),
        verdict: fc.constantFrom('fail' as const, 'none' as const),
        archived: fc.boolean(),
        asked: fc.integer({ min: 4, max: 6 }),
        uid: fc.constantFrom('1', '2'),
      },
      { requiredKeys: ['member', 'standards', 'at'] },
    )
    const both = fc
      .array(said, { minLength: 2, maxLength: 6 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(both, ([one, other]) => {
        const [before, after] = [one, other].map((each) => findingAfter(each.map(statement)))
        expect(standardsOf(after!)).toEqual(standardsOf(before!))
        expect(new Set(addressesOf(after!).map(({ uid }) => uid))).toEqual(
          new Set(addressesOf(before!).map(({ uid }) => uid)),
        )
      }),
      { numRuns: 300 },
    )
  })
})
