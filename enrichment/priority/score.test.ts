import { describe, expect, test } from 'vitest'
import { COORDINATES, LADDER_POINTS, pointAt, pointOf, RUNGS, UNKNOWN } from './point.ts'
import { BANDS } from '../../schemas/records.ts'
import { scoreOf } from './score.ts'
import { TABLES } from './tables.ts'

const QUARTERS = { P1: [75, 100], P2: [50, 74], P3: [25, 49], P4: [0, 24] } as const
const safest = pointAt(0)
const worst = COORDINATES.filter((each) => safest.has(each)).reduce(
  (point, each) => point.withRung(each, RUNGS[each].length - 1),
  safest,
)

describe('a score', () => {
  test('fills the quarter of its band, from the safest point to the worst', () => {
    for (const band of BANDS)
      expect([scoreOf(safest, band, TABLES), scoreOf(worst, band, TABLES)]).toEqual(QUARTERS[band])
  })

  test('is a whole number in the quarter of its band at whatever point, and never falls as a ladder rises', () => {
    for (let index = 0; index < LADDER_POINTS; index += 101) {
      const point = pointAt(index)
      for (const band of BANDS) {
        const score = scoreOf(point, band, TABLES)
        const [least, most] = QUARTERS[band]
        expect(Number.isInteger(score) && score >= least && score <= most).toBe(true)
        for (const each of COORDINATES) {
          const rung = point.at(each)
          if (!point.has(each) || rung === UNKNOWN || rung === RUNGS[each].length - 1) continue
          expect(scoreOf(point.withRung(each, rung + 1), band, TABLES)).toBeGreaterThanOrEqual(score)
        }
      }
    }
  })

  test('counts an unknown ladder as the tables do, and an unknown severity as medium', () => {
    const nothing = pointOf({}, TABLES)
    let known = nothing
    for (const [item, rung] of Object.entries({ ...TABLES.unknown, severity: 'medium' })) {
      const coordinate = item as keyof typeof TABLES.unknown
      known = known.withRung(coordinate, RUNGS[coordinate].indexOf(rung))
    }
    expect(scoreOf(nothing, 'P3', TABLES)).toBe(scoreOf(known, 'P3', TABLES))
    expect(scoreOf(nothing, 'P3', TABLES)).toBeGreaterThan(25)
  })

  test('follows the weights, and is the least of the quarter where none counts', () => {
    const none = { exposure: 0, exploitability: 0, severity: 0, identity: 0, data: 0, path: 0, asset: 0 }
    const exposed = safest.withRung('exposure', 5)
    expect(scoreOf(exposed, 'P2', { ...TABLES, weights: { ...none, exposure: 1 } })).toBe(74)
    expect(scoreOf(exposed, 'P2', { ...TABLES, weights: { ...none, data: 1 } })).toBe(50)
    expect(scoreOf(exposed, 'P2', { ...TABLES, weights: none })).toBe(50)
  })
})
