import { readAddress, readCidr } from './addresses.ts'
import type { Request } from './requests.ts'

export interface Statement {
  readonly Effect?: unknown
  readonly Principal?: unknown
  readonly NotPrincipal?: unknown
  readonly Action?: unknown
  readonly NotAction?: unknown
  readonly Resource?: unknown
  readonly NotResource?: unknown
  readonly Condition?: unknown
}

/** The statements of a policy's text; undefined: it cannot be read. */
export function readPolicy(text: string): Statement[] | undefined {
  try {
    const { Statement: read } = JSON.parse(text) as { Statement?: Statement | Statement[] }
    const statements = Array.isArray(read) ? read : read === undefined ? undefined : [read]
    return statements?.every((each) => each.Effect === 'Allow' || each.Effect === 'Deny') ? statements : undefined
  } catch {
    return undefined
  }
}

/** What IAM makes of one request by a resource's policy alone. */
export function decide(statements: readonly Statement[], request: Request): 'allow' | 'deny' | 'silent' {
  const applying = statements.filter((statement) => applies(statement, request))
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'deny'
  return applying.length > 0 ? 'allow' : 'silent'
}

function applies(statement: Statement, request: Request): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement
  const action = (pattern: string): boolean => glob(pattern.toLowerCase(), request.action.toLowerCase())
  if (Action !== undefined && !list(Action).some(action)) return false
  if (NotAction !== undefined && list(NotAction).some(action)) return false
  if (Resource !== undefined && !list(Resource).some((pattern) => glob(pattern, request.resource))) return false
  if (NotResource !== undefined && list(NotResource).some((pattern) => glob(pattern, request.resource))) return false
  return speaksOf(statement, request) && holds(Condition, request)
}

function speaksOf({ Principal, NotPrincipal }: Statement, request: Request): boolean {
  if (NotPrincipal !== undefined) return !names(NotPrincipal, request)
  return names(Principal, request)
}

function names(principal: unknown, request: Request): boolean {
  if (principal === '*') return true
  const people = list((principal as { AWS?: unknown } | undefined)?.AWS)
  return people.some((each) => {
    if (each === '*') return true
    if (request.principal === undefined || request.account === undefined) return false
    const account = /^(\d{12})$|^arn:aws:iam::([\d*]+):root$/.exec(each)
    if (account) return glob(account[1] ?? account[2] ?? '', request.account)
    return glob(each, request.principal)
  })
}

export function list(value: unknown): string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}

/** `*` is anything, `?` one character. */
function glob(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern.startsWith('*')) return glob(pattern.slice(1), text) || (text !== '' && glob(pattern, text.slice(1)))
  return text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]) && glob(pattern.slice(1), text.slice(1))
}

/** All operators, all keys of each, one of the values of each. */
function holds(condition: unknown, request: Request): boolean {
  return Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => tests(operator, key, list(values), request)),
  )
}

function tests(operator: string, key: string, values: readonly string[], { context }: Request): boolean {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(operator) ?? []
  const present = context[key.toLowerCase()]
  if (name.toLowerCase() === 'null') return values.some((value) => (value === 'true') === (present === undefined))
  if (!present) {
    if (quantifier?.toLowerCase() === 'forallvalues' || ifExists) return true
    return quantifier === undefined && isNegated(name)
  }
  const filled = values.flatMap((value) => fill(value, context))
  const matches = (actual: string): boolean => filled.some((value) => compare(name, value, actual)) !== isNegated(name)
  return quantifier?.toLowerCase() === 'forallvalues' ? present.every(matches) : present.some(matches)
}

const isNegated = (operator: string): boolean => /not/i.test(operator)

/** A policy variable becomes what the request says; where it says nothing, the value fits nothing. */
function fill(value: string, context: Request['context']): string[] {
  const variables = [...value.matchAll(/\$\{([^}]+)\}/g)].map((match) => match[1] ?? '')
  if (variables.some((name) => !context[name.toLowerCase()])) return []
  return [value.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => context[name.toLowerCase()]?.[0] ?? '')]
}

function compare(operator: string, value: string, actual: string): boolean {
  switch (operator.toLowerCase().replace('not', '')) {
    case 'stringequals':
      return value === actual
    case 'stringequalsignorecase':
    case 'bool':
      return value.toLowerCase() === actual.toLowerCase()
    case 'stringlike':
      return glob(value, actual)
    case 'arnequals':
    case 'arnlike':
      return isArnLike(value, actual)
    case 'ipaddress':
      return isIn(value, actual)
    default:
      throw new Error(`The brute force does not know the operator ${operator}`)
  }
}

/** Part by part, of which only the last may hold colons. */
function isArnLike(pattern: string, arn: string): boolean {
  const parts = (text: string): string[] => [...text.split(':').slice(0, 5), text.split(':').slice(5).join(':')]
  const [wanted, actual] = [parts(pattern), parts(arn)]
  return wanted.every((part, index) => glob(part, actual[index] ?? ''))
}

function isIn(cidr: string, text: string): boolean {
  const [span, address] = [readCidr(cidr), readAddress(text)]
  if (!span || !address || span.family !== address.family) return false
  return span.first <= address.number && address.number <= span.last
}
