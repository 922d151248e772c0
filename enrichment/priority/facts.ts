import type { EvidenceVector, Item } from '../evidence.ts'
import { countedRung, type Point } from './point.ts'
import type { Tables } from './tables.ts'
import { attribution, clause, listed, QUESTIONS, rungName } from './words.ts'

/** A finding as its evaluation sees it. */
export interface Case {
  readonly vector: EvidenceVector
  readonly point: Point
  readonly tables: Tables
}

/** What is known of some items and who says so, and what they count as while they are not known, as clauses. */
export function factsOf(items: readonly Item[], seen: Case): string {
  const known = items.filter((item) => seen.point.isKnown(item)).map((item) => knownFact(item, seen))
  const unknown = items.filter((item) => !seen.point.isKnown(item))
  return listed(unknown.length === 0 ? known : [...known, unknownFact(unknown, seen)])
}

/** Those of these items that are known: the evidence that was used. */
export function used<I extends Item>(items: readonly I[], { point }: Case): readonly I[] {
  return items.filter((item) => point.isKnown(item))
}

function knownFact(item: Item, { vector, point }: Case): string {
  const evidence = vector[item]
  const said = clause(item, point.at(item))
  return evidence === undefined ? said : `${said} (${attribution(evidence)})`
}

function unknownFact(items: readonly Item[], { tables }: Case): string {
  const counted = items.filter((item) => item !== 'severity').map((item) => rungName(item, countedRung(item, tables)))
  const question = listed(items.map((item) => QUESTIONS[item]))
  const as = counted.length === 0 ? '' : ` (${counted.length === 1 ? 'counts' : 'count'} as ${listed(counted)})`
  return `it is not known ${question}${as}`
}
