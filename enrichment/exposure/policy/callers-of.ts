import type { Caller, Signed, Source } from './caller.ts'
import type { Condition } from './condition.ts'
import { FRESH, globOf, instancesOf } from './glob.ts'
import type { Policy } from './parse.ts'
import type { Principal } from './principal.ts'
import { sourcesOf } from './sources-of.ts'
import { whoseAccount, type Outsider } from './who.ts'

const SOURCE = /^aws:source(arn|account|owner|org)/
const ORGANISATION = /^o-[a-z0-9]{10,32}$/
/** They let in whom they like, by settings of their own. */
const FRONTS =
  /^(cloudfront|apigateway|edgelambda\.lambda|vpc-lattice)\.amazonaws\.com(\.cn)?$|^alexa-\w+\.amazon\.com$/

/** Of an organisation that no policy has heard of. */
const UNHEARD = `o-${FRESH}`

/**
 * Those of whom a policy has not heard, with an account that anyone can open: by a role or as a user, alone or in an
 * organisation, which anyone can make, too; as far as the policy asks for that.
 */
export function strangersTo(policy: Policy): readonly Signed[] {
  const asks = (key: string): boolean =>
    policy.statements.some((each) => each.conditions?.some((condition) => condition.key.startsWith(key)) === true)
  const named = policy.statements.some((each) => each.principals?.list.some(({ kind }) => kind === 'arn') === true)
  const organisation = { organisation: [UNHEARD], organisationPath: [`${UNHEARD}/r-${FRESH}/ou-${FRESH}/`] }
  const loners = KINDS.slice(0, asks('aws:principalarn') || named ? 2 : 1).map((kind): Signed => {
    return { kind: 'signed', account: FRESH, arn: `arn:aws:iam::${FRESH}:${kind}/${FRESH}` }
  })
  return asks('aws:principalorg') ? [...loners, ...loners.map((each) => ({ ...each, ...organisation }))] : loners
}

const KINDS = ['role', 'user'] as const

/**
 * All that a policy names outside the owner's account, as one caller each: accounts, roles, organisations, and those for
 * whom services act. Strangers, whom no policy names, are none of them.
 */
export function outsidersOf(policy: Policy, owner: string): readonly Outsider[] {
  const principals = policy.statements.flatMap((each) => each.principals?.list ?? [])
  const all = policy.statements.flatMap((each) => each.conditions ?? [])
  const conditions = all.filter((each) => each.operator !== 'null')
  const organisations = organisationsOf(conditions)
  const found = [
    ...principals.flatMap(byPrincipal),
    ...conditions.flatMap(byCondition),
    ...organisations,
    ...(all.some((each) => SOURCE.test(each.key)) ? sourcesOf(conditions, owner) : []),
  ]
  const membership = organisations.length === 0 ? {} : ({ organisation: 'unknown' } as const)
  const outside = found
    .filter(({ who }) => who.kind !== 'account' || who.account !== owner)
    .map(({ who, caller }) =>
      who.kind === 'account' && caller.kind === 'signed'
        ? { who, caller: { ...caller, ...membership } }
        : { who, caller },
    )
  return [...new Map(outside.map((each) => [JSON.stringify(each), each])).values()]
}

function byPrincipal(principal: Principal): readonly Outsider[] {
  switch (principal.kind) {
    case 'account':
      return ofAccount(principal.account)
    case 'arn':
      return instancesOf(globOf(principal.arn)).map(byArn)
    case 'canonical':
      return [{ who: { kind: 'somebody', name: `canonical user ${principal.id}` }, caller: principal }]
    case 'federated':
      return [byProvider(principal.provider)]
    case 'service':
      return FRONTS.test(principal.service) ? [front(principal.service)] : []
    default:
      return []
  }
}

function ofAccount(account: string): readonly Outsider[] {
  return KINDS.map((kind) => identity(account, { arn: `arn:aws:iam::${account}:${kind}/${FRESH}` }))
}

function identity(account: string, more: Partial<Signed> = {}): Outsider {
  const caller: Signed = { kind: 'signed', account, arn: `arn:aws:iam::${account}:role/${FRESH}`, ...more }
  return { who: whoseAccount(account), caller }
}

function byArn(arn: string): Outsider {
  const account = accountIn(arn)
  // The identity that a distribution of CloudFront reads a bucket with.
  if (account === 'cloudfront')
    return { who: { kind: 'front', name: 'CloudFront' }, caller: identity(account, { arn }).caller }
  return identity(account, { arn })
}

function byProvider(provider: string): Outsider {
  const account = provider.startsWith('arn:') ? accountIn(provider) : ''
  const caller: Caller = { kind: 'federated', provider }
  return { who: whoseAccount(account), caller }
}

function front(service: string): Outsider {
  const source: Source = { arn: 'unknown', account: 'unknown', organisation: 'unknown' }
  return { who: { kind: 'front', name: service }, caller: { kind: 'service', service, source } }
}

function byCondition({ key, values }: Condition): readonly Outsider[] {
  const instances = values.flatMap((each) => instancesOf(globOf(each)))
  if (key === 'aws:principalaccount' || key === 'kms:calleraccount') return instances.flatMap(ofAccount)
  if (key === 'aws:principalarn') return instances.map(byArn)
  if (key !== 'aws:userid') return []
  return instances.map((userId) => ({
    who: { kind: 'somebody', name: `user id ${userId}` },
    caller: identity(FRESH, { userId }).caller,
  }))
}

function organisationsOf(conditions: readonly Condition[]): readonly Outsider[] {
  const of = (key: string): readonly string[] =>
    conditions
      .filter((each) => each.key === key)
      .flatMap(({ values }) => values.flatMap((each) => instancesOf(globOf(each))))
  const member = (id: string, path?: string): Outsider => ({
    who: ORGANISATION.test(id) && !id.includes(FRESH) ? { kind: 'organisation', id } : { kind: 'any-account' },
    caller: identity(FRESH, {
      organisation: [id],
      organisationPath: path === undefined ? 'unknown' : [path],
    }).caller,
  })
  return [
    ...of('aws:principalorgid').map((id) => member(id)),
    ...of('aws:principalorgpaths').map((path) => member(path.split('/')[0] ?? '', path)),
  ]
}

function accountIn(arn: string): string {
  return arn.split(':')[4] ?? ''
}
