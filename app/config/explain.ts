import type { ErrorObject } from 'ajv'
import { stringify } from 'yaml'
import { nearest, suggestion } from './nearest.ts'

/** A complaint of the validator in words for people. It never shows the value: that may be a secret in the wrong place. */
export interface Explanation {
  /** What to add to the pointer at which the validator stood: a key that is missing or that should not be there. */
  readonly key?: string
  readonly at?: 'key'
  readonly problem: string
  readonly remedy: string
}

type Schema = Readonly<Record<string, unknown>>
type Explain = (error: ErrorObject, schema: Schema, otherKeys: readonly string[]) => Explanation

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of "key: value" lines',
  null: 'empty',
}

const EXPLAIN: Readonly<Record<string, Explain>> = {
  type: wrongType,
  required: missing,
  dependentRequired: missing,
  additionalProperties: unknownKey,
  unevaluatedProperties: unknownKey,
  const: ({ params }) => oneOf([params['allowedValue']]),
  enum: ({ params, data }) => oneOf(params['allowedValues'] as unknown[], data),
  minimum: atLeastOrMost,
  maximum: atLeastOrMost,
  exclusiveMinimum: atLeastOrMost,
  exclusiveMaximum: atLeastOrMost,
  multipleOf: ({ params }) => say('not a multiple', `write a multiple of ${params['multipleOf']}`),
  minLength: ({ params }, schema) =>
    params['limit'] === 1
      ? say('empty', `give it a value${described(schema)}`)
      : say('too short', `write at least ${params['limit']} characters`),
  maxLength: ({ params }) => say('too long', `write at most ${params['limit']} characters`),
  minItems: ({ params }, schema) => say('too few entries', `give at least ${params['limit']}${described(schema)}`),
  maxItems: ({ params }) => say('too many entries', `give at most ${params['limit']}`),
  uniqueItems: ({ params }) =>
    say(`entries ${Number(params['j']) + 1} and ${Number(params['i']) + 1} are the same`, 'remove one of them'),
  minProperties: ({ params }) => say('too few keys', `give at least ${params['limit']}`),
  maxProperties: ({ params }) => say('too many keys', `give at most ${params['limit']}`),
  pattern: wrongForm,
  format: ({ params }, schema) =>
    say(`not of the form "${params['format']}"`, remedyFrom(schema, 'check its spelling')),
  anyOf: noForm,
  oneOf: noForm,
}

/** What the validator found wrong, and how to mend it; `otherKeys` are allowed beside those of the schema. */
export function explain(error: ErrorObject, otherKeys: readonly string[] = []): Explanation {
  const schema = (error.parentSchema ?? {}) as Schema
  if (error.propertyName !== undefined) return badName(error.propertyName, schema)
  const words =
    EXPLAIN[error.keyword] ?? (() => say(`not allowed here (${error.keyword})`, remedyFrom(schema, 'see --help')))
  return words(error, schema, otherKeys)
}

function say(problem: string, remedy: string): Explanation {
  return { problem, remedy }
}

function unknownKey({ params }: ErrorObject, schema: Schema, otherKeys: readonly string[]): Explanation {
  const key = String(params['additionalProperty'] ?? params['unevaluatedProperty'])
  const known = [...otherKeys, ...Object.keys((schema['properties'] as object | undefined) ?? {})]
  const near = nearest(key, known)
  const choice = known.length > 0 ? `remove it, or use one of: ${known.join(', ')}` : 'remove it'
  return { key, at: 'key', problem: 'unknown key', remedy: near === undefined ? choice : `did you mean "${near}"?` }
}

function missing({ params }: ErrorObject, schema: Schema): Explanation {
  const key = String(params['missingProperty'])
  const wanted = ((schema['properties'] as Record<string, Schema> | undefined) ?? {})[key] ?? {}
  const example = (wanted['examples'] as unknown[] | undefined)?.[0]
  const shown = example === undefined ? '…' : stringify(example, { collectionStyle: 'flow' }).trim()
  return { key, problem: 'missing', remedy: `add "${key}: ${shown}"${described(wanted)}` }
}

function wrongType({ params, data }: ErrorObject, schema: Schema): Explanation {
  const expected = [params['type']].flat().map(String)
  const found = data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data
  const problem = `must be ${expected.map((type) => TYPES[type] ?? type).join(' or ')}, but is ${TYPES[found] ?? found}`
  return say(problem, typeRemedy(expected, found, data) + described(schema))
}

function typeRemedy(expected: readonly string[], found: string, data: unknown): string {
  if (found === 'null') return 'give it a value, or remove the line'
  if (expected.includes('string') && found !== 'array' && found !== 'object') return 'put it in quotes'
  const numeric = expected.includes('number') || expected.includes('integer')
  if (numeric && found === 'string') return Number.isNaN(Number(data)) ? 'write digits only' : 'remove the quotes'
  if (expected.includes('array')) return 'write it as a list: ["…"]'
  if (expected.includes('object') && found === 'array') return 'give each entry a name instead of a dash'
  if (expected.includes('object')) return 'indent its settings below it'
  return `write ${expected.map((type) => TYPES[type] ?? type).join(' or ')}`
}

function oneOf(allowed: readonly unknown[], data?: unknown): Explanation {
  return say('not one of the values that are allowed here', suggestion(data, allowed.map(String)))
}

function atLeastOrMost({ keyword, params }: ErrorObject, schema: Schema): Explanation {
  const small = keyword.toLowerCase().includes('minimum')
  const [inclusive, exclusive] = small ? ['at least', 'more than'] : ['at most', 'less than']
  const limit = keyword.startsWith('exclusive') ? exclusive : inclusive
  return say(small ? 'too small' : 'too large', `write ${limit} ${params['limit']}${described(schema)}`)
}

function wrongForm({ params }: ErrorObject, schema: Schema): Explanation {
  return say('not of the required form', remedyFrom(schema, `it must match ${params['pattern']}`))
}

function noForm({ schema: branches }: ErrorObject, schema: Schema): Explanation {
  const forms = (Array.isArray(branches) ? (branches as Schema[]) : []).flatMap(({ type }) => [type].flat())
  const types = [...new Set(forms.filter((type) => typeof type === 'string').map((type) => TYPES[type] ?? type))]
  const fallback = types.length > 0 ? `write ${types.join(' or ')}` : 'see the documentation of this component'
  return say('none of the forms that are allowed here', remedyFrom(schema, fallback))
}

function badName(name: string, schema: Schema): Explanation {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64)
  const example = slug === '' ? '' : `, for example "${slug}"`
  return {
    key: name,
    at: 'key',
    problem: 'not a name for this',
    remedy: `${remedyFrom(schema, 'rename it')}${example}`,
  }
}

function remedyFrom(schema: Schema, otherwise: string): string {
  const { description } = schema
  return typeof description === 'string' ? `expected: ${lowerFirst(description)}` : otherwise
}

function described(schema: Schema): string {
  const { description } = schema
  return typeof description === 'string' ? ` (${lowerFirst(description)})` : ''
}

/** The first sentence of a description, as a part of another sentence. */
function lowerFirst(text: string): string {
  const bare = text.trim().split(/\.(?:\s|$)/, 1)[0]!
  return /^[A-Z][a-z]/.test(bare) ? bare[0]!.toLowerCase() + bare.slice(1) : bare
}
