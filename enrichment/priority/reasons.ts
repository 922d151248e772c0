import type { PriorityBand } from '../../schemas/records.ts'
import type { Reason } from '../enricher.ts'
import { ITEMS, LADDERS, type Item } from '../evidence.ts'
import { factsOf, used, type Case } from './facts.ts'
import type { HeldOverride, RawSteps } from './raw-band.ts'
import { CVE_ITEMS, type Coordinate } from './point.ts'
import type { Ends } from './unknowns.ts'
import { clause, listed, QUESTIONS, rungName, sentence } from './words.ts'

/**
 * The steps that decided the band, the deciding one first: what held it, the override that set it, the cell of the
 * tables, the severity. A step whose effect a later one undid is left out; the cell never is.
 */
export function reasonsOf(seen: Case, steps: RawSteps, band: PriorityBand, ends: readonly Ends[]): readonly Reason[] {
  const held = steps.band === band ? [] : [hold(steps.band, band, ends)]
  if (steps.onlySeverity) return [...held, severityAlone(seen, steps.band)]
  return [...held, ...rawReasons(seen, steps)]
}

function rawReasons(seen: Case, steps: RawSteps): Reason[] {
  const cell = [likelihood(seen, steps), consequence(seen, steps)]
  const floors = steps.floors.filter((each) => each.band === steps.band).map((each) => floor(seen, each))
  if (steps.band !== steps.defaulted) return [...floors, ...cell]
  if (steps.defaulted !== steps.capped) return [severityDefault(seen, steps.defaulted), ...cell, ...floors]
  const ceilings = steps.ceilings.filter((each) => each.band === steps.capped).map((each) => ceiling(seen, each))
  if (steps.capped !== steps.stepped) return [...ceilings, ...cell, ...floors]
  const moved = steps.stepped === steps.cell ? [] : [severityStep(seen, steps)]
  return [...cell, ...moved, ...floors, ...ceilings]
}

function likelihood(seen: Case, { likelihood: level }: RawSteps): Reason {
  const items: Item[] = ['exposure', 'exploitability']
  const id = ['likelihood', ...items.map((item) => rungId(item, seen))].join('.')
  return { id, text: `${sentence(factsOf(items, seen))}: likelihood ${level} of 4.`, items: used(items, seen) }
}

/** Names the ladders that amount to the most. */
function consequence(seen: Case, { consequences, consequence: level, likelihood: other, cell }: RawSteps): Reason {
  const items = (['identity', 'data', 'asset'] as const).filter((item) => consequences[item] === level)
  const known = used(items, seen)
  const id = known.length === 0 ? ['unknown'] : known.map((item) => `${item}.${rungId(item, seen)}`)
  const text = `${sentence(factsOf(items, seen))}: consequence ${level} of 4, which with likelihood ${other} makes ${cell}.`
  return { id: ['consequence', ...id].join('.'), text, items: known }
}

function severityStep(seen: Case, { step, stepped }: RawSteps): Reason {
  const effect = step > 0 ? 'one band more urgent' : 'one band less urgent'
  return {
    id: `severity.${rungId('severity', seen)}`,
    text: `${sentence(factsOf(['severity'], seen))}: ${effect}, ${stepped}.`,
    items: ['severity'],
  }
}

function severityAlone(seen: Case, band: PriorityBand): Reason {
  const known = seen.point.isKnown('severity')
  const said = known ? sentence(clause('severity', seen.point.at('severity'))) : 'Its source gives no severity'
  return {
    id: 'severity-default',
    text: `${said}, and no context was evaluated: its default ${band} stands.`,
    items: used(['severity'], seen),
  }
}

function severityDefault(seen: Case, band: PriorityBand): Reason {
  const unknown = (['exposure', 'exploitability'] as const).filter((item) => !seen.point.isKnown(item))
  const severity = rungName('severity', seen.point.at('severity'))
  const question = listed(unknown.map((item) => QUESTIONS[item]))
  return {
    id: 'severity-default-while-unknown',
    text: `It is not known ${question}: until then it is no less urgent than ${band}, the default of severity ${severity}.`,
    items: used(['severity'], seen),
  }
}

function ceiling(seen: Case, { id, band, when = {} }: HeldOverride): Reason {
  const items = ITEMS.filter((item) => item in when)
  return { id, text: `${sentence(factsOf(items, seen))}: at most ${band} (${id}).`, items: used(items, seen) }
}

function floor(seen: Case, { id, band, when, days }: HeldOverride): Reason {
  if (days !== undefined) return bodFloor(seen, id, band, days)
  const items = ITEMS.filter((item) => when !== undefined && item in when)
  return { id, text: `${sentence(factsOf(items, seen))}: at least ${band} (${id}).`, items: used(items, seen) }
}

function bodFloor(seen: Case, id: string, band: PriorityBand, days: number): Reason {
  const { vector, point } = seen
  const answers = CVE_ITEMS.filter((each) => point.isKnown(each))
  const facts = [factsOf(['exposure'], seen), ...answers.map((each) => clause(each, point.at(each)))]
  const gives = `CISA's BOD 26-04 gives ${vector.cve?.uid ?? 'the CVE'} ${days} days, since ${listed(facts)}`
  return { id, text: `${gives}: at least ${band} (${id}).`, items: used(['exposure'], seen) }
}

/** Names the unknown that keeps the band where it is: its safest is as urgent as this, or its worst no more. */
function hold(raw: PriorityBand, band: PriorityBand, ends: readonly Ends[]): Reason {
  const raised = band < raw
  const holder = ends.find(({ best, worst }) => (raised ? best : worst) === band)
  if (holder === undefined) return { id: 'hold', text: `What is not known yet keeps it at ${band}.`, items: [] }
  const { coordinate } = holder
  const even = raised ? 'even at its safest' : 'even at its worst'
  const text = `Not known yet: ${QUESTIONS[coordinate]}; ${even} that makes ${band}, so it is ${band} and not ${raw}.`
  return { id: `hold.${coordinate}`, text, items: isItem(coordinate) ? [coordinate] : [] }
}

function isItem(coordinate: Coordinate): coordinate is Item {
  return coordinate in LADDERS
}

function rungId(item: Item, { point }: Case): string {
  return point.rung(item) ?? 'unknown'
}
