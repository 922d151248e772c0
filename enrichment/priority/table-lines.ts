import type { PriorityBand } from '../../schemas/records.ts'
import type { Priority } from '../enricher.ts'
import { LADDERS, type Item } from '../evidence.ts'
import type { Case } from './facts.ts'
import { countedRung } from './point.ts'
import type { HeldOverride, RawSteps } from './raw-band.ts'
import { countedRank } from './score.ts'
import type { Tables, WeightedItem } from './tables.ts'
import type { Ends } from './unknowns.ts'
import { conditionText, listed, rungName, TITLES } from './words.ts'

/** One line of a derivation. */
export interface Step {
  readonly title: string
  readonly text: string
}

/** The steps through the tables, each with the band that it leaves. */
export function tableLines(seen: Case, steps: RawSteps): readonly Step[] {
  const { consequences, likelihood, consequence, cell } = steps
  const amounts = (['identity', 'data', 'asset'] as const).map((item) => `${counted(item, seen)} ${consequences[item]}`)
  return [
    {
      title: 'Likelihood',
      text: `${counted('exposure', seen)}, ${counted('exploitability', seen)}: ${likelihood} of 4`,
    },
    { title: 'Consequence', text: `the highest of ${amounts.join(', ')}: ${consequence} of 4` },
    { title: 'Band', text: `likelihood ${likelihood}, consequence ${consequence}: ${cell}` },
    { title: 'Severity step', text: `${counted('severity', seen)}: ${moved(steps)}` },
    ...overrideLines('Ceiling', steps.ceilings, seen, steps.capped),
    { title: 'While unknown', text: defaulted(seen, steps) },
    ...overrideLines('Floor', steps.floors, seen, steps.band),
  ]
}

/** The one step where nothing but the severity is known. */
export function severityAlone(seen: Case, { band }: RawSteps): Step {
  return {
    title: 'Severity alone',
    text: `nothing else is known, and the default of ${counted('severity', seen)} is ${band}`,
  }
}

/** Between which bands its unknowns hold it, and which of them does. */
export function holdLine(raw: PriorityBand, band: PriorityBand, ends: readonly Ends[]): Step {
  const title = 'Hold'
  const [first] = ends
  if (first === undefined) return { title, text: `nothing is unknown: ${band} stands` }
  const least = ends.reduce((one, other) => (other.best < one.best ? other : one), first)
  const most = ends.reduce((one, other) => (other.worst > one.worst ? other : one), first)
  const lower = `no less urgent than ${least.best}, as with ${rungAt(least, 'safest')}`
  const upper = `no more urgent than ${most.worst}, as with ${rungAt(most, 'worst')}`
  return { title, text: `${lower}; ${upper}: ${raw === band ? `${band} stands` : `${raw} becomes ${band}`}` }
}

/** The score with its terms. */
export function scoreLine(seen: Case, { band, score }: Priority): Step {
  const { point, tables } = seen
  const { weights } = tables
  const terms = (Object.keys(weights) as WeightedItem[]).map((item) => {
    return `${item} ${countedRank(point, item, tables)}/${LADDERS[item].length - 1} x ${weights[item]}`
  })
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  return { title: 'Score', text: `${score}: in the quarter of ${band} by (${terms.join(' + ')}) of ${total}` }
}

function counted(item: Item, { point, tables }: Case): string {
  if (point.isKnown(item)) return `${item} ${rungName(item, point.at(item))}`
  if (item === 'severity') return 'severity unknown'
  return `${item} unknown (as ${rungName(item, countedRung(item, tables))})`
}

function moved({ step, cell, stepped }: RawSteps): string {
  if (step === 0) return `moves nothing, ${stepped}`
  const way = step > 0 ? 'one band more urgent' : 'one band less urgent'
  return cell === stepped ? `${way}, but ${stepped} is the last` : `${way}, ${stepped}`
}

function defaulted(seen: Case, { default: least, defaulted: band }: RawSteps): string {
  if (least === undefined) return `exposure and exploitability are known: ${band}`
  const unknown = (['exposure', 'exploitability'] as const).filter((item) => !seen.point.isKnown(item))
  const verb = unknown.length === 1 ? 'is' : 'are'
  return `${listed(unknown)} ${verb} unknown, so at least ${least}, the default of ${counted('severity', seen)}: ${band}`
}

function overrideLines(
  title: 'Ceiling' | 'Floor',
  held: readonly HeldOverride[],
  { tables }: Case,
  band: PriorityBand,
): Step[] {
  if (held.length === 0) return [{ title, text: `none holds: ${band}` }]
  const effect = title === 'Ceiling' ? 'at most' : 'at least'
  return held.map((each) => ({
    title,
    text: `${each.id} (${groundsOf(each, tables)}): ${effect} ${each.band}, so ${band}`,
  }))
}

function groundsOf({ days, band, when = {} }: HeldOverride, { bod }: Tables): string {
  if (days !== undefined) return bod[days] === band ? `${days} days` : `${days} days, but not publicly exposed`
  return conditionText(when)
}

function rungAt({ coordinate }: Ends, end: 'safest' | 'worst'): string {
  return `${TITLES[coordinate].toLowerCase()} at its ${end}`
}
