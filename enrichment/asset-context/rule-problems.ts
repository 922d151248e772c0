import { fold, globOf, type Fits } from './glob.ts'
import { ownerName } from './phrases.ts'
import { ATTRIBUTES, type AssetConfig, type AssetRule, type Condition } from './rules.ts'

/** A rule that cannot do what it was written for. */
export interface RuleProblem {
  /** Where it stands below `assets`, as keys and indexes: `['rules', 0, 'when']`. */
  readonly at: readonly (string | number)[]
  readonly problem: string
  readonly remedy: string
}

/** Everything that is wrong with rules that fit their schema, in the order in which they are written. */
export function ruleProblemsIn({ rules = [] }: AssetConfig): readonly RuleProblem[] {
  const deciders = rules.map(deciderOf)
  return rules.flatMap((rule, index) => [
    ...emptiness(rule, index),
    ...impossible(rule.when, index),
    ...nobody(rule.owner, ['rules', index, 'owner']),
    ...repetition(rules, index, deciders),
  ])
}

function emptiness({ when, ...rule }: AssetRule, index: number): RuleProblem[] {
  const nothingSaid = ATTRIBUTES.every((attribute) => rule[attribute] === undefined)
  return [
    ...(Object.keys(when).length === 0
      ? [
          {
            at: ['rules', index, 'when'],
            problem: 'no condition',
            remedy: 'say which resources it is about: tag, accounts, …; for all of them write provider: "*"',
          },
        ]
      : []),
    ...(nothingSaid
      ? [{ at: ['rules', index], problem: 'says nothing', remedy: `add ${ATTRIBUTES.join(', ')}, or some of these` }]
      : []),
  ]
}

/** Patterns that no value can fit. */
function impossible(when: Condition, index: number): RuleProblem[] {
  const { tag, accounts = [], ...words } = when
  const at = ['rules', index, 'when']
  const patterns: [place: readonly (string | number)[], pattern: string][] = [
    ...(tag?.value === undefined ? [] : [[['tag', 'value'], tag.value] as [string[], string]]),
    ...accounts.map((account, place): [(string | number)[], string] => [['accounts', place], account]),
    ...Object.entries(words).map(([key, pattern]): [string[], string] => [[key], pattern]),
  ]
  const blank = patterns
    .filter(([, pattern]) => pattern.trim() === '')
    .map(([place]) => ({
      at: [...at, ...place],
      problem: 'nothing but white space',
      remedy: 'write a text or a pattern',
    }))
  return [...blank, ...impossibleTag(tag?.name, [...at, 'tag', 'name']), ...impossibleAccounts(when, at)]
}

function nobody(owner: AssetRule['owner'], at: RuleProblem['at']): RuleProblem[] {
  if (typeof owner === 'object') return impossibleTag(owner.fromTag, [...at, 'fromTag'])
  if (owner === undefined || ownerName(owner) !== undefined) return []
  return [{ at, problem: 'neither a letter nor a digit', remedy: 'write the name of a team or a person' }]
}

function impossibleTag(name: string | undefined, at: RuleProblem['at']): RuleProblem[] {
  if (name === undefined || (name.trim() !== '' && !/[*?]/.test(name))) return []
  return [
    {
      at,
      problem: 'no tag has such a name',
      remedy: 'write the name as it is: * and ? stand for other characters in values only',
    },
  ]
}

/** AWS's account ids have twelve digits; one that starts with zeros loses them where it was read as a number. */
function impossibleAccounts({ provider, accounts = [] }: Condition, at: RuleProblem['at']): RuleProblem[] {
  if (fold(provider ?? '') !== 'aws') return []
  return accounts.flatMap((account, place) =>
    /^\d+$/.test(account.trim()) && account.trim().length !== 12
      ? [
          {
            at: [...at, 'accounts', place],
            problem: 'not the 12 digits of an account of AWS',
            remedy: 'write all of them, leading zeros too, in quotes',
          },
        ]
      : [],
  )
}

/** A name that is taken, and a rule that never decides because an earlier one always has. */
function repetition(rules: readonly AssetRule[], index: number, deciders: readonly Decider[]): RuleProblem[] {
  const rule = rules[index]!
  const named = rule.name === undefined ? index : rules.findIndex(({ name }) => name === rule.name)
  const decider = deciders.slice(0, index).findIndex((decidesAll) => decidesAll(rule))
  return [
    ...(named === index
      ? []
      : [
          {
            at: ['rules', index, 'name'],
            problem: `entry ${named + 1} has this name already`,
            remedy: 'give it one of its own: it stands in the reasons of a priority',
          },
        ]),
    ...(decider < 0
      ? []
      : [
          {
            at: ['rules', index],
            problem: `never counts: entry ${decider + 1} holds wherever this one does, comes first, and says all that this one says`,
            remedy: 'remove it, or move it up',
          },
        ]),
  ]
}

/** Whether a rule leaves nothing to decide for one that comes after it. */
type Decider = (second: AssetRule) => boolean

/** Read once: it is held against every rule that comes after. */
function deciderOf({ when, ...first }: AssetRule): Decider {
  // One without a condition is told as such, and not with every other one.
  if (Object.keys(when).length === 0) return () => false
  const isWider = widthOf(when)
  // Without such a tag an owner stays open.
  const says = (attribute: (typeof ATTRIBUTES)[number]): boolean =>
    first[attribute] !== undefined && (attribute !== 'owner' || typeof first.owner === 'string')
  return (second) => {
    const said = ATTRIBUTES.filter((attribute) => second[attribute] !== undefined)
    return said.length > 0 && said.every(says) && isWider(second.when)
  }
}

/** Tells whether the condition holds wherever another one does, as far as that shows. */
function widthOf({ tag, ...words }: Condition): (second: Condition) => boolean {
  const keys = Object.keys(words) as (keyof typeof words)[]
  const wanted = keys.map((key) => ({ key, wide: patternsOf(words[key]).map(coverOf) }))
  const isWiderTag = tag && tagWidthOf(tag)
  return (second) =>
    (isWiderTag === undefined || isWiderTag(second.tag)) &&
    wanted.every(({ key, wide }) => {
      const narrower = patternsOf(second[key])
      return narrower.length > 0 && narrower.every((each) => wide.some((covers) => covers(each)))
    })
}

function tagWidthOf({ name, value }: NonNullable<Condition['tag']>): (second: Condition['tag']) => boolean {
  const covers = value === undefined ? () => true : coverOf(value)
  return (second) => second !== undefined && fold(name) === fold(second.name) && covers(second.value)
}

function patternsOf(written: string | readonly string[] = []): readonly string[] {
  return typeof written === 'string' ? [written] : written
}

/** What fits a pattern read as plain text, stars and all, fits whatever that pattern fits; but `?` is only one character. */
function coverOf(pattern: string): Fits {
  const fits = globOf(pattern)
  const asksForOne = pattern.includes('?')
  return (other) => fits(other) && !(asksForOne && other?.includes('*'))
}
