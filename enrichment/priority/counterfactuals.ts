import type { Counterfactual } from '../enricher.ts'
import type { EvidenceVector, Item } from '../evidence.ts'
import type { PriorityBand } from '../../schemas/records.ts'
import type { Point } from './point.ts'
import type { Ruleset } from './ruleset.ts'
import { clause, inLine, rungName, sentence } from './words.ts'

/**
 * What one can change about a resource. Its severity is its source's, what it is to its owner is no remedy, and what it
 * takes to exploit a CVE is the world's.
 */
const CHANGEABLE: readonly Item[] = [
  'exposure',
  'exploitability',
  'identity',
  'data',
  'path',
  'anonymousAccess',
  'liveSecret',
]

/** Evidence that begins with a range of addresses names what to take away: `0.0.0.0/0 on port 22`. */
const REMOVABLE = /^[0-9a-f.:]+\/\d{1,3}(?: |$)/i

/**
 * For each known item the smallest change that alone lowers the band, found by asking the ruleset for the band of the
 * changed point. None where no single change does.
 */
export function counterfactualsOf(
  vector: EvidenceVector,
  point: Point,
  band: PriorityBand,
  ruleset: Ruleset,
): readonly Counterfactual[] {
  if (band === 'P4') return []
  return CHANGEABLE.filter((item) => !(item === 'exploitability' && point.isCve)).flatMap((item) => {
    for (let rung = point.at(item) - 1; rung >= 0; rung -= 1) {
      const lower = ruleset.band(point.withRung(item, rung))
      if (lower > band) return [counterfactual(vector, point, item, rung, lower)]
    }
    return []
  })
}

function counterfactual(
  vector: EvidenceVector,
  point: Point,
  item: Item,
  rung: number,
  band: PriorityBand,
): Counterfactual {
  const from = rungName(item, point.at(item))
  const to = rungName(item, rung)
  const [phrase] = vector[item]?.evidence ?? []
  return { item, from, to, band, text: `${condition(item, rung, from, to, phrase)}: ${band}.` }
}

function condition(item: Item, rung: number, from: string, to: string, phrase: string | undefined): string {
  const then = clause(item, rung)
  if (phrase === undefined) return sentence(`if ${then} (${item} ${to})`)
  if (REMOVABLE.test(phrase)) return `Remove ${inLine(phrase)}, so that ${then} (${item} ${to})`
  return sentence(`if ${then} (${item} ${to}; now ${from} by ${inLine(phrase)})`)
}
