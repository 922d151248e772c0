import { describe, expect, test } from 'vitest'
import { ITEMS, type EvidenceVector, type Item, type Rung } from '../evidence.ts'
import { pointAt, pointOf, POINT_COUNT } from './point.ts'
import { rawSteps, type RawSteps } from './raw-band.ts'
import { BANDS } from '../../schemas/records.ts'
import { TABLES, type Tables } from './tables.ts'

describe('the steps to a band', () => {
  test('name the cell, the step of the severity and the floor that decided', () => {
    const steps = stepsOf({
      exposure: 'internet',
      exploitability: 'easy',
      identity: 'broad',
      data: 'internal',
      path: 'none',
      asset: 'normal',
      severity: 'low',
    })
    expect(steps).toEqual({
      onlySeverity: false,
      exposure: 'internet',
      exploitability: 'easy',
      likelihood: 3,
      consequences: { identity: 3, data: 2, asset: 2 },
      consequence: 3,
      cell: 'P2',
      step: -1,
      stepped: 'P3',
      ceilings: [],
      capped: 'P3',
      defaulted: 'P3',
      floors: [
        { id: 'floor-toxic-combination', band: 'P1', when: TABLES.overrides['floor-toxic-combination']!.when[0] },
      ],
      band: 'P1',
    })
  })

  test('apply every ceiling before every floor', () => {
    const closed = stepsOf({
      exposure: 'none',
      path: 'none',
      exploitability: 'easy',
      data: 'restricted',
      severity: 'critical',
    })
    expect(closed).toMatchObject({ cell: 'P3', stepped: 'P2', capped: 'P3', band: 'P3' })
    expect(closed.ceilings.map(({ id }) => id)).toEqual(['ceiling-closed'])
    const leaked = stepsOf({ exposure: 'none', path: 'none', severity: 'informational', liveSecret: 'readable' })
    expect(leaked.ceilings.map(({ id }) => id)).toEqual(['ceiling-informational', 'ceiling-closed'])
    expect(leaked).toMatchObject({ capped: 'P4', band: 'P2' })
    expect(leaked.floors.map(({ id }) => id)).toEqual(['floor-live-secret'])
  })

  test('never undercut the default of the severity while exposure or exploitability is unknown', () => {
    const known = { exposure: 'internal', identity: 'none', data: 'none', asset: 'dev' } as const
    const unknown = stepsOf({ ...known, severity: 'critical' })
    expect(unknown).toMatchObject({
      cell: 'P4',
      stepped: 'P3',
      capped: 'P3',
      default: 'P2',
      defaulted: 'P2',
      band: 'P2',
    })
    const learnt = stepsOf({ ...known, severity: 'critical', exploitability: 'conditional' })
    expect(learnt).toMatchObject({ defaulted: 'P3', band: 'P3' })
    expect(learnt).not.toHaveProperty('default')
  })

  test('move past neither end of the bands', () => {
    const worst = { exposure: 'internet', exploitability: 'active', data: 'restricted', severity: 'critical' } as const
    expect(stepsOf(worst)).toMatchObject({ cell: 'P1', step: 1, stepped: 'P1' })
    const mildest = {
      exposure: 'none',
      exploitability: 'hygiene',
      identity: 'none',
      data: 'none',
      asset: 'dev',
    } as const
    expect(stepsOf({ ...mildest, severity: 'low' })).toMatchObject({ cell: 'P4', step: -1, stepped: 'P4' })
  })

  test('give a CVE the floor of its timeline, and what nothing is known of none', () => {
    const cve = { uid: 'CVE-2024-3094' }
    expect(floorsOf({ cve })).toEqual([])
    expect(floorsOf({ cve: { ...cve, automatable: true } })).toEqual([['floor-bod-26-04', 'P3', 60]])
    expect(floorsOf({ cve: { ...cve, kev: true } })).toEqual([['floor-bod-26-04', 'P2', 14]])
    const total = { cve: { ...cve, kev: true, technicalImpact: 'total' } } as const
    expect(floorsOf({ ...total, ...vectorOf({ exposure: 'internet_restricted' }) })).toEqual([
      ['floor-bod-26-04', 'P2', 14],
    ])
    expect(floorsOf({ ...total, ...vectorOf({ exposure: 'internet' }) })).toEqual([['floor-bod-26-04', 'P1', 3]])
  })

  test('hold a severity that is unknown against no condition, and an unknown flag as no', () => {
    const overrides: Tables['overrides'] = {
      low: { ceiling: 'P4', when: [{ severity: { atMost: 'critical' } }] },
      high: { floor: 'P1', when: [{ severity: { atLeast: 'informational' } }] },
      quiet: { ceiling: 'P3', when: [{ anonymousAccess: { atMost: 'no' } }] },
    }
    const { ceilings, floors } = rawSteps(pointOf(vectorOf({ data: 'restricted' }), TABLES), { ...TABLES, overrides })
    expect([ceilings, floors].map((each) => each.map(({ id }) => id))).toEqual([['quiet'], []])
  })

  test('come to their band in the order that they state, at whatever point', () => {
    for (let index = 0; index < POINT_COUNT; index += 10_007) {
      const steps = rawSteps(pointAt(index), TABLES)
      const { cell, step, stepped, ceilings, capped, defaulted, floors, band } = steps
      expect(rank(stepped)).toBe(Math.min(Math.max(rank(cell) - step, 0), 3))
      expect(rank(capped)).toBe(Math.max(rank(stepped), ...ceilings.map((each) => rank(each.band))))
      expect(rank(defaulted)).toBe(Math.min(rank(capped), rank(steps.default ?? 'P4')))
      const floored = Math.min(rank(defaulted), ...floors.map((each) => rank(each.band)))
      expect(band).toBe(steps.onlySeverity ? steps.default : BANDS[floored])
    }
  })
})

function stepsOf(rungs: { readonly [I in Item]?: Rung<I> }): RawSteps {
  return rawSteps(pointOf(vectorOf(rungs), TABLES), TABLES)
}

function floorsOf(vector: EvidenceVector): unknown[] {
  return rawSteps(pointOf(vector, TABLES), TABLES).floors.map(({ id, band, days }) => [id, band, days])
}

function vectorOf(rungs: { readonly [I in Item]?: Rung<I> }): EvidenceVector {
  const known = ITEMS.filter((item) => rungs[item] !== undefined)
  return Object.fromEntries(
    known.map((item) => [item, { value: rungs[item], certainty: 'certain', source: 'Prowler' }]),
  ) as EvidenceVector
}

function rank(band: RawSteps['band']): number {
  return BANDS.indexOf(band)
}
