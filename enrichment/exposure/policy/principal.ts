import { answerOf as is, some, type Answer } from './answer.ts'
import type { Caller } from './caller.ts'
import { globMatches, globOf, hasWildcard } from './glob.ts'
import { isRecord, readTexts } from './read.ts'

/** Whom one entry of a principal element names. */
export type Principal =
  | { readonly kind: 'everyone' }
  /** No policy says so, but an ACL does: everyone who signs. */
  | { readonly kind: 'signed' }
  | { readonly kind: 'account'; readonly account: string }
  /** A user, a role, a session; may hold wildcards. */
  | { readonly kind: 'arn'; readonly arn: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'federated'; readonly provider: string }
  /** S3's other name of an account, which does not tell which. */
  | { readonly kind: 'canonical'; readonly id: string }
  /** A unique id stands where the user or role was deleted: nobody has it. */
  | { readonly kind: 'deleted' }

export interface Principals {
  readonly negated: boolean
  readonly list: readonly Principal[]
}

const ACCOUNT = /^\d{12}$/
const ROOT = /^arn:[\w-]+:iam::(\d{12}):root$/

/** A principal element; undefined where it has a form that we do not know, or where there is none. */
export function readPrincipals(listed: unknown, excluded: unknown): Principals | undefined {
  if ((listed === undefined) === (excluded === undefined)) return undefined
  const list = readList(listed ?? excluded)
  return list && { negated: listed === undefined, list }
}

function readList(value: unknown): readonly Principal[] | undefined {
  if (value === '*') return [{ kind: 'everyone' }]
  if (!isRecord(value)) return undefined
  const list: Principal[] = []
  for (const [kind, entries] of Object.entries(value)) {
    for (const entry of readTexts(entries) ?? [undefined]) {
      const principal = entry === undefined ? undefined : readPrincipal(kind, entry)
      if (principal === undefined) return undefined
      list.push(principal)
    }
  }
  return list
}

function readPrincipal(kind: string, text: string): Principal | undefined {
  if (kind === 'AWS') return readAws(text)
  if (kind === 'Service') return { kind: 'service', service: text }
  if (kind === 'Federated') return { kind: 'federated', provider: text }
  if (kind === 'CanonicalUser') return { kind: 'canonical', id: text }
  return undefined
}

function readAws(text: string): Principal | undefined {
  if (text === '*') return { kind: 'everyone' }
  const account = ACCOUNT.test(text) ? text : ROOT.exec(text)?.[1]
  if (account !== undefined) return { kind: 'account', account }
  if (text.startsWith('arn:')) return { kind: 'arn', arn: text }
  return /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(text) ? { kind: 'deleted' } : undefined
}

/** Whether a statement's principal element means this caller. */
export function principalsMatch(principals: Principals, caller: Caller): Answer {
  const listed = some(
    principals.list.map((each) => (principals.negated ? isSpared(each, caller) : isMeant(each, caller))),
  )
  if (!principals.negated || listed === 'unknown') return listed
  return listed === 'yes' ? 'no' : 'yes'
}

function isMeant(principal: Principal, caller: Caller): Answer {
  switch (principal.kind) {
    case 'everyone':
      return 'yes'
    case 'signed':
      return is(caller.kind === 'signed')
    case 'account':
      return is(caller.kind === 'signed' && caller.account === principal.account)
    case 'arn':
      return is(caller.kind === 'signed' && arnMeans(principal.arn, caller.arn))
    case 'service':
      return is(caller.kind === 'service' && serviceMeans(principal.service, caller.service))
    case 'federated':
      return is(caller.kind === 'federated' && caller.provider === principal.provider)
    case 'canonical':
      return is(caller.kind === 'canonical' && caller.id === principal.id)
    case 'deleted':
      return 'no'
  }
}

/**
 * Whether NotPrincipal spares this caller. An account there is its root user for sure and its other identities only where
 * they are named too, which cannot be told of somebody unnamed.
 */
function isSpared(principal: Principal, caller: Caller): Answer {
  const meant = isMeant(principal, caller)
  return meant === 'yes' && principal.kind === 'account' ? 'unknown' : meant
}

function arnMeans(pattern: string, arn: string): boolean {
  const glob = globOf(pattern)
  return hasWildcard(glob) ? globMatches(glob, arn) : pattern === arn
}

/** `any` stands for whichever service a policy names; undefined for one that it does not name. */
function serviceMeans(named: string, service: string | undefined): boolean {
  return service !== undefined && (service === 'any' || named === '*' || named === service)
}
