import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ITEMS, LADDERS, type Evidence, type EvidenceVector, type Item, type Rung } from '../evidence.ts'
import { COORDINATES, FORM_POINTS, POINT_COUNT, pointAt, pointOf, RUNGS, UNKNOWN } from './point.ts'
import { Ruleset } from './ruleset.ts'
import { TABLES } from './tables.ts'

const ruleset = new Ruleset(TABLES)

describe('evidence that is certain', () => {
  test('stands as it is, the safest too', () => {
    const point = pointOf({ exposure: certain('none'), data: certain('restricted') }, TABLES)
    expect(point.rung('exposure')).toBe('none')
    expect(point.rung('data')).toBe('restricted')
    expect(point.at('data')).toBe(3)
    expect(point.unknowns()).toEqual([
      'exploitability',
      'identity',
      'path',
      'asset',
      'severity',
      'anonymousAccess',
      'liveSecret',
    ])
  })
})

describe('evidence that is possible', () => {
  test('stands where it is worse than what unknown counts as, and its range begins at the safest', () => {
    const point = pointOf({ exposure: possible('internet') }, TABLES)
    expect(point.rung('exposure')).toBe('internet')
    expect(point.isPossible('exposure')).toBe(true)
    expect(point.safest().rung('exposure')).toBe('none')
    expect(point.worst().rung('exposure')).toBe('internet')
  })

  test('is unknown where it is no worse than that, "none" always', () => {
    for (const value of ['none', 'internal', 'cross_boundary'] as const)
      expect(pointOf({ exposure: possible(value) }, TABLES).at('exposure')).toBe(UNKNOWN)
    expect(pointOf({ anonymousAccess: possible('no') }, TABLES).at('anonymousAccess')).toBe(UNKNOWN)
    expect(pointOf({ anonymousAccess: possible('read') }, TABLES).rung('anonymousAccess')).toBe('read')
    const strict = { ...TABLES, unknown: { ...TABLES.unknown, exposure: 'internet' } } as const
    expect(pointOf({ exposure: possible('internet') }, strict).at('exposure')).toBe(UNKNOWN)
  })

  test('of a severity is what the source says all the same', () => {
    const point = pointOf({ severity: possible('low') }, TABLES)
    expect(point.rung('severity')).toBe('low')
    expect(point.safest().rung('severity')).toBe('low')
  })

  test('that proves right, or to be safer, only shrinks the range', () => {
    fc.assert(
      fc.property(anyVector, fc.constantFrom(...ITEMS), fc.nat(), (vector, item, pick) => {
        const before = vector[item]
        if (before === undefined || before.certainty === 'certain' || item === 'severity') return
        const point = pointOf(vector, TABLES)
        const rungs: readonly string[] = LADDERS[item]
        const highest = point.isKnown(item) ? rungs.indexOf(before.value) : rungs.length - 1
        const value = rungs[pick % (highest + 1)]
        const proved = pointOf({ ...vector, [item]: { ...before, value, certainty: 'certain' } }, TABLES)
        expect(ruleset.band(proved.safest()) <= ruleset.band(point.safest())).toBe(true)
        expect(ruleset.band(proved.worst()) >= ruleset.band(point.worst())).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a point', () => {
  test('of a CVE has its three answers, and any other has no such coordinates', () => {
    const cve = pointOf({ cve: { uid: 'CVE-2024-3094', kev: true, technicalImpact: 'total' } }, TABLES)
    expect([cve.at('kev'), cve.at('automatable'), cve.at('technicalImpact')]).toEqual([1, UNKNOWN, 1])
    expect(cve.unknowns()).toEqual([...ITEMS, 'automatable'])
    const other = pointOf({}, TABLES)
    expect([other.isCve, other.has('kev'), other.at('kev')]).toEqual([false, false, UNKNOWN])
    expect(other.unknowns()).toEqual([...ITEMS])
    expect(() => other.withRung('kev', 1)).toThrow(RangeError)
  })

  test('says with one thing changed what it says of all others, and nothing is possible about the changed one', () => {
    const any = fc.record({ index: fc.integer({ min: 0, max: POINT_COUNT - 1 }), pick: fc.nat(), rung: fc.nat() })
    fc.assert(
      fc.property(any, ({ index, pick, rung }) => {
        const point = pointAt(index)
        const coordinates = COORDINATES.filter((each) => point.has(each))
        const changed = coordinates[pick % coordinates.length]!
        const to = (rung % (RUNGS[changed].length + 1)) - 1
        const after = point.withRung(changed, to)
        expect(after.at(changed)).toBe(to)
        for (const each of coordinates) if (each !== changed) expect(after.at(each)).toBe(point.at(each))
        expect(after.withRung(changed, point.at(changed)).index).toBe(index)
      }),
    )
    const open = pointOf({ exposure: possible('internet'), identity: possible('admin') }, TABLES)
    const proved = open.withRung('exposure', 4)
    expect([proved.isPossible('exposure'), proved.isPossible('identity')]).toEqual([false, true])
    expect(open.isPossible('exposure')).toBe(true)
  })

  test('has no rung beyond its ladder', () => {
    for (const rung of [6, -2, 1.5, Number.NaN]) expect(() => pointAt(0).withRung('exposure', rung)).toThrow(RangeError)
  })

  test('is another for every index', () => {
    const all = new Set<string>()
    for (let index = 0; index < POINT_COUNT; index += 50_021)
      all.add(COORDINATES.map((each) => pointAt(index).at(each)).join() + pointAt(index).isCve)
    expect(all.size).toBe(Math.ceil(POINT_COUNT / 50_021))
    expect(pointAt(POINT_COUNT - 1).unknowns()).toEqual([...COORDINATES])
    expect(pointAt(FORM_POINTS - 1).unknowns()).toEqual([...ITEMS])
  })
})

const anyVector: fc.Arbitrary<EvidenceVector> = fc.record(
  Object.fromEntries(ITEMS.map((item) => [item, anyEvidence(item)])),
  { requiredKeys: [] },
) as fc.Arbitrary<EvidenceVector>

function anyEvidence(item: Item): fc.Arbitrary<Evidence> {
  const certainty = fc.constantFrom('certain', 'possible')
  return fc.record({ value: fc.constantFrom(...LADDERS[item]), certainty, source: fc.constant('Prowler') })
}

function certain<R extends Rung>(value: R): { value: R; certainty: 'certain'; source: string } {
  return { value, certainty: 'certain', source: 'Prowler' }
}

function possible<R extends Rung>(value: R): { value: R; certainty: 'possible'; source: string } {
  return { value, certainty: 'possible', source: 'Prowler' }
}
