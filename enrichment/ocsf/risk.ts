import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingStatus, PriorityBand } from '../../schemas/records.ts'
import type { FindingContext, Priority } from '../enricher.ts'
import { spoken } from '../evidence.ts'
import { moment, present, type Attributes } from './attributes.ts'
import { PRIORITIES, SEVERITIES, sibling } from './captions.ts'
import type { Due } from './due.ts'
import { exposureSentences } from './exposure-words.ts'
import { knownOf } from './known.ts'
import { sourceName } from './message.ts'

const STATES = {
  evaluated: '',
  partly_evaluated: ' (partly evaluated)',
  not_evaluated: ' (not evaluated)',
} as const satisfies Record<Priority['state'], string>

/** How many of the changes that would lower the band are told to people; programs get all. */
const COUNTERFACTUALS = 2

/**
 * The priority in OCSF's own places: the band as priority and risk level, the score that sorts inside it, and as
 * sentences what decided it, what would change it and who can reach the resource, after which the source's own words on
 * the risk stand as such.
 */
export function riskAttributes(
  finding: FindingState,
  context: FindingContext,
  status: FindingStatus,
  due: Due,
): Attributes {
  const { priority, exposureProof } = context
  const ours = priority === undefined ? [] : sentences(priority, due)
  const { risk } = finding.description
  const theirs = risk ? [`The risk in the words of ${sourceName(finding)}: ${risk}`] : []
  return present({
    ...(priority === undefined ? {} : levels(priority)),
    risk_details: [...ours, ...exposureSentences(exposureProof, knownOf(context)), ...theirs].join('\n'),
    is_alert: status === 'open' && isElevated(finding, priority),
  })
}

/** Something added to the finding as a whole. */
export function enrichment(findingUid: string, type: string, added: Attributes): Attributes {
  return { name: 'finding_info.uid', value: findingUid, type, provider: 'posture-stream', ...added }
}

/** The band, how far it was evaluated, and between which bands it lies where that is open. */
export function summary({ band, state, range: [best, worst] }: Priority): string {
  return `Priority ${band}${STATES[state]}${best === worst ? '' : `, ${between(best, worst)} possible`}`
}

function sentences(priority: Priority, due: Due): string[] {
  const { reasons, counterfactuals } = priority
  return [
    `${summary(priority)}.`,
    ...reasons.map(({ text }) => text),
    ...counterfactuals.slice(0, COUNTERFACTUALS).map(({ text }) => text),
    ...unknowns(priority),
    ...dueSentence(priority, due),
    ...cveSentence(priority, due),
  ]
}

function unknowns({ wouldChangeIf }: Priority): string[] {
  const matter = wouldChangeIf.filter(({ best, worst }) => best !== worst)
  const each = matter.map(({ item, best, worst }) => `${spoken(item)} (${between(best, worst)})`)
  return each.length === 0 ? [] : [`Not known, and could change it: ${each.join(', ')}.`]
}

function dueSentence({ band, dueDays }: Priority, { at }: Due): string[] {
  const due = moment(at)
  if (due === undefined) return []
  return [`Due ${day(due)}: ${days(dueDays)} from when it became ${band}${band === 'P1' ? '' : ' or more urgent'}.`]
}

/** What CISA's two tables say, beside our own and unblended. */
function cveSentence({ cve }: Priority, { bod }: Due): string[] {
  if (cve === undefined) return []
  const { uid, ssvc, bod: timelines, unknown } = cve
  const due = moment(bod)
  const until = due === undefined ? '' : `, due ${day(due)}${timelines.length > 1 ? ' at the strictest' : ''}`
  const open = unknown.length === 0 ? '' : ` Not known: ${unknown.map(spoken).join(', ')}.`
  return [`${uid}: CISA SSVC ${either(ssvc)}; BOD 26-04 ${either(timelines)}${until}.${open}`]
}

function levels({ band, score }: Priority): Attributes {
  const level = PRIORITIES[band]
  return { ...sibling('priority', level), ...sibling('risk_level', level), risk_score: Math.round(score) }
}

/** OCSF calls an event an alertable signal when its risk level or severity is elevated. */
function isElevated({ description }: FindingState, priority: Priority | undefined): boolean {
  if (priority !== undefined) return priority.band === 'P1' || priority.band === 'P2'
  return SEVERITIES[description.severity][0] >= SEVERITIES.high[0]
}

/** The more urgent one first. */
function between(one: PriorityBand, other: PriorityBand): string {
  return [one, other].toSorted().join(' to ')
}

/** `track, attend or act`. */
function either(choices: readonly string[]): string {
  return choices.join(', ').replace(/, (?=[^,]*$)/, ' or ')
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`
}
