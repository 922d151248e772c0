import type { Answer } from './answer.ts'
import { every, not, some } from './answer.ts'
import { blocksOf, COMPARISONS, inBlocks, type Blocks } from './comparison.ts'
import { globOf, literalGlob, type Glob } from './glob.ts'
import { isRecord } from './read.ts'

/** What a request's context says of one key: its values, that it is not there, or nothing that we know. */
export type ContextValue = readonly string[] | 'absent' | 'unknown'
/** By a key in lower case. */
export type Lookup = (key: string) => ContextValue

/** One operator on one key, as a policy writes it. */
export interface Condition {
  /** In lower case, without its prefix and suffix, as the positive one of a pair: `stringequals` also of StringNotEquals. */
  readonly operator: string
  readonly negated: boolean
  readonly ifExists: boolean
  readonly quantifier: 'any' | 'all' | undefined
  /** In lower case, for keys ignore case; of `aws:PrincipalTag/Team` the tag's key too. */
  readonly key: string
  readonly values: readonly string[]
  /** Whether `${…}` in a value is a policy variable. */
  readonly variables: boolean
  /** Of IpAddress: what the values mean. */
  readonly blocks?: Blocks
}

const OPERATOR = /^(?:for(any|all)(?:value|values):)?(\w+?)(ifexists)?$/
const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  notipaddress: 'ipaddress',
}

/** The conditions of a statement, all of which must hold; undefined where they have a form that we do not know. */
export function readConditions(block: unknown, variables: boolean): readonly Condition[] | undefined {
  if (block === undefined) return []
  if (!isRecord(block)) return undefined
  const conditions: Condition[] = []
  for (const [name, keys] of Object.entries(block)) {
    if (!isRecord(keys)) return undefined
    for (const [key, value] of Object.entries(keys)) {
      const values = readValues(value)
      if (values === undefined) return undefined
      const operator = readOperator(name)
      const blocks = operator.operator === 'ipaddress' ? { blocks: blocksOf(values) } : {}
      conditions.push({ ...operator, key: key.toLowerCase(), values, variables, ...blocks })
    }
  }
  return conditions
}

function readOperator(name: string): Pick<Condition, 'operator' | 'negated' | 'ifExists' | 'quantifier'> {
  const [, quantifier, base = name, ifExists] = OPERATOR.exec(name.toLowerCase()) ?? []
  const positive = Object.hasOwn(NEGATED, base) ? NEGATED[base] : undefined
  return {
    operator: positive ?? base,
    negated: positive !== undefined,
    ifExists: ifExists !== undefined,
    quantifier: quantifier as 'any' | 'all' | undefined,
  }
}

function readValues(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isScalar = (each: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof each)
  return list.length > 0 && list.every(isScalar) ? list.map(String) : undefined
}

/** Whether a condition holds in a request's context; an operator or a value that we do not know is unknown. */
export function conditionHolds(condition: Condition, lookup: Lookup): Answer {
  const { operator, negated, ifExists, quantifier } = condition
  const found = lookup(condition.key)
  if (operator === 'null') return holdsNull(condition, found)
  const isKnown = operator === 'ipaddress' || Object.hasOwn(COMPARISONS, operator)
  if (!isKnown || found === 'unknown') return 'unknown'
  if (found === 'absent' || found.length === 0) {
    if (ifExists || quantifier === 'all') return 'yes'
    return negated && quantifier === undefined ? 'yes' : 'no'
  }
  const answers = found.map((each) => holdsFor(condition, each, lookup))
  // Without a quantifier a key has one value; where it had more, a negated operator must hold for all.
  return quantifier === 'all' || (quantifier === undefined && negated) ? every(answers) : some(answers)
}

function holdsFor(condition: Condition, found: string, lookup: Lookup): Answer {
  const matched = condition.blocks === undefined ? matches(condition, found, lookup) : inBlocks(condition.blocks, found)
  return condition.negated ? not(matched) : matched
}

function matches({ operator, values, variables }: Condition, found: string, lookup: Lookup): Answer {
  const compare = COMPARISONS[operator]
  return some(
    values.map((value) => {
      const pattern = resolve(value, variables, lookup)
      return pattern === undefined || compare === undefined ? 'unknown' : compare(pattern, found)
    }),
  )
}

/** `Null: {key: true}` holds where the key is absent. */
function holdsNull({ values }: Condition, found: ContextValue): Answer {
  if (found === 'unknown') return 'unknown'
  const isAbsent = String(found === 'absent' || found.length === 0)
  const known = values.every((each) => /^(true|false)$/i.test(each))
  if (!known) return 'unknown'
  return values.some((each) => each.toLowerCase() === isAbsent) ? 'yes' : 'no'
}

/** A variable with the text around it, `${*}` and the like, which mean the character, among them. */
const VARIABLE = /\$\{([^{}]*)\}/g

/** A value of a policy as a pattern, its variables put in; undefined where one of them is not known. */
function resolve(value: string, variables: boolean, lookup: Lookup): Glob | undefined {
  if (!variables || !value.includes('${')) return globOf(value)
  let glob = ''
  let at = 0
  for (const found of value.matchAll(VARIABLE)) {
    const text = variable(found[1] ?? '', lookup)
    if (text === undefined) return undefined
    glob += globOf(value.slice(at, found.index)) + literalGlob(text)
    at = found.index + found[0].length
  }
  return (glob + globOf(value.slice(at))) as Glob
}

function variable(name: string, lookup: Lookup): string | undefined {
  if (name === '*' || name === '?' || name === '$') return name
  const [, key = name, standard] = /^([^,]*?)\s*,\s*'(.*)'$/.exec(name) ?? []
  const found = lookup(key.trim().toLowerCase())
  if (found === 'absent') return standard
  return found === 'unknown' || found.length !== 1 ? undefined : found[0]
}
