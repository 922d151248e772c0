import type { Hop } from '../../exposure.ts'
import type { Access, Grant } from './grant.ts'
import type { Who } from './who.ts'

/** Somebody outside the account who gets in, or may, and by what. */
export interface Opening {
  readonly who: Who
  readonly access: Access
  readonly answer: 'yes' | 'unknown'
  /** As far as this opening goes; the one that lets in is the last. */
  readonly hops: readonly Hop[]
  /** What would make it definite, where it is not. */
  readonly missing: readonly string[]
}

/** What a resource's policy opens; `noun` is what a person calls the resource: `bucket`. */
export function openingsOf(grants: readonly Grant[], uid: string, noun: string): readonly Opening[] {
  return grants.map(({ who, access, answer, action, statement }) => ({
    who,
    access,
    answer,
    hops: [
      {
        uid,
        text: `${noun} policy statement ${statement} ${answer === 'yes' ? 'allows' : 'may allow'} ${action} to ${nameOf(who)}`,
      },
    ],
    missing: answer === 'yes' ? [] : [`what statement ${statement} of the policy of ${uid} means for ${nameOf(who)}`],
  }))
}

/** Of whom a sentence speaks. */
function nameOf(who: Who): string {
  switch (who.kind) {
    case 'anyone':
      return 'anyone'
    case 'any-account':
      return 'anyone with an AWS account'
    case 'signer':
      return 'whoever signs and is permitted'
    case 'addresses':
      return who.cidrs.length === 1
        ? `anyone from ${who.cidrs[0]}`
        : `anyone from ${who.cidrs.length} ranges of addresses`
    case 'account':
      return `account ${who.account}`
    case 'organisation':
      return `organisation ${who.id}`
    case 'vpc':
      return `anyone in ${who.name}`
    case 'source':
      return `the owner of ${who.arn}`
    case 'somebody':
    case 'unread':
    case 'front':
      return who.name
  }
}
