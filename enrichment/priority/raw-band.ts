import { BANDS, type PriorityBand } from '../../schemas/records.ts'
import { ITEMS, type Rung } from '../evidence.ts'
import { COUNTED_ITEMS, FLAGS, RUNGS, type CveItem, type Point } from './point.ts'
import { cveForm, rulesOf, type HeldOverride, type Rule, type Rules } from './raw-band-rules.ts'
import type { Level, Tables } from './tables.ts'

export type { HeldOverride } from './raw-band-rules.ts'

/** How the tables come to a band before it is held between what its unknowns can make of it, in the order of the steps. */
export interface RawSteps {
  /** Nothing but the severity is known: its default is the band, and the other steps stand for comparison only. */
  readonly onlySeverity: boolean
  /** What counted, which for an unknown is what the tables say. */
  readonly exposure: Rung<'exposure'>
  readonly exploitability: Rung<'exploitability'>
  readonly likelihood: Level
  /** What each ladder amounts to; the highest counts. */
  readonly consequences: { readonly identity: Level; readonly data: Level; readonly asset: Level }
  readonly consequence: Level
  /** The band of likelihood and consequence. */
  readonly cell: PriorityBand
  /** By how many bands the severity moves that: 1 is more urgent. Past P1 and P4 there is nothing. */
  readonly step: -1 | 0 | 1
  readonly stepped: PriorityBand
  /** All that hold, also those that change nothing. */
  readonly ceilings: readonly HeldOverride[]
  readonly capped: PriorityBand
  /** The severity's default where exposure or exploitability is unknown: the band is never less urgent. */
  readonly default?: PriorityBand
  readonly defaulted: PriorityBand
  /** All that hold, also those that change nothing; BOD 26-04 the last. */
  readonly floors: readonly HeldOverride[]
  readonly band: PriorityBand
}

/** A digit for every ladder in the order of ITEMS, then the form of the CVE. */
export type Digits = readonly number[]

const EXPOSURE = ITEMS.indexOf('exposure')
const EXPLOITABILITY = ITEMS.indexOf('exploitability')
const IDENTITY = ITEMS.indexOf('identity')
const DATA = ITEMS.indexOf('data')
const ASSET = ITEMS.indexOf('asset')
const SEVERITY = ITEMS.indexOf('severity')
const CVE = ITEMS.length
const UNKNOWN_DIGITS = ITEMS.map((item) => RUNGS[item].length)
const COUNTED_PLACES = COUNTED_ITEMS.map((item) => ITEMS.indexOf(item))
const FLAG_PLACES = FLAGS.map((flag) => ITEMS.indexOf(flag))

const MOST_URGENT = 0
const LEAST_URGENT = BANDS.length - 1

/** The number of the band of a point before it is held, 0 for P1. Total and pure. */
export function rawBand(digits: Digits, rules: Rules): number {
  if (isOnlySeverity(digits)) return rules.severityDefault[digits[SEVERITY]!]!
  const capped = Math.max(steppedBand(digits, rules), ceilingOf(digits, rules))
  const defaulted = Math.min(capped, defaultOf(digits, rules))
  return Math.min(defaulted, floorOf(digits, rules))
}

/** The steps of one point under these tables, whose rules the caller may have at hand. */
export function rawSteps(point: Point, tables: Tables, rules: Rules = rulesOf(tables)): RawSteps {
  const digits = digitsOf(point)
  const capped = Math.max(steppedBand(digits, rules), ceilingOf(digits, rules))
  const standing = defaultOf(digits, rules)
  return {
    onlySeverity: isOnlySeverity(digits),
    exposure: point.rung('exposure') ?? tables.unknown.exposure,
    exploitability: point.rung('exploitability') ?? tables.unknown.exploitability,
    likelihood: likelihoodOf(digits, rules),
    consequences: {
      identity: rules.identity[digits[IDENTITY]!]!,
      data: rules.data[digits[DATA]!]!,
      asset: rules.asset[digits[ASSET]!]!,
    },
    consequence: consequenceOf(digits, rules),
    cell: BANDS[cellOf(digits, rules)]!,
    step: rules.severityStep[digits[SEVERITY]!]!,
    stepped: BANDS[steppedBand(digits, rules)]!,
    ceilings: heldOf(rules.ceilings, digits),
    capped: BANDS[capped]!,
    ...(standing > LEAST_URGENT ? {} : { default: BANDS[standing]! }),
    defaulted: BANDS[Math.min(capped, standing)]!,
    floors: heldOf([...rules.floors, ...bodOf(digits, rules)], digits),
    band: BANDS[rawBand(digits, rules)]!,
  }
}

/** What the evaluator takes of a point. */
export function digitsOf(point: Point): Digits {
  const digits = ITEMS.map((item, place) => (point.isKnown(item) ? point.at(item) : UNKNOWN_DIGITS[place]!))
  const isYes = (item: CveItem): boolean => point.at(item) > 0
  return [...digits, point.isCve ? cveForm(isYes('kev'), isYes('automatable'), isYes('technicalImpact')) : 0]
}

function isOnlySeverity(digits: Digits): boolean {
  if (digits[CVE] !== 0) return false
  for (const place of COUNTED_PLACES) if (digits[place] !== UNKNOWN_DIGITS[place]) return false
  // An unknown flag counts as no: it is not raised.
  for (const place of FLAG_PLACES) if (digits[place] !== 0 && digits[place] !== UNKNOWN_DIGITS[place]) return false
  return true
}

function likelihoodOf(digits: Digits, { likelihood }: Rules): Level {
  return likelihood[digits[EXPOSURE]!]![digits[EXPLOITABILITY]!]!
}

function consequenceOf(digits: Digits, { identity, data, asset }: Rules): Level {
  return Math.max(identity[digits[IDENTITY]!]!, data[digits[DATA]!]!, asset[digits[ASSET]!]!) as Level
}

function cellOf(digits: Digits, rules: Rules): number {
  return rules.bands[likelihoodOf(digits, rules) - 1]![consequenceOf(digits, rules) - 1]!
}

function steppedBand(digits: Digits, rules: Rules): number {
  const band = cellOf(digits, rules) - rules.severityStep[digits[SEVERITY]!]!
  return Math.min(Math.max(band, MOST_URGENT), LEAST_URGENT)
}

/** The least urgent of the ceilings that hold. */
function ceilingOf(digits: Digits, { ceilings }: Rules): number {
  let band = MOST_URGENT
  for (const rule of ceilings) if (rule.band > band && holds(rule, digits)) band = rule.band
  return band
}

/** The band that is not to be undercut; none, which is past the last, where exposure and exploitability are known. */
function defaultOf(digits: Digits, { severityDefault }: Rules): number {
  const known =
    digits[EXPOSURE] !== UNKNOWN_DIGITS[EXPOSURE] && digits[EXPLOITABILITY] !== UNKNOWN_DIGITS[EXPLOITABILITY]
  return known ? LEAST_URGENT + 1 : severityDefault[digits[SEVERITY]!]!
}

/** The most urgent of the floors that hold. */
function floorOf(digits: Digits, rules: Rules): number {
  let band = rules.bod[digits[CVE]!]![digits[EXPOSURE]!]?.band ?? LEAST_URGENT
  for (const rule of rules.floors) if (rule.band < band && holds(rule, digits)) band = rule.band
  return band
}

function bodOf(digits: Digits, { bod }: Rules): readonly Rule[] {
  const rule = bod[digits[CVE]!]![digits[EXPOSURE]!]
  return rule === undefined ? [] : [rule]
}

function holds({ tests }: Rule, digits: Digits): boolean {
  for (const { place, mask } of tests) if (((mask >> digits[place]!) & 1) === 0) return false
  return true
}

/** Every override that holds, by the first of its conditions that does. */
function heldOf(rules: readonly Rule[], digits: Digits): readonly HeldOverride[] {
  const held = new Map<string, HeldOverride>()
  for (const rule of rules) if (!held.has(rule.held.id) && holds(rule, digits)) held.set(rule.held.id, rule.held)
  return [...held.values()]
}
