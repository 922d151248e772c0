import type { Caller } from './caller.ts'

/** Whom a grant reaches. */
export type Who =
  /** Whoever sends a request, unsigned. */
  | { readonly kind: 'anyone' }
  /** Whoever opens an account with AWS. */
  | { readonly kind: 'any-account' }
  /** Whoever signs and is permitted to: the edge answers the internet. */
  | { readonly kind: 'signer' }
  | { readonly kind: 'addresses'; readonly cidrs: readonly string[] }
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'organisation'; readonly id: string }
  | { readonly kind: 'vpc'; readonly name: string }
  /** A resource for which a service acts, whose account its name does not tell. */
  | { readonly kind: 'source'; readonly arn: string }
  /** An identity by a name that does not tell its account. */
  | { readonly kind: 'somebody'; readonly name: string }
  /** Whoever stands where nobody has read: from elsewhere at most, but no strangers. */
  | { readonly kind: 'unread'; readonly name: string; readonly most: 'cross_boundary' | 'internet_restricted' }
  /** A service that stands before the resource and lets others in. */
  | { readonly kind: 'front'; readonly name: string }

const ACCOUNT = /^\d{12}$/

/** Who has an account of this number; a word in its place, which some pattern of a policy matches, stands for any. */
export function whoseAccount(account: string): Who {
  return ACCOUNT.test(account) ? { kind: 'account', account } : { kind: 'any-account' }
}

/** A caller that a policy may tell from the others, outside the account that owns the resource. */
export interface Outsider {
  readonly who: Who
  readonly caller: Caller
}
