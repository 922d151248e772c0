import { fold, globOf } from './glob.ts'
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
  return rules.flatMap((rule, index) => [
    ...emptiness(rule, index),
    ...impossible(rule.when, index),
    ...nobody(rule.owner, ['rules', index, 'owner']),
    ...repetition(rules, index),
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
function repetition(rules: readonly AssetRule[], index: number): RuleProblem[] {
  const rule = rules[index]!
  const earlier = rules.slice(0, index)
  const named = rule.name === undefined ? -1 : earlier.findIndex(({ name }) => name === rule.name)
  const decider = earlier.findIndex((each) => decidesAll(each, rule))
  return [
    ...(named < 0
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

function decidesAll(first: AssetRule, second: AssetRule): boolean {
  const said = ATTRIBUTES.filter((attribute) => second[attribute] !== undefined)
  // Without such a tag an owner stays open.
  const says = (attribute: (typeof said)[number]): boolean =>
    first[attribute] !== undefined && (attribute !== 'owner' || typeof first.owner === 'string')
  // One without a condition is told as such, and not with every other one.
  const isAbout = Object.keys(first.when).length > 0
  return isAbout && said.length > 0 && said.every(says) && isWider(first.when, second.when)
}

/** Whether the first condition holds wherever the second does, as far as that shows. */
function isWider({ tag, ...first }: Condition, second: Condition): boolean {
  const keys = Object.keys(first) as (keyof typeof first)[]
  return (
    (tag === undefined || isWiderTag(tag, second.tag)) &&
    keys.every((key) => {
      const narrower = patternsOf(second[key])
      return narrower.length > 0 && narrower.every((each) => patternsOf(first[key]).some((wide) => covers(wide, each)))
    })
  )
}

function isWiderTag(first: NonNullable<Condition['tag']>, second: Condition['tag']): boolean {
  if (second === undefined || fold(first.name) !== fold(second.name)) return false
  return first.value === undefined || (second.value !== undefined && covers(first.value, second.value))
}

function patternsOf(written: string | readonly string[] = []): readonly string[] {
  return typeof written === 'string' ? [written] : written
}

/** What fits a pattern read as plain text, stars and all, fits whatever that pattern fits; but `?` is only one character. */
function covers(pattern: string, other: string): boolean {
  return globOf(pattern)(other) && (!pattern.includes('?') || !other.includes('*'))
}
