import { ITEMS, LADDERS, type Item } from '../evidence.ts'
import { countedRung, COUNTED_ITEMS, pointAt, UNKNOWN, type Point } from './point.ts'
import type { KnownBands } from './soundness-scan.ts'
import { bandOf, combination, evaluated, isMoreUrgent, valueAt, type Unsound } from './soundness-words.ts'
import type { CountedItem, Level, Tables } from './tables.ts'

const BESIDE_SEVERITY = ITEMS.filter((item) => item !== 'severity')

/** Where monotone tables count what is unknown as if it were proved to be safe, or as less than that. */
export function safeUnknown(known: KnownBands, tables: Tables): Unsound | undefined {
  for (const item of COUNTED_ITEMS) {
    const found = countsAsSafe(item, tables) ? asIfProved(item, known, tables) : undefined
    if (found !== undefined) return found
  }
  return unknownSeverity(known, tables) ?? unknownDefault(tables) ?? lowDefault(tables)
}

/** The point at which nothing but the severity is known, or not even that. */
export function onlySeverity(rung: number): Point {
  return BESIDE_SEVERITY.reduce((point, each) => point.withRung(each, UNKNOWN), pointAt(0)).withRung('severity', rung)
}

/** A point at which the unknown makes no difference to the safest, although the worst does. */
function asIfProved(item: CountedItem, known: KnownBands, tables: Tables): Unsound | undefined {
  const index = known.unknownAsSafe(item)
  if (index === undefined) return undefined
  const counted = countedRung(item, tables)
  const more = counted === 0 ? '' : `let ${item} ${LADDERS[item][counted]} count more than 1, or `
  return treatedAsSafe(item, pointAt(index), tables, {
    remedy: `${more}let unknown.${item} be a worse rung`,
    holdsUnder: (other) => countsAsSafe(item, other),
  })
}

/** By the tables alone: it counts as the safest rung, or as 1 everywhere, and no override tells the difference. */
function countsAsSafe(item: CountedItem, tables: Tables): boolean {
  const counted = countedRung(item, tables)
  if (counted === 0) return true
  const levels = levelsOf(item, counted, tables)
  return levels.length > 0 && levels.every((level) => level === 1) && !isToldApart(item, counted, tables)
}

/** What a rung amounts to: every cell of its row or column, or its consequence; paths amount to nothing by themselves. */
function levelsOf(item: CountedItem, rung: number, { likelihood, consequence }: Tables): readonly Level[] {
  const rows = LADDERS.exposure.map((exposure) => LADDERS.exploitability.map((each) => likelihood[exposure][each]))
  if (item === 'exposure') return rows[rung]!
  if (item === 'exploitability') return rows.map((row) => row[rung]!)
  if (item === 'path') return []
  return [Object.entries<Level>(consequence[item]).find(([name]) => name === LADDERS[item][rung])![1]]
}

function isToldApart(item: Item, rung: number, { overrides }: Tables): boolean {
  const rungs: readonly string[] = LADDERS[item]
  return Object.values(overrides).some(({ when }) =>
    when.some(({ [item]: bound }) => {
      if (bound === undefined) return false
      if ('atLeast' in bound) return rungs.indexOf(bound.atLeast) > 0 && rungs.indexOf(bound.atLeast) <= rung
      return rungs.indexOf(bound.atMost) < rung
    }),
  )
}

/** An unknown severity steps nothing and meets no condition, which may be less than informational does. */
function unknownSeverity(known: KnownBands, tables: Tables): Unsound | undefined {
  const index = known.unknownSeverity()
  if (index === undefined) return undefined
  const remedy = 'an unknown severity steps nothing and meets no condition: let informational add nothing to that'
  return lessThanProved('severity', pointAt(index), tables, remedy)
}

function unknownDefault(tables: Tables): Unsound | undefined {
  const point = onlySeverity(UNKNOWN)
  const { unknown, informational, critical } = tables.severityDefault
  if (isMoreUrgent(informational, unknown))
    return lessThanProved('severity', point, tables, `let severityDefault.unknown be at least ${informational}`)
  const asSafe = (other: Tables): boolean => other.severityDefault.unknown === 'P4'
  if (!asSafe(tables) || critical === 'P4') return undefined
  return treatedAsSafe('severity', point.withRung('severity', 0), tables, {
    remedy: 'let severityDefault.unknown be at least P3',
    holdsUnder: asSafe,
  })
}

/** While nothing but the severity is known its default is the result, which proving something safe must not raise. */
function lowDefault(tables: Tables): Unsound | undefined {
  for (const severity of [UNKNOWN, ...LADDERS.severity.keys()]) {
    const point = onlySeverity(severity)
    const least = COUNTED_ITEMS.map((item) => ({ item, ...evaluated(point.withRung(item, 0), tables) }))
    const [first] = least.toSorted((a, b) => Number(a.band > b.band) - Number(a.band < b.band))
    if (first === undefined || !isMoreUrgent(first.band, bandOf(point, tables))) continue
    const name = LADDERS.severity[severity] ?? 'unknown'
    return lessThanProved(first.item, point, tables, `let severityDefault.${name} be at least ${first.band}`)
  }
  return undefined
}

/** `safest` is where it is proved; the tables give the same where nothing is known of it, and more at its worst. */
function treatedAsSafe(
  item: Item,
  safest: Point,
  tables: Tables,
  rest: Pick<Unsound, 'remedy' | 'holdsUnder'>,
): Unsound {
  const better = evaluated(safest, tables)
  const unknown = evaluated(safest.withRung(item, UNKNOWN), tables)
  const worse = evaluated(safest.withRung(item, LADDERS[item].length - 1), tables)
  const proved = valueAt(safest, item)
  const message = `with ${item} unknown it is ${unknown.band}, as if ${proved} were proved, although ${valueAt(worse.point, item)} gives ${worse.band}${aside(safest, item)}`
  return { rule: 'unknown-safe', message, coordinate: item, better, worse, unknown, ...rest }
}

/** At `point` nothing is known of it, and the band is less urgent than where it is proved to be safe. */
function lessThanProved(item: Item, point: Point, tables: Tables, remedy: string): Unsound {
  const proved = point.withRung(item, 0)
  const [better, unknown] = [evaluated(proved, tables), evaluated(point, tables)]
  const message = `with ${item} unknown it is ${unknown.band}, less urgent than ${better.band} where ${valueAt(proved, item)} is proved${aside(point, item)}`
  const holdsUnder = (other: Tables): boolean => isMoreUrgent(bandOf(proved, other), bandOf(point, other))
  return { rule: 'unknown-safe', message, remedy, coordinate: item, better, unknown, holdsUnder }
}

function aside(point: Point, item: Item): string {
  return ` (${combination(point, [item])})`
}
