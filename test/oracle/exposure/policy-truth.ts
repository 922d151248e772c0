import { type Stretch } from './addresses.ts'
import { decide, list, readPolicy, type Statement } from './iam.ts'
import { type Caller, type Operation, type Request, requests } from './requests.ts'
import { isAnyone } from './tally.ts'
import { ACCOUNT } from './uids.ts'

/** How far a request gets: from everywhere, from some addresses only, or not at all. */
export type Reach = 'nobody' | 'some' | 'anyone'

/** Who may do at least one of some operations. */
export interface Doors {
  readonly anonymous: Reach
  readonly stranger: Reach
  readonly otherAccount: boolean
  readonly ownAccount: boolean
  /** Whoever is on a network that the policy names. */
  readonly network: boolean
}

export const CLOSED: Doors = {
  anonymous: 'nobody',
  stranger: 'nobody',
  otherAccount: false,
  ownAccount: false,
  network: false,
}

/** Beside what the policy says: whom something else lets in, such as an ACL, and whom something keeps out. */
export interface Besides {
  readonly grants?: (request: Request) => boolean
  readonly bars?: (request: Request) => boolean
}

/** Lets every request try each of the operations. */
export function doorsOf(
  text: string | null,
  operations: readonly Operation[],
  besides: Besides = {},
): Doors | undefined {
  const statements = text === null ? [] : readPolicy(text)
  if (!statements) return undefined
  const passed: Record<Caller, Request[]> = { anonymous: [], stranger: [], 'other account': [], 'own account': [] }
  let network = false
  for (const request of requests(text ?? '', valuesOf(statements), ACCOUNT, operations)) {
    if (!passes(statements, request, besides)) continue
    if (request.known && request.caller !== 'own account') network = true
    else passed[request.caller].push(request)
  }
  return {
    anonymous: reachOf(passed.anonymous),
    stranger: reachOf(passed.stranger),
    otherAccount: passed['other account'].length > 0,
    ownAccount: passed['own account'].length > 0,
    network,
  }
}

function passes(statements: readonly Statement[], request: Request, { grants, bars }: Besides): boolean {
  const decision = decide(statements, request)
  if (decision === 'deny') return false
  if (grants?.(request)) return true
  return decision === 'allow' && !bars?.(request)
}

/** Whoever can come through an endpoint of his own comes from everywhere. */
function reachOf(passed: readonly Request[]): Reach {
  if (passed.length === 0) return 'nobody'
  if (passed.some(({ stretch }) => stretch === undefined)) return 'anyone'
  const stretches = new Map<string, Stretch>()
  for (const { stretch } of passed) if (stretch) stretches.set(`${stretch.family} ${stretch.first}`, stretch)
  return isAnyone([...stretches.values()]) ? 'anyone' : 'some'
}

function valuesOf(statements: readonly Statement[]): string[] {
  const conditions = statements.map(({ Condition }) => (Condition ?? {}) as Record<string, Record<string, unknown>>)
  return conditions.flatMap((each) =>
    Object.values(each).flatMap((keys) => Object.values(keys).flatMap((v) => list(v))),
  )
}

const RESTRICTING_KEYS = `
  aws:principalorgid aws:principalorgpaths aws:principalaccount aws:principalarn aws:sourcearn aws:sourceaccount
  aws:sourceowner aws:sourceorgid aws:sourcevpc aws:sourcevpce aws:userid aws:sourceip s3:dataaccesspointarn
  s3:dataaccesspointaccount kms:calleraccount s3:x-amz-server-side-encryption-aws-kms-key-id`.split(/\s+/)
const RESTRICTING_OPERATORS = 'stringequals stringequalsignorecase stringlike arnequals arnlike ipaddress'.split(' ')

/** S3's own word for it: an allowance for everybody that no fixed value narrows. It decides for RestrictPublicBuckets. */
export function isPublicByDefinition(text: string): boolean | undefined {
  return readPolicy(text)?.some((statement) => {
    if (statement.Effect !== 'Allow') return false
    const everybody = statement.NotPrincipal !== undefined || isEverybody(statement.Principal)
    return everybody && !isNarrowed(statement.Condition)
  })
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true
  return list((principal as { AWS?: unknown } | undefined)?.AWS).some((each) => each.includes('*'))
}

function isNarrowed(condition: unknown): boolean {
  const read = (condition ?? {}) as Record<string, Record<string, unknown>>
  return Object.entries(read).some(
    ([operator, keys]) =>
      RESTRICTING_OPERATORS.includes(operator.toLowerCase().replace(/^foranyvalue:/, '')) &&
      Object.entries(keys).some(([key, values]) => isFixed(key.toLowerCase(), list(values))),
  )
}

function isFixed(key: string, values: readonly string[]): boolean {
  if (!RESTRICTING_KEYS.includes(key) || values.length === 0) return false
  if (key === 'aws:sourceip') return values.every((value) => isNarrowRange(value))
  if (key === 's3:dataaccesspointarn' && values.every((value) => /^arn:aws:s3:[^:]*:\d{12}:accesspoint\//.test(value)))
    return true
  return values.every((value) => !/[*?]|\$\{/.test(value))
}

function isNarrowRange(value: string): boolean {
  const width = Number(value.split('/')[1] ?? 128)
  return value.includes(':') ? width >= 32 : width >= 8
}
