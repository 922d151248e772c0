import { isObject, type Json } from './checks.ts'
import type { HubRefusal } from './codes.ts'

export type SortKey = number | string

/** An order of findings by keys that are taken out of each once. */
export interface Order {
  keys(document: Json): readonly SortKey[]
  compare(a: readonly SortKey[], b: readonly SortKey[]): number
}

/** The order that SortCriteria ask for; undefined: none. Throws what `refuse` makes. */
export function compileOrder(
  criteria: unknown,
  keyOf: (field: string) => (document: Json) => SortKey,
  refuse: (message: string) => HubRefusal,
): Order | undefined {
  if (criteria === undefined || (Array.isArray(criteria) && criteria.length === 0)) return undefined
  if (!Array.isArray(criteria) || !criteria.every(isObject)) throw refuse('SortCriteria is no list of objects')
  const fields = criteria.map(({ Field, SortOrder = 'asc' }) => {
    if (SortOrder !== 'asc' && SortOrder !== 'desc') throw refuse('SortOrder is neither asc nor desc')
    return { key: keyOf(String(Field)), sign: SortOrder === 'desc' ? -1 : 1 }
  })
  return {
    keys: (document) => fields.map(({ key }) => key(document)),
    compare: (a, b) =>
      fields.map(({ sign }, index) => sign * compare(a[index]!, b[index]!)).find((each) => each !== 0) ?? 0,
  }
}

function compare(a: SortKey, b: SortKey): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
