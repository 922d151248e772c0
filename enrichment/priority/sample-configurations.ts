import fc from 'fast-check'
import { LADDERS, type Item } from '../evidence.ts'
import type { PriorityConfig } from './config.ts'
import { TABLES, type Level } from './tables.ts'

/** A change of one kind to the shipped tables. */
export interface Mutation {
  readonly kind: string
  readonly config: PriorityConfig
}

type Overrides = NonNullable<PriorityConfig['overrides']>
type Cells = Record<string, Record<string, number>>

const BANDS = ['P1', 'P2', 'P3', 'P4'] as const
const LEVELS = ['1', '2', '3', '4'] as const
const LEVELLED = ['identity', 'data', 'asset'] as const
const COUNTED = ['exposure', 'exploitability', 'identity', 'data', 'path', 'asset'] as const
const rowsOfLikelihood = LADDERS.exposure.map((exposure) =>
  LADDERS.exploitability.map((each) => TABLES.likelihood[exposure][each]),
)
const rowsOfBands = LEVELS.map((likelihood) =>
  LEVELS.map((level) => BANDS.indexOf(TABLES.bands[Number(likelihood) as Level][Number(level) as Level])),
)

/** Changes that could be wrong or right: one cell, one step, one default, whichever way. */
const cell = fc
  .tuple(fc.nat(LADDERS.exposure.length - 1), fc.nat(LADDERS.exploitability.length - 1), fc.integer({ min: 1, max: 4 }))
  .map(([row, column, level]) => likelihoodOf([[row, column, level]]))
const bandCell = fc
  .tuple(fc.constantFrom(...LEVELS), fc.constantFrom(...LEVELS), fc.constantFrom(...BANDS))
  .map(([likelihood, level, band]): PriorityConfig => ({ bands: { [likelihood]: { [level]: band } } }))
const severityStep = fc
  .tuple(fc.constantFrom(...LADDERS.severity), fc.constantFrom(-1, 0, 1))
  .map(([severity, step]): PriorityConfig => ({ severityStep: { [severity]: step } }))
const severityDefault = fc
  .tuple(fc.constantFrom(...LADDERS.severity, 'unknown'), fc.constantFrom(...BANDS))
  .map(([severity, band]): PriorityConfig => ({ severityDefault: { [severity]: band } }))
const bod = fc
  .tuple(fc.constantFrom('3', '14', '60'), fc.constantFrom(...BANDS))
  .map(([days, band]): PriorityConfig => ({ bod: { [days]: band } }))
const unknown = fc
  .constantFrom(...COUNTED)
  .chain((item) => fc.constantFrom(...LADDERS[item]).map((rung): PriorityConfig => ({ unknown: { [item]: rung } })))
const level = fc
  .constantFrom(...LEVELLED)
  .chain((item) => fc.tuple(fc.constant(item), fc.constantFrom(...LADDERS[item]), fc.integer({ min: 1, max: 4 })))
  .map(([item, rung, value]): PriorityConfig => ({ consequence: { [item]: { [rung]: value } } }))

const swapped = fc
  .constantFrom(...LEVELLED)
  .chain((item) => fc.tuple(fc.constant(item), fc.subarray([...LADDERS[item]], { minLength: 2, maxLength: 2 })))
  .map(([item, [one = '', other = '']]): PriorityConfig => {
    const levels = TABLES.consequence[item] as Readonly<Record<string, Level>>
    return { consequence: { [item]: { [one]: levels[other], [other]: levels[one] } } }
  })

/** Of cells that were raised or lowered one at a time, those that keep every row and column in order. */
const orderedCells = fc
  .tuple(fc.nat(LADDERS.exposure.length - 1), fc.nat(LADDERS.exploitability.length - 1), fc.constantFrom(-1, 1))
  .map(([row, column, by]) => likelihoodOf(inOrder(rowsOfLikelihood, [row, column], by, [1, 4])))
const orderedBands = fc.tuple(fc.nat(3), fc.nat(3), fc.constantFrom(-1, 1)).map(([row, column, by]): PriorityConfig => {
  const urgency = rowsOfBands.map((numbers) => numbers.map((number) => 3 - number))
  const changed: Record<string, Record<string, string>> = {}
  for (const [at, to, value] of inOrder(urgency, [row, column], by, [0, 3]))
    (changed[LEVELS[at]!] ??= {})[LEVELS[to]!] = BANDS[3 - value]!
  return { bands: changed }
})
const orderedLevels = fc
  .constantFrom(...LEVELLED)
  .chain((item) => fc.tuple(fc.constant(item), fc.nat(LADDERS[item].length - 1), fc.constantFrom(-1, 1)))
  .map(([item, at, by]): PriorityConfig => {
    const levels = LADDERS[item].map((rung) => (TABLES.consequence[item] as Readonly<Record<string, Level>>)[rung]!)
    const changed = inOrder([levels], [0, at], by, [1, 4]).map(([, column, value]) => [LADDERS[item][column], value])
    return { consequence: { [item]: Object.fromEntries(changed) as Record<string, Level> } }
  })

const sections = fc.oneof(orderedCells, orderedBands, orderedLevels)
const bound = (way: 'atLeast' | 'atMost', items: readonly Item[]): fc.Arbitrary<object> =>
  fc.subarray([...items], { minLength: 1, maxLength: 3 }).chain((chosen) =>
    fc.record(
      Object.fromEntries(
        chosen.map((item) => {
          const rungs = way === 'atLeast' ? LADDERS[item].slice(1) : LADDERS[item].slice(0, -1)
          return [item, fc.constantFrom(...rungs).map((rung) => ({ [way]: rung }))]
        }),
      ),
    ),
  )
const ITEMS = Object.keys(LADDERS) as Item[]
const override = (kind: 'floor' | 'ceiling', way: 'atLeast' | 'atMost'): fc.Arbitrary<PriorityConfig> =>
  fc
    .tuple(fc.constantFrom(...BANDS), fc.array(bound(way, ITEMS), { minLength: 1, maxLength: 2 }))
    .map(([band, when]) => ({ overrides: { [`${kind}-of-ours`]: { [kind]: band, when } } as unknown as Overrides }))
const off = fc
  .tuple(fc.boolean(), fc.subarray(Object.keys(TABLES.overrides), { minLength: 1, maxLength: 3 }))
  .map(([stepless, names]): PriorityConfig => {
    const all = stepless ? [...names, 'ceiling-informational'] : names
    return { overrides: Object.fromEntries(all.map((name) => [name, 'off' as const])) }
  })
const due = fc
  .array(fc.integer({ min: 1, max: 200 }), { minLength: 4, maxLength: 4 })
  .map((days) => ({ dueDays: Object.fromEntries(BANDS.map((band, at) => [band, days[at]!])) }))
const dueInOrder = due.map(({ dueDays }) => {
  const days = Object.values(dueDays).toSorted((a, b) => a - b)
  return { dueDays: Object.fromEntries(BANDS.map((band, at) => [band, days[at]!])) }
})
const weight = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }))
const weights = fc.record(Object.fromEntries(Object.keys(TABLES.weights).map((item) => [item, weight])))
const quiet = fc.record({
  profile: fc.constantFrom('context', 'bod'),
  epssEasy: fc.double({ min: 0, max: 1, noNaN: true }),
})

const KINDS: Readonly<Record<string, fc.Arbitrary<PriorityConfig>>> = {
  'one cell of the likelihood': cell,
  'cells of the likelihood in order': orderedCells,
  'one consequence': level,
  'consequences swapped': swapped,
  'consequences in order': orderedLevels,
  'one band': bandCell,
  'bands in order': orderedBands,
  'what unknown counts as': unknown,
  'a step of severity': severityStep,
  'a default of severity': severityDefault,
  'a floor for what is bad': override('floor', 'atLeast'),
  'a floor for what is good': override('floor', 'atMost'),
  'a ceiling for what is good': override('ceiling', 'atMost'),
  'a ceiling for what is bad': override('ceiling', 'atLeast'),
  'overrides turned off': off,
  'a timeline of BOD 26-04': bod,
  'due days': due,
  'due days in order': dueInOrder,
  weights: fc
    .oneof(weights, fc.constant(Object.fromEntries(Object.keys(TABLES.weights).map((item) => [item, 0]))))
    .map((each) => ({ weights: each })),
  'profile and EPSS': quiet,
  'several at once': fc
    .tuple(sections, override('ceiling', 'atMost'), dueInOrder, quiet)
    .map((parts) => Object.assign({}, ...parts) as PriorityConfig),
}

/** So many mutations of each kind, without those that came before; the same ones for the same seed. */
export function mutations(seed: number, ofEachKind: number): readonly Mutation[] {
  const all = Object.entries(KINDS).flatMap(([kind, arbitrary]) =>
    fc.sample(arbitrary, { seed, numRuns: ofEachKind }).map((config) => ({ kind, config })),
  )
  return [...new Map(all.map((each) => [JSON.stringify(each.config), each])).values()]
}

function likelihoodOf(cells: readonly (readonly [row: number, column: number, level: number])[]): PriorityConfig {
  const likelihood: Cells = {}
  for (const [row, column, value] of cells)
    (likelihood[LADDERS.exposure[row]!] ??= {})[LADDERS.exploitability[column]!] = value
  return { likelihood }
}

/** A cell moved by one, with all that must move with it for rows and columns to stay in order: what differs, by row and column. */
function inOrder(
  rows: readonly (readonly number[])[],
  [row, column]: readonly [number, number],
  by: number,
  [least, most]: readonly [number, number],
): [number, number, number][] {
  const moved = Math.min(most, Math.max(least, rows[row]![column]! + by))
  return rows.flatMap((numbers, at) =>
    numbers.flatMap((number, to): [number, number, number][] => {
      const follows = by > 0 ? at >= row && to >= column : at <= row && to <= column
      const value = by > 0 ? Math.max(number, moved) : Math.min(number, moved)
      return follows && value !== number ? [[at, to, value]] : []
    }),
  )
}
