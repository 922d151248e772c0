import { readConditions, type Condition } from './condition.ts'
import { globOf, type Glob } from './glob.ts'
import { readPrincipals, type Principals } from './principal.ts'
import { isRecord, readTexts } from './read.ts'

/** A list of patterns, or all that is on none of them. */
export interface Patterns {
  readonly negated: boolean
  readonly globs: readonly Glob[]
}

/** One statement; what is undefined has a form that we do not know, so it may say anything. */
export interface Statement {
  /** Its Sid, or its place from 1. */
  readonly name: string
  readonly effect: 'Allow' | 'Deny' | undefined
  readonly principals: Principals | undefined
  /** In lower case: actions ignore case. */
  readonly actions: Patterns | undefined
  readonly resources: Patterns | undefined
  readonly conditions: readonly Condition[] | undefined
}

export interface Policy {
  readonly statements: readonly Statement[]
}

/** A longer text is no policy that any service keeps. */
const MOST_CHARACTERS = 1 << 20
const TOP = new Set(['Version', 'Id', 'Statement'])
const PARTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])
const UNREADABLE: Omit<Statement, 'name'> = {
  effect: undefined,
  principals: undefined,
  actions: undefined,
  resources: undefined,
  conditions: undefined,
}

/**
 * Reads a resource policy as the cloud keeps it. Never throws: undefined where it is no policy document at all; a statement
 * or a part of one that we cannot read stands there as unknown, so that it never counts as absent.
 */
export function parsePolicy(text: string): Policy | undefined {
  const document = readJson(text)
  if (!isRecord(document) || !Object.keys(document).every((each) => TOP.has(each))) return undefined
  const { Version: version, Statement: statement } = document
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') return undefined
  if (!isRecord(statement) && !Array.isArray(statement)) return undefined
  const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement]
  // Before 2012-10-17, and so by default, a dollar sign in a value is only that.
  const variables = version === '2012-10-17'
  return { statements: list.map((each, place) => readStatement(each, `#${place + 1}`, variables)) }
}

function readJson(text: string): unknown {
  if (text.length > MOST_CHARACTERS) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readStatement(value: unknown, place: string, variables: boolean): Statement {
  if (!isRecord(value) || !Object.keys(value).every((each) => PARTS.has(each))) return { name: place, ...UNREADABLE }
  const { Sid: sid, Effect: effect, Action: action, NotAction: notAction } = value
  const { Resource: resource, NotResource: notResource } = value
  return {
    name: typeof sid === 'string' && sid !== '' ? sid.slice(0, 100) : place,
    effect: effect === 'Allow' || effect === 'Deny' ? effect : undefined,
    principals: readPrincipals(value['Principal'], value['NotPrincipal']),
    actions: readPatterns(action, notAction, (each) => each.toLowerCase()),
    resources: readPatterns(resource, notResource),
    conditions: readConditions(value['Condition'], variables),
  }
}

function readPatterns(
  listed: unknown,
  excluded: unknown,
  spell: (pattern: string) => string = (pattern) => pattern,
): Patterns | undefined {
  if ((listed === undefined) === (excluded === undefined)) return undefined
  const texts = readTexts(listed ?? excluded)
  return texts && { negated: listed === undefined, globs: texts.map((each) => globOf(spell(each))) }
}
