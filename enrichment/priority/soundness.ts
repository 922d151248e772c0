import { LADDERS } from '../evidence.ts'
import { CVE_ITEMS, FORM_POINTS, pointAt, RUNGS, type Coordinate, type Point } from './point.ts'
import { KnownBands } from './soundness-scan.ts'
import { onlySeverity, safeUnknown } from './soundness-unknown.ts'
import { bandOf, combination, evaluated, isMoreUrgent, valueAt, type Unsound } from './soundness-words.ts'
import type { Tables } from './tables.ts'

export type { Unsound } from './soundness-words.ts'

/**
 * What makes these tables unfit for use, or undefined: they must be monotone (no worse value lowers a priority), must not count what is
 * unknown as safe, and must be in order. Looks at everything that can be known of a finding, which takes a part of a second.
 */
export function unsoundness(tables: Tables): Unsound | undefined {
  const early = weightless(tables) ?? shorterLater(tables) ?? defaultsOutOfOrder(tables)
  if (early !== undefined) return early
  const known = new KnownBands(tables)
  const { inversion } = known
  if (inversion !== undefined)
    return inverted(inversion.item, pointAt(inversion.better), pointAt(inversion.worse), tables)
  return invertedByCve(known, tables) ?? timelinesOutOfOrder(tables) ?? safeUnknown(known, tables)
}

function weightless({ weights }: Tables): Unsound | undefined {
  const holdsUnder = (tables: Tables): boolean => {
    const all = Object.values(tables.weights)
    return all.some((each) => !(each >= 0)) || all.every((each) => each === 0)
  }
  if (!holdsUnder({ weights } as Tables)) return undefined
  const message = 'the weights must not be negative, nor all of them 0'
  return { rule: 'weights', message, remedy: 'give at least one ladder a weight above 0', holdsUnder }
}

function shorterLater({ dueDays }: Tables): Unsound | undefined {
  for (const [urgent, next] of [
    ['P1', 'P2'],
    ['P2', 'P3'],
    ['P3', 'P4'],
  ] as const) {
    if (!(dueDays[urgent] > dueDays[next])) continue
    return {
      rule: 'order',
      message: `${urgent} is due after ${dueDays[urgent]} days, ${next} after ${dueDays[next]}: the more urgent would have more time`,
      remedy: `give ${urgent} at most as many days as ${next}`,
      holdsUnder: (tables) => tables.dueDays[urgent] > tables.dueDays[next],
    }
  }
  return undefined
}

function timelinesOutOfOrder({ bod }: Tables): Unsound | undefined {
  for (const [short, long] of [
    ['3', '14'],
    ['14', '60'],
  ] as const) {
    if (!isMoreUrgent(bod[long], bod[short])) continue
    return {
      rule: 'order',
      message: `a timeline of ${short} days gives ${bod[short]}, one of ${long} days the more urgent ${bod[long]}`,
      remedy: `give ${short} days a band at least as urgent as ${long} days`,
      holdsUnder: (tables) => isMoreUrgent(tables.bod[long], tables.bod[short]),
    }
  }
  return undefined
}

function defaultsOutOfOrder(tables: Tables): Unsound | undefined {
  for (let worse = 1; worse < LADDERS.severity.length; worse += 1) {
    const found = inversionOf('severity', onlySeverity(worse - 1), onlySeverity(worse), tables)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where the floors of BOD 26-04 make a worse answer, or a worse exposure, less urgent. */
function invertedByCve(known: KnownBands, tables: Tables): Unsound | undefined {
  for (const calm of known.calmest) {
    for (const better of cvesAt(calm)) {
      for (const item of CVE_ITEMS) {
        if (better.at(item) !== 0) continue
        const found = inversionOf(item, better, better.withRung(item, 1), tables)
        if (found !== undefined) return found
      }
      if (better.at('exposure') === 0) continue
      const safer = better.withRung('exposure', better.at('exposure') - 1)
      const found = inversionOf('exposure', safer, better, tables)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** The eight CVEs about which all is known, at the point with this index. */
function cvesAt(index: number): Point[] {
  let cves = [pointAt(index + FORM_POINTS)]
  for (const item of CVE_ITEMS) cves = cves.flatMap((cve) => [cve.withRung(item, 0), cve.withRung(item, 1)])
  return cves
}

function inversionOf(coordinate: Coordinate, better: Point, worse: Point, tables: Tables): Unsound | undefined {
  return isInverted(better, worse, tables) ? inverted(coordinate, better, worse, tables) : undefined
}

function isInverted(better: Point, worse: Point, tables: Tables): boolean {
  return isMoreUrgent(bandOf(better, tables), bandOf(worse, tables))
}

function inverted(coordinate: Coordinate, better: Point, worse: Point, tables: Tables): Unsound {
  const [safer, next] = [evaluated(better, tables), evaluated(worse, tables)]
  const from = valueAt(better, coordinate)
  const to = RUNGS[coordinate][worse.at(coordinate)]
  return {
    rule: 'monotone',
    message: `${from} gives ${safer.band}, the worse ${to} only ${next.band} (${combination(worse, [coordinate])})`,
    remedy: 'keep the order: a worse value must never lower a priority',
    coordinate,
    better: safer,
    worse: next,
    holdsUnder: (other) => isInverted(better, worse, other),
  }
}
