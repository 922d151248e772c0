import { describe, expect, test } from 'vitest'
import { ITEMS, LADDERS, type Evidence, type EvidenceVector, type Item } from '../evidence.ts'
import { counterfactualsOf } from './counterfactuals.ts'
import {
  FORM_POINTS,
  LADDER_POINTS,
  pointAt,
  pointOf,
  POINT_COUNT,
  RUNGS,
  type Coordinate,
  type Point,
} from './point.ts'
import { prioritise } from './prioritise.ts'
import { rawSteps } from './raw-band.ts'
import { Ruleset } from './ruleset.ts'
import { TABLES } from './tables.ts'

const ruleset = new Ruleset(TABLES)
/** Made apart from the one that explained. */
const judge = new Ruleset(TABLES)

/** Evidence that is this point, everything certain but what `possible` names. */
function vectorOf(point: Point, possible: readonly Item[] = []): EvidenceVector {
  const items = ITEMS.filter((item) => point.isKnown(item)).map((item): [Item, Evidence] => [
    item,
    {
      value: point.rung(item)!,
      certainty: possible.includes(item) ? 'possible' : 'certain',
      source: `source of ${item}`,
    },
  ])
  const cve = point.isCve ? { cve: { uid: 'CVE-2026-0001', ...answersOf(point) } } : {}
  return { ...Object.fromEntries(items), ...cve }
}

function answersOf(point: Point): object {
  return {
    ...(point.isKnown('kev') ? { kev: point.at('kev') === 1 } : {}),
    ...(point.isKnown('automatable') ? { automatable: point.at('automatable') === 1 } : {}),
    ...(point.isKnown('technicalImpact')
      ? { technicalImpact: point.at('technicalImpact') === 1 ? 'total' : 'partial' }
      : {}),
  }
}

/** The same numbers in every run. */
function* numbers(count: number, below: number): Generator<number> {
  let state = 20_261_125
  for (let made = 0; made < count; made += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield Math.floor((state / 2 ** 32) * below)
  }
}

const sample = (count: number): Point[] => [...numbers(count, POINT_COUNT)].map((index) => pointAt(index))

/** Every point of the ladders, and as many of those with flags and CVEs. */
function* points(): Generator<Point> {
  for (let index = 0; index < LADDER_POINTS; index += 1) yield pointAt(index)
  yield* sample(LADDER_POINTS)
}

describe('counterfactuals', { timeout: 120_000 }, () => {
  test('each holds when its change is made and the evidence is evaluated again', () => {
    let held = 0
    for (const point of points()) {
      const vector = vectorOf(point)
      for (const { item, from, to, band } of counterfactualsOf(vector, point, ruleset.band(point), ruleset)) {
        const changed = { ...vector, [item]: { value: to, certainty: 'certain', source: 'what if' } }
        const before = judge.band(point)
        if (vector[item]?.value !== from || judge.band(pointOf(changed, TABLES)) !== band || !(band > before))
          expect.fail(`${JSON.stringify(vector)}: ${item} ${from} to ${to} does not make ${band} of ${before}`)
        held += 1
      }
    }
    expect(held).toBeGreaterThan(100_000)
  })

  test('each is the smallest of its item, and none is left out', () => {
    for (const point of sample(10_000)) {
      const band = judge.band(point)
      const found = counterfactualsOf(vectorOf(point), point, band, ruleset)
      for (const item of ITEMS.filter((each) => each !== 'severity' && each !== 'asset')) {
        if (item === 'exploitability' && point.isCve) continue
        const safer = LADDERS[item].slice(0, Math.max(0, point.at(item)))
        const smallest = safer.findLastIndex((_rung, rung) => judge.band(point.withRung(item, rung)) > band)
        if (found.find((each) => each.item === item)?.to !== LADDERS[item][smallest])
          expect.fail(`${JSON.stringify(vectorOf(point))}: ${item} should go to ${LADDERS[item][smallest]}`)
      }
    }
  })
})

describe('what learning an unknown could make of it', { timeout: 120_000 }, () => {
  test('names every unknown ladder with the bands that its extremes give, and flags only where they matter', () => {
    for (const point of sample(2000)) {
      const { wouldChangeIf, band } = prioritise(vectorOf(point), ruleset)
      for (const coordinate of point.unknowns()) {
        const at = (rung: number) => judge.band(point.withRung(coordinate, rung))
        const [best, worst] = [at(0), at(RUNGS[coordinate].length - 1)]
        const said = wouldChangeIf.find(({ item }) => item === coordinate)
        if (best === worst && isFlag(coordinate)) expect(said).toBeUndefined()
        else expect(said).toMatchObject({ best, worst })
        expect(best >= band && band >= worst).toBe(true)
      }
    }
  })
})

describe('reasons', { timeout: 120_000 }, () => {
  test('are sentences with ids of their own, and say whose evidence they used', () => {
    for (const point of sample(2000)) {
      const vector = vectorOf(point)
      const { reasons } = prioritise(vector, ruleset)
      expect(new Set(reasons.map(({ id }) => id)).size).toBe(reasons.length)
      for (const { id, text, items } of reasons) {
        expect(text).toMatch(/^[A-Z].*[^.]\.$/)
        expect(text).not.toMatch(/undefined|\s\s|\. /)
        if (id.startsWith('hold')) continue
        expect(items.every((item) => vector[item] !== undefined)).toBe(true)
        for (const item of items)
          if (id.includes('.') && item !== 'severity') expect(text).toContain(`source of ${item}`)
      }
    }
  })

  test('a floor or ceiling that stands first decided: without those the tables say something else', () => {
    const decided = new Set<string>()
    for (const point of sample(10_000)) {
      const { reasons } = prioritise(vectorOf(point), ruleset)
      const first = reasons.findIndex(({ id }) => !(id in TABLES.overrides))
      const ids = reasons.slice(0, first).map(({ id }) => id)
      if (ids.length === 0 || ids.length === reasons.length) continue
      for (const id of ids) decided.add(id)
      const overrides = Object.fromEntries(Object.entries(TABLES.overrides).filter(([id]) => !ids.includes(id)))
      if (reasons.some(({ id }) => id === 'floor-bod-26-04')) continue
      if (rawSteps(point, { ...TABLES, overrides }).band === ruleset.steps(point).band)
        expect.fail(`${JSON.stringify(vectorOf(point))}: ${ids.join()} did not decide`)
    }
    expect([...decided].toSorted()).toEqual(Object.keys(TABLES.overrides).toSorted())
  })
})

describe('a priority', { timeout: 120_000 }, () => {
  test('takes at most 40 look-ups of a band', () => {
    let most = 0
    for (const point of sample(10_000)) most = Math.max(most, lookupsOf(vectorOf(point)))
    for (const point of longest()) most = Math.max(most, lookupsOf(vectorOf(point)))
    console.log(`look-ups of a band for one finding: ${most} at most`)
    expect(most).toBeLessThanOrEqual(40)
    expect(most).toBeGreaterThan(20)
  })

  test('is the same for the same evidence, whatever was asked before', () => {
    for (const point of sample(1000)) {
      const vector = vectorOf(point, ['exposure', 'data', 'liveSecret'])
      expect(prioritise(vector, judge)).toEqual(prioritise(vector, ruleset))
    }
  })

  test('lies inside its range, and a certain value inside that of a possible one', () => {
    for (const point of sample(4000)) {
      const { band, range } = prioritise(vectorOf(point), ruleset)
      expect(range[0] >= band && band >= range[1]).toBe(true)
      const wider = prioritise(vectorOf(point, ['exposure', 'exploitability', 'identity']), ruleset).range
      expect(wider[0] >= range[0] && wider[1] <= range[1]).toBe(true)
    }
  })
})

/** All at its worst under every set of unknowns, as no CVE, as one and as one of which nothing is known: the longest ways down. */
function* longest(): Generator<Point> {
  for (const start of [0, FORM_POINTS, POINT_COUNT - 1]) {
    const worst = ITEMS.reduce((point, item) => point.withRung(item, LADDERS[item].length - 1), pointAt(start))
    for (let set = 0; set < 2 ** ITEMS.length; set += 1)
      yield ITEMS.reduce((point, item, bit) => ((set & (1 << bit)) > 0 ? point.withRung(item, -1) : point), worst)
  }
}

function lookupsOf(vector: EvidenceVector): number {
  const before = ruleset.lookups
  prioritise(vector, ruleset)
  return ruleset.lookups - before
}

function isFlag(coordinate: Coordinate): boolean {
  return coordinate === 'anonymousAccess' || coordinate === 'liveSecret'
}
