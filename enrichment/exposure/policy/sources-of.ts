import type { Source } from './caller.ts'
import type { Condition } from './condition.ts'
import { FRESH, globOf, hasWildcard, instancesOf } from './glob.ts'
import { whoseAccount, type Outsider, type Who } from './who.ts'

/** Those for whom a service may act: what SourceArn, SourceAccount and SourceOrgID name, and anybody. */
export function sourcesOf(conditions: readonly Condition[], owner: string): readonly Outsider[] {
  const of = (...keys: string[]): readonly string[] =>
    conditions.filter((each) => keys.includes(each.key)).flatMap((each) => each.values)
  const accounts = of('aws:sourceaccount', 'aws:sourceowner').flatMap((each) => instancesOf(globOf(each)))
  const others = accounts.filter((each) => each !== owner)
  const arns = of('aws:sourcearn')
  const organisations = of('aws:sourceorgid')
  const anybody: Who = { kind: 'any-account' }
  return [
    acting(anybody, [`arn:aws:sns:us-east-1:${FRESH}:${FRESH}`], [FRESH]),
    acting(anybody, [`arn:aws:sns:us-east-1:${FRESH}:${FRESH}`], [FRESH], [`o-${FRESH}`]),
    ...others.map((each) => acting(whoseAccount(each), [`arn:aws:sns:us-east-1:${each}:${FRESH}`], [each])),
    ...arns.flatMap((pattern) => instancesOf(globOf(pattern)).flatMap((arn) => bySource(pattern, arn, others, owner))),
    ...organisations.map((id) => acting({ kind: 'organisation', id }, 'unknown', 'unknown', [id])),
  ]
}

function bySource(pattern: string, arn: string, others: readonly string[], owner: string): readonly Outsider[] {
  const [, , service, region, account, name] = arn.split(':')
  if (account === undefined || name === undefined || account === owner) return []
  if (service !== 's3' && account !== '') return [acting(whoseAccount(account), [arn], [account])]
  // The ARN of a bucket has neither region nor account, so that its name alone tells whose it is.
  if (service !== 's3' || region !== '' || account !== '') return []
  const isFixed = !hasWildcard(globOf(pattern.split(':').slice(5).join(':')))
  return [
    acting(isFixed ? { kind: 'source', arn } : { kind: 'any-account' }, [arn], [FRESH]),
    ...others.map((each) => acting(whoseAccount(each), [arn], [each])),
  ]
}

/** A service that acts for strangers is one that the policy lets in as everyone, not by its name. */
function acting(
  who: Who,
  arn: Source['arn'],
  account: Source['account'],
  organisation: Source['organisation'] = who.kind === 'any-account' ? 'absent' : 'unknown',
): Outsider {
  const service = who.kind === 'any-account' ? undefined : 'any'
  return { who, caller: { kind: 'service', service, source: { arn, account, organisation } } }
}
