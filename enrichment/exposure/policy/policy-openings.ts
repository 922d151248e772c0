import type { Hop } from '../../exposure.ts'
import { audienceOf, type Audience } from './audience.ts'
import type { ContextValue } from './condition.ts'
import type { Access, Probe } from './grant.ts'
import { openingsOf, type Opening } from './opening.ts'
import { parsePolicy, type Policy } from './parse.ts'

/** A resource with a policy, and what may be asked of it. */
export interface PolicyOwner {
  readonly uid: string
  readonly account: string
  readonly region: string
  /** What a person calls it: `bucket`. */
  readonly noun: string
  /** As its document has it: null where it has none, undefined where that is not known. */
  readonly policy: string | null | undefined
  readonly probes: (policy: Policy) => readonly Probe[]
  /** Which requests are taken at all. */
  readonly requests: 'unsigned' | 'signed' | 'both'
  /** Whether to look for those whom the policy names although it is open to strangers. */
  readonly isExhaustive?: boolean
  readonly values?: Readonly<Record<string, ContextValue>>
}

/** Whom a policy lets in, and what keeps the others out. */
export interface PolicyOpenings {
  /** Undefined where there is none, or it could not be read. */
  readonly policy: Policy | undefined
  readonly audience: Audience | undefined
  readonly openings: readonly Opening[]
  readonly closedBy: readonly Hop[]
}

/** What a policy opens to those outside the owner's account; one that is missing or cannot be read may open anything. */
export function policyOpenings(owner: PolicyOwner): PolicyOpenings {
  const { uid, account, noun, policy: text } = owner
  if (text === undefined) return unread(`policy of ${uid}`)
  if (text === null) return { ...NOTHING, closedBy: [{ uid, text: `${noun} has no policy` }] }
  const policy = parsePolicy(text)
  if (policy === undefined) return unread(`readable policy of ${uid}`)
  const { region, probes, requests, isExhaustive = false, values = {} } = owner
  const audience = audienceOf({
    policy,
    probes: probes(policy),
    setting: { account, region, values },
    requests,
    isExhaustive,
  })
  const rest = audience.isComplete ? [] : anything(`policy of ${uid}, which is too large to decide`)
  return {
    policy,
    audience,
    openings: [...openingsOf(audience.grants, uid, noun), ...rest],
    closedBy: closedBy(owner, audience),
  }
}

const NOTHING = { policy: undefined, audience: undefined, openings: [], closedBy: [] } as const

function unread(missing: string): PolicyOpenings {
  return { ...NOTHING, openings: anything(missing) }
}

function anything(missing: string): readonly Opening[] {
  const accesses: readonly Access[] = ['write', 'read', 'list', 'call']
  return accesses.map((access) => ({
    who: { kind: 'anyone' },
    access,
    answer: 'unknown',
    hops: [],
    missing: [missing],
  }))
}

function closedBy({ uid, account, noun }: PolicyOwner, { grants, closers }: Audience): readonly Hop[] {
  const denied = closers.map((name) => ({ uid, text: `${noun} policy statement ${name} denies it to everyone else` }))
  if (denied.length > 0) return denied.slice(0, 5)
  const whom = grants.length === 0 ? `anyone outside account ${account}` : 'anyone else'
  return [{ uid, text: `${noun} policy allows nothing to ${whom}` }]
}
