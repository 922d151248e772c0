import { rankOf, type Evidence, type EvidenceVector, type Rung } from '../evidence.ts'
import { present, type Attributes } from './attributes.ts'

/** Categories of sources that are one of the trait categories which Security Hub uses. */
const TRAITS: ReadonlyMap<string, string> = new Map([['internet-exposed', 'Reachability']])
/** From here on somebody outside its own network can reach it. */
const REACHABLE: Rung<'exposure'> = 'cross_boundary'

/** What makes the finding worse by its nature, as Security Hub names it: that it can be reached, that it is exploited. */
export function traitsOf(categories: readonly string[], { exposure, cve }: EvidenceVector): Attributes[] {
  return [
    // Where we know how far it can be reached, the source's category is one of the reasons for that.
    ...(exposure === undefined ? categories.flatMap((name) => statedBySource(name)) : reachability(exposure)),
    ...(cve?.kev === true ? [{ category: 'Vulnerability', name: 'known-exploited', values: [cve.uid] }] : []),
  ]
}

function reachability({ value, certainty, evidence }: Evidence<'exposure'>): Attributes[] {
  if (rankOf('exposure', value) < rankOf('exposure', REACHABLE)) return []
  return [present({ category: 'Reachability', name: value, type: certainty, values: evidence })]
}

function statedBySource(name: string): Attributes[] {
  const category = TRAITS.get(name)
  return category === undefined ? [] : [{ category, name }]
}
