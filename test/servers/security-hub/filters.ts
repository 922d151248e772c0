import { isObject, type Json } from './checks.ts'
import { HubRefusal } from './codes.ts'
import { timeOf } from './times.ts'

export type Test = (document: Json) => boolean
/** All values that a document has for an attribute. */
export type Read = (document: Json) => unknown[]

const POSITIVE = ['EQUALS', 'PREFIX']
const NEGATIVE = ['NOT_EQUALS', 'PREFIX_NOT_EQUALS']
const MOST_VALUES = 20

/** All values at a path; lists are gone into. */
export function valuesAt(document: unknown, path: readonly string[]): unknown[] {
  const [name, ...rest] = path
  if (Array.isArray(document)) return document.flatMap((each: unknown) => valuesAt(each, path))
  if (name === undefined) return document === undefined || document === null ? [] : [document]
  return isObject(document) ? valuesAt(document[name], rest) : []
}

/**
 * Filters of text on one attribute: a document passes that fits one of the positive and each of the negative ones. Throws
 * InvalidInputException for a mixture that AWS refuses, and for comparisons that GetFindings does not have.
 */
export function stringTest(filters: unknown, read: Read, name: string): Test {
  const list = filterList(filters, name).map(({ Value, Comparison = 'EQUALS' }) => {
    if (typeof Value !== 'string' || Value === '' || ![...POSITIVE, ...NEGATIVE].includes(String(Comparison)))
      throw invalid(`the filter of ${name} has no Value, or a Comparison that GetFindings does not support`)
    return { value: Value, comparison: String(Comparison) }
  })
  const comparisons = new Set(list.map(({ comparison }) => comparison))
  if (comparisons.has('EQUALS') && NEGATIVE.some((each) => comparisons.has(each)))
    throw invalid(`the filters of ${name} combine EQUALS with NOT_EQUALS or PREFIX_NOT_EQUALS`)
  const positive = list.filter(({ comparison }) => POSITIVE.includes(comparison))
  const negative = list.filter(({ comparison }) => NEGATIVE.includes(comparison))
  return (document) => {
    const values = read(document).map(String)
    const has = ({ value, comparison }: { value: string; comparison: string }): boolean =>
      values.some((each) => (comparison.startsWith('PREFIX') ? each.startsWith(value) : each === value))
    return (positive.length === 0 || positive.some(has)) && !negative.some(has)
  }
}

/** Filters of time on one attribute, joined by OR: a Start and an End, both within, or a range back from now. */
export function dateTest(filters: unknown, read: Read, name: string, now: number): Test {
  const ranges = filterList(filters, name).map((filter) => rangeOf(filter, name, now))
  return (document) =>
    read(document).some((value) => {
      const time = timeOf(value)
      return ranges.some(({ from, to }) => time >= from && time <= to)
    })
}

/** Filters of number on one attribute, joined by OR. */
export function numberTest(filters: unknown, read: Read, name: string): Test {
  const list = filterList(filters, name)
  return (document) =>
    read(document).some((value) =>
      list.some(({ Eq, Gte, Lte, Gt, Lt }) => {
        const number = Number(value)
        return (
          number === Number(Eq ?? number) &&
          number >= Number(Gte ?? -Infinity) &&
          number <= Number(Lte ?? Infinity) &&
          number > Number(Gt ?? -Infinity) &&
          number < Number(Lt ?? Infinity)
        )
      }),
    )
}

/** Filters of key and value on one attribute: EQUALS joined by OR, NOT_EQUALS by AND. */
export function mapTest(filters: unknown, read: Read, name: string): Test {
  const list = filterList(filters, name)
  const negative = list.filter(({ Comparison }) => Comparison === 'NOT_EQUALS')
  const positive = list.filter(({ Comparison = 'EQUALS' }) => Comparison === 'EQUALS')
  if (negative.length + positive.length !== list.length || (negative.length > 0 && positive.length > 0))
    throw invalid(`the filters of ${name} combine comparisons, or have one that GetFindings does not support`)
  return (document) => {
    const has = ({ Key, Value }: Json): boolean =>
      read(document).some((map) => isObject(map) && map[String(Key)] === Value)
    return (positive.length === 0 || positive.some(has)) && !negative.some(has)
  }
}

export function invalid(message: string): HubRefusal {
  return new HubRefusal('InvalidInputException', `Invalid parameter: ${message}`)
}

function filterList(filters: unknown, name: string): readonly Json[] {
  const list = Array.isArray(filters) ? filters : [filters]
  if (list.length === 0 || list.length > MOST_VALUES || !list.every(isObject))
    throw invalid(`${name} must have 1 to ${MOST_VALUES} filters`)
  return list
}

function rangeOf({ Start, End, DateRange }: Json, name: string, now: number): { from: number; to: number } {
  if (isObject(DateRange)) {
    const { Value, Unit, Comparison = 'WITHIN' } = DateRange
    if (typeof Value !== 'number' || Value < 1 || Unit !== 'DAYS')
      throw invalid(`the DateRange of ${name} is not in DAYS`)
    const edge = now - Value * 24 * 3600 * 1000
    return Comparison === 'OLDER_THAN' ? { from: -Infinity, to: edge } : { from: edge, to: now }
  }
  const [from, to] = [timeOf(Start), timeOf(End)]
  // Start alone is refused, as those found out who had sent it.
  if (Number.isNaN(from) || Number.isNaN(to))
    throw invalid(`the filter of ${name} must have both a Start and an End, or a DateRange`)
  return { from, to }
}
