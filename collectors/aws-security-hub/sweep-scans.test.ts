import { describe, expect, test } from 'vitest'
import type { Context } from '../../core/component.ts'
import type { ScanCompleted } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { mapAsff } from '../asff/asff.ts'
import { sampleFinding } from './sample-finding.ts'
import { SweepScans, type Ending, type Known } from './sweep-scans.ts'

const NOW = Date.UTC(2026, 10, 25)
const OWN = '111122223333'
const MEMBER = '444455556666'
const silent = (): void => {}
const context: Context = {
  name: 'hub',
  tenant: 'acme',
  clock: () => NOW,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  metrics: { count: silent, gauge: silent, observe: silent },
}

function scansOf({ aggregated = false, whole = true } = {}): SweepScans {
  return new SweepScans(context, { uid: 's1', time: NOW }, { regions: ['eu-west-1'], aggregated, whole })
}

function add(scans: SweepScans, n: number, place: { account?: string; region?: string } = {}): void {
  const record = sampleFinding(n, place)
  const mapped = mapAsff(record, { zone: 'UTC', reportedAt: NOW, withoutData: false })
  if (mapped.outcome !== 'finding') throw new Error('the sample is no finding')
  scans.add(mapped.finding.statement, JSON.stringify(record))
}

function ended(scans: SweepScans, { known = [], ...ending }: Partial<Ending> = {}) {
  const result = scans.end({ outcome: 'complete', reasons: [], account: OWN, known, ...ending })
  const schemas = new SchemaRegistry()
  for (const event of result.events) schemas.encode('posture-event', event)
  const completed = result.events.filter((each): each is ScanCompleted => each.type === 'scan.completed')
  return {
    ...result,
    said: completed.map((each) => `${each.source.product} ${each.scope.account} ${each.outcome} ${each.findings}`),
  }
}

describe('the scans of a full sweep', () => {
  test('are one of each product and account, and count distinct findings', () => {
    const scans = scansOf()
    for (const n of [1, 2, 2]) add(scans, n)
    add(scans, 3, { account: MEMBER })
    const { said, known } = ended(scans)
    expect(said).toEqual([`security-hub ${OWN} complete 2`, `security-hub ${MEMBER} complete 1`])
    expect(known).toEqual([{ products: ['security-hub'], accounts: [OWN, MEMBER] }])
  })

  test('state what is not found any more, and go on doing so', () => {
    const scans = scansOf()
    add(scans, 1)
    const before: Known = [{ products: ['guardduty', 'security-hub'], accounts: [OWN] }]
    const { said, known, events } = ended(scans, { known: before })
    expect(said).toEqual([`security-hub ${OWN} complete 1`, `guardduty ${OWN} complete 0`])
    expect(events.map(({ type }) => type)).toEqual(['scan.started', 'scan.completed', 'scan.completed'])
    expect(known).toEqual([{ products: ['guardduty', 'security-hub'], accounts: [OWN] }])
  })

  test.each([
    ['it failed', { outcome: 'failed' as const, reasons: ['eu-west-1: denied'] }, 'failed'],
    ['a filter hides some', { reasons: ['a filter'] }, 'partial'],
  ])('where %s say so, of what is not found any more too', (_what, ending, outcome) => {
    const scans = scansOf()
    add(scans, 1)
    const { said, known } = ended(scans, { ...ending, known: [{ products: ['guardduty'], accounts: [OWN] }] })
    expect(said).toEqual([`security-hub ${OWN} ${outcome} 1`, `guardduty ${OWN} ${outcome} 0`])
    expect(known).toEqual([{ products: ['guardduty', 'security-hub'], accounts: [OWN] }])
  })

  test('of an account that is gone from the hub are partial, but of the own account complete', () => {
    const known: Known = [{ products: ['security-hub'], accounts: [OWN, MEMBER] }]
    const { said, left, known: next } = ended(scansOf(), { known })
    expect(left).toEqual([MEMBER])
    expect(said).toEqual([`security-hub ${OWN} complete 0`, `security-hub ${MEMBER} partial 0`])
    expect(next).toEqual(known)
  })

  test('cover, through an aggregation region, the regions from which something came', () => {
    const scans = scansOf({ aggregated: true })
    add(scans, 1, { region: 'us-east-1' })
    expect(ended(scans).events.at(-1)).toMatchObject({ scope: { regions: ['eu-west-1', 'us-east-1'] } })
    const apart = scansOf()
    add(apart, 1, { region: 'us-east-1' })
    expect(ended(apart).events.at(-1)).toMatchObject({ scope: { regions: ['eu-west-1'] } })
  })

  test('that were not followed from the beginning are partial', () => {
    const scans = scansOf({ whole: false })
    add(scans, 1)
    expect(ended(scans).said).toEqual([`security-hub ${OWN} partial 1`])
  })
})
