import { every, type Answer } from './answer.ts'
import { candidatesOf } from './candidates.ts'
import { entryOf, type Caller, type Entry, type Origin, type Setting } from './caller.ts'
import { conditionHolds, type ContextValue, type Lookup } from './condition.ts'
import { globMatches } from './glob.ts'
import type { Patterns, Policy, Statement } from './parse.ts'
import { principalsMatch } from './principal.ts'

/** How much may still be done for one policy; beyond it, what is not decided is unknown. */
export interface Budget {
  left: number
}

/** Whether a policy lets a request pass, and what decided. */
export interface Decision {
  readonly answer: Answer
  readonly allow?: Statement
  readonly deny?: Statement
}

/** A statement that concerns a request as far as its principal, action and resource go. */
export interface Concerned {
  readonly statement: Statement
  readonly matches: Exclude<Answer, 'no'>
}

const CLOSED: Decision = { answer: 'no' }
/** Ways to fill in what the caller is free to write; more of them are not tried. */
const MOST_WAYS = 512

/** The statements about an action on a resource, whoever asks. */
export function statementsAbout(
  policy: Policy,
  action: string,
  resource: string,
  budget: Budget,
): readonly Concerned[] {
  budget.left -= policy.statements.length
  if (budget.left < 0) return []
  const spelt = action.toLowerCase()
  return policy.statements.flatMap((statement) => {
    const matches = every([patternsMatch(statement.actions, spelt), patternsMatch(statement.resources, resource)])
    return matches === 'no' ? [] : [{ statement, matches }]
  })
}

function patternsMatch(patterns: Patterns | undefined, text: string): Answer {
  if (patterns === undefined) return 'unknown'
  return patterns.globs.some((each) => globMatches(each, text)) === patterns.negated ? 'no' : 'yes'
}

/** Of those, the ones that mean the caller. */
export function statementsFor(about: readonly Concerned[], caller: Caller, budget: Budget): readonly Concerned[] {
  budget.left -= about.length
  return about.flatMap(({ statement, matches }) => {
    const meant = statement.principals === undefined ? 'unknown' : principalsMatch(statement.principals, caller)
    const both = every([matches, meant])
    return both === 'no' ? [] : [{ statement, matches: both }]
  })
}

/**
 * Whether the caller gets through by some request from there: what the caller is free to write is written so that it suits.
 * A Deny that may hold leaves it unknown, as does an Allow that only may.
 */
export function decide(
  concerned: readonly Concerned[],
  caller: Caller,
  origin: Origin,
  setting: Setting,
  budget: Budget,
): Decision {
  const keys = new Map<string, Entry>()
  const conditions = concerned.flatMap(({ statement }) => statement.conditions ?? [])
  for (const { key } of conditions) if (!keys.has(key)) keys.set(key, entryOf(key, caller, origin, setting))
  const choices = [...keys].flatMap(([key, entry]) => {
    if (typeof entry !== 'string') return []
    const candidates = candidatesOf(
      entry,
      conditions.filter((each) => each.key === key),
    )
    return candidates === undefined ? [] : [{ key, candidates }]
  })
  const lookup = (key: string): ContextValue => asValue(keys.get(key) ?? entryOf(key, caller, origin, setting))
  return bestOf(concerned, choices, lookup, budget)
}

interface Choice {
  readonly key: string
  readonly candidates: readonly ContextValue[]
}

function bestOf(concerned: readonly Concerned[], choices: readonly Choice[], fixed: Lookup, budget: Budget): Decision {
  const ways = choices.reduce((product, { candidates }) => product * candidates.length, 1)
  let best = CLOSED
  for (let way = 0; way < Math.min(ways, MOST_WAYS); way++) {
    budget.left -= concerned.length
    if (budget.left < 0) return { answer: 'unknown' }
    const chosen = new Map<string, ContextValue>()
    let rest = way
    for (const { key, candidates } of choices) {
      chosen.set(key, candidates[rest % candidates.length] ?? 'unknown')
      rest = Math.floor(rest / candidates.length)
    }
    const decision = decideOnce(concerned, (key) => chosen.get(key) ?? fixed(key))
    if (decision.answer === 'yes') return decision
    if (best.answer === 'no' && (decision.answer === 'unknown' || decision.deny !== undefined)) best = decision
  }
  return ways > MOST_WAYS && best.answer === 'no' ? { ...best, answer: 'unknown' } : best
}

function decideOnce(concerned: readonly Concerned[], lookup: Lookup): Decision {
  let allow: Decision = CLOSED
  let deny: Decision = CLOSED
  for (const { statement, matches } of concerned) {
    const held = statement.conditions?.map((each) => conditionHolds(each, lookup)) ?? ['unknown']
    const applies = every([matches, ...held, statement.effect === undefined ? 'unknown' : 'yes'])
    if (applies === 'no') continue
    if (statement.effect !== 'Deny' && allow.answer !== 'yes') allow = { answer: applies, allow: statement }
    if (statement.effect !== 'Allow' && deny.answer !== 'yes') deny = { answer: applies, deny: statement }
  }
  if (allow.answer === 'no') return CLOSED
  if (deny.answer === 'yes') return { ...allow, ...deny, answer: 'no' }
  return { ...allow, ...deny, answer: deny.answer === 'no' ? allow.answer : 'unknown' }
}

/** Free keys outside the statements' own conditions, which only variables name, are not worth trying. */
function asValue(entry: Entry): ContextValue {
  return typeof entry === 'string' && entry !== 'absent' ? 'unknown' : entry
}
