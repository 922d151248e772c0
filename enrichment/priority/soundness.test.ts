import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PriorityConfig } from './config.ts'
import { UNKNOWN, pointAt, POINT_COUNT, RUNGS, type Point } from './point.ts'
import { BANDS } from '../../schemas/records.ts'
import { Ruleset } from './ruleset.ts'
import { mutations } from './sample-configurations.ts'
import { factsAt, offenceAt, plainly, plainMistake, withFact, WORDS, type Facts } from './sample-tables.ts'
import { rulesetOf, tablesOf } from './settle.ts'
import { culpritOf } from './soundness-culprit.ts'
import { unsoundness, type Unsound } from './soundness.ts'
import { TABLES, type Tables } from './tables.ts'

const SEED = 20_261_125
const COUNTED = ['exposure', 'exploitability', 'identity', 'data', 'path', 'asset'] as const
const judged = mutations(SEED, 17).map((mutation) => {
  const tables = tablesOf(mutation.config)
  return { ...mutation, tables, unsound: unsoundness(tables) }
})
const refused = judged.filter(({ unsound }) => unsound !== undefined)
const accepted = judged.filter(({ unsound }) => unsound === undefined)

test('the shipped tables are sound, and stay so when the configuration repeats them', () => {
  expect(unsoundness(TABLES)).toBeUndefined()
  expect(
    unsoundness(tablesOf({ bands: TABLES.bands, unknown: TABLES.unknown, dueDays: TABLES.dueDays })),
  ).toBeUndefined()
})

test('of the generated configurations at least 100 are wrong and 100 are right, each of many kinds', () => {
  expect(refused.length).toBeGreaterThanOrEqual(100)
  expect(accepted.length).toBeGreaterThanOrEqual(100)
  const kinds = (of: typeof judged): number => new Set(of.map(({ kind }) => kind)).size
  expect(kinds(refused)).toBeGreaterThanOrEqual(14)
  expect(kinds(accepted)).toBeGreaterThanOrEqual(18)
})

describe('what is refused is wrong, as an evaluation that shares no code with ours finds', () => {
  test.each(refused)('$kind: $config', ({ tables, unsound, config }) => {
    expect(counterExample(unsound!, tables)).toBe('true')
    expect(culpritOf(config, unsound!).path).not.toEqual([])
    expect(unsound!.holdsUnder(TABLES)).toBe(false)
  })
})

describe('what is accepted is right', () => {
  const sample = samplePoints(300)

  test.each(accepted)('$kind: $config', ({ tables }) => {
    const bandOf = plainly(tables)
    expect(plainMistake(tables)).toBeUndefined()
    for (const point of sample) {
      const facts = factsAt(point)
      expect(offenceAt(knownOf(facts), bandOf)).toBeUndefined()
    }
    expect(heldOffence(sample.slice(0, 20), new Ruleset(tables))).toBeUndefined()
  })
})

test('it takes a part of a second', () => {
  const times = accepted.slice(0, 20).map(({ tables }) => {
    const start = performance.now()
    unsoundness(tables)
    return performance.now() - start
  })
  expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(1000)
})

describe('an unknown must not count as safe', () => {
  test.each(COUNTED)('the safest rung of %s', (item) => {
    const tables = tablesOf({ unknown: { [item]: WORDS[item][0] } })
    const unsound = unsoundness(tables)
    expect(unsound).toMatchObject({ rule: 'unknown-safe', coordinate: item })
    expect(counterExample(unsound!, tables)).toBe('true')
    expect(unsound!.message).toMatch(
      new RegExp(`^with ${item} unknown it is P\\d, as if ${item}=\\w+ were proved, although `),
    )
  })

  test.each([
    ['a rung that amounts to nothing', { unknown: { asset: 'dev' } }],
    ['a rung that is made to amount to nothing', { consequence: { identity: { scoped: 1 } } }],
    ['the default of an unknown severity', { severityDefault: { unknown: 'P4' } }],
    ['a default below what a proof would give', { severityDefault: { critical: 'P3' } }],
  ] as const)('%s', (_what, config) => {
    const tables = tablesOf(config)
    const unsound = unsoundness(tables)
    expect(unsound?.rule).toBe('unknown-safe')
    expect(counterExample(unsound!, tables)).toBe('true')
  })

  test('but may count as a rung that is raised as a whole with those below it', () => {
    expect(unsoundness(tablesOf({ consequence: { asset: { sandbox: 2, dev: 2 } } }))).toBeUndefined()
    expect(unsoundness(tablesOf({ overrides: { 'ceiling-closed': 'off' } }))).toBeUndefined()
  })
})

test('a step that only the ceiling kept in order is told when the ceiling is turned off', () => {
  const config = { overrides: { 'ceiling-informational': 'off' } } as const
  const unsound = unsoundness(tablesOf(config))
  expect(unsound?.message).toBe(
    'severity=informational gives P3, the worse low only P4 (exposure=none, exploitability=hygiene, identity=none, data=none, path=none, asset=crown_jewel)',
  )
  expect(unsoundness(tablesOf({ ...config, severityStep: { informational: -1 } }))).toBeUndefined()
})

test('an override that asks for flags is looked at with the flags raised', () => {
  const overrides: PriorityConfig['overrides'] = {
    'ceiling-of-ours': { ceiling: 'P3', when: [{ liveSecret: { atLeast: 'yes' } }] },
  }
  expect(unsoundness(tablesOf({ overrides }))).toMatchObject({
    rule: 'monotone',
    coordinate: 'liveSecret',
  })
})

describe('the part of the configuration that is to blame', () => {
  test.each([
    [
      'the one cell among others',
      { likelihood: { internet: { conditional: 1, easy: 4 } }, dueDays: { P1: 2 } },
      'likelihood.internet.conditional 3',
    ],
    [
      'an override as a whole',
      { overrides: { ours: { floor: 'P1', when: [{ path: { atMost: 'long' } }] } } },
      'overrides.ours undefined',
    ],
    [
      'the section, where no single key would do',
      { likelihood: { none: { easy: 4, active: 4, conditional: 4 } } },
      'likelihood.none undefined',
    ],
    [
      'what was turned off',
      { weights: { path: 0 }, overrides: { 'ceiling-informational': 'off' } },
      'overrides.ceiling-informational undefined',
    ],
    ['the due days of one band', { dueDays: { P2: 40, P1: 1 } }, 'dueDays.P2 7'],
    [
      'all weights',
      Object.assign({}, { weights: Object.fromEntries(Object.keys(TABLES.weights).map((item) => [item, 0])) }),
      'weights.exposure 20',
    ],
  ])('%s', (_what, config, expected) => {
    const parts = config as Parameters<typeof tablesOf>[0]
    const { path, shipped } = culpritOf(parts, unsoundness(tablesOf(parts))!)
    expect(`${path.join('.')} ${shipped}`).toBe(expected)
  })
})

test('a ruleset is called default as long as nothing is replaced', () => {
  expect(rulesetOf({}).id).toEqual(new Ruleset(TABLES).id)
  expect(rulesetOf({ dueDays: { P1: 3 }, overrides: {} }).id).toEqual(new Ruleset(TABLES).id)
  expect(rulesetOf({ dueDays: { P1: 2 } }).id.name).toBe('configured')
  expect(rulesetOf({ dueDays: { P1: 2 } }).id.hash).not.toBe(rulesetOf({}).id.hash)
})

test('what a configuration names is replaced, and nothing else', () => {
  const tables = tablesOf({
    likelihood: { internet: { conditional: 4 } },
    overrides: { 'ceiling-closed': 'off', ours: { floor: 'P3', when: [{ asset: { atLeast: 'prod' } }] } },
    bod: { 14: 'P1' },
  })
  expect(tables.likelihood).toEqual({
    ...TABLES.likelihood,
    internet: { ...TABLES.likelihood.internet, conditional: 4 },
  })
  expect(Object.keys(tables.overrides)).toEqual([
    ...Object.keys(TABLES.overrides).filter((name) => name !== 'ceiling-closed'),
    'ours',
  ])
  expect({ ...tables, likelihood: 0, overrides: 0 }).toEqual({
    ...TABLES,
    likelihood: 0,
    overrides: 0,
    bod: { ...TABLES.bod, 14: 'P1' },
  })
})

/** `true` where the plain evaluation agrees that this is an offence, otherwise what it finds instead. */
function counterExample(unsound: Unsound, tables: Tables): string {
  const { coordinate, better, worse, unknown } = unsound
  if (unsound.rule === 'weights' || unsound.rule === 'order')
    return plainMistake(tables) === undefined ? 'in order' : 'true'
  for (const { point, band } of [better, worse, unknown].filter((each) => each !== undefined)) {
    const plain = plainly(tables)(factsAt(point))
    if (`P${plain}` !== band) return `${JSON.stringify(factsAt(point))} is P${plain}, not ${band}`
  }
  if (coordinate === undefined || better === undefined) return 'no points'
  const safer = factsAt(better.point)
  const words = WORDS[coordinate]
  if (unknown === undefined) {
    const next = words[words.indexOf(safer[coordinate] ?? '') + 1]
    expect(factsAt(worse!.point)).toEqual(withFact(safer, coordinate, next))
    return String(worse!.band > better.band)
  }
  expect(factsAt(unknown.point)).toEqual(withFact(safer, coordinate, undefined))
  expect(safer[coordinate]).toBe(words[0])
  if (unknown.band > better.band) return 'true'
  expect(factsAt(worse!.point)).toEqual(withFact(safer, coordinate, words.at(-1)))
  return String(unknown.band === better.band && worse!.band < better.band)
}

/** Where the held bands are not what they promise: monotone, and unknown between the safest and the worst. */
function heldOffence(points: readonly Point[], ruleset: Ruleset): string | undefined {
  const number = (point: Point): number => BANDS.indexOf(ruleset.band(point))
  for (const point of points) {
    const here = number(point)
    for (const each of coordinatesAt(point)) {
      const rung = point.at(each)
      const ends = [0, RUNGS[each].length - 1].map((end) => number(point.withRung(each, end)))
      const good =
        rung === UNKNOWN
          ? ends[1]! <= here && here <= ends[0]!
          : rung === RUNGS[each].length - 1 || number(point.withRung(each, rung + 1)) <= here
      if (!good) return `${each} at ${JSON.stringify(factsAt(point))}`
    }
  }
  return undefined
}

function coordinatesAt(point: Point): readonly (keyof typeof RUNGS)[] {
  return (Object.keys(RUNGS) as (keyof typeof RUNGS)[]).filter((each) => point.has(each))
}

/** With all that is unknown at its safest. */
function knownOf(facts: Facts): Facts {
  return (Object.keys(WORDS) as (keyof typeof WORDS)[])
    .filter(
      (each) => facts[each] === undefined && (facts.isCve || !['kev', 'automatable', 'technicalImpact'].includes(each)),
    )
    .reduce((known, each) => withFact(known, each, WORDS[each][0]), facts)
}

function samplePoints(count: number): readonly Point[] {
  return fc.sample(fc.integer({ min: 0, max: POINT_COUNT - 1 }), { seed: SEED, numRuns: count }).map(pointAt)
}
