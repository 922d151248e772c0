import { FRESH } from './glob.ts'
import type { ContextValue } from './condition.ts'

/** Who makes a request. */
export type Caller =
  /** Nobody signed it. */
  | { readonly kind: 'unsigned' }
  | Signed
  /** An AWS service that acts for the owner of a resource; `any`: every service that the policy names. */
  | { readonly kind: 'service'; readonly service: string | undefined; readonly source: Source }
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'canonical'; readonly id: string }

export interface Signed {
  readonly kind: 'signed'
  readonly account: string
  readonly arn: string
  readonly organisation?: ContextValue
  readonly organisationPath?: ContextValue
  readonly userId?: string
}

/** For whom a service acts. */
export interface Source {
  readonly arn: ContextValue
  readonly account: ContextValue
  readonly organisation: ContextValue
}

/** Where it comes from: an address of the internet, or an endpoint inside a VPC. */
export type Origin =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'vpc'; readonly vpc: string; readonly endpoint: string }

/** What a request is made of beside its caller and its action. */
export interface Setting {
  /** The account that owns the resource. */
  readonly account: string
  /** Empty where it is not known. */
  readonly region: string
  /** What the request itself fixes, by key in lower case. */
  readonly values: Readonly<Record<string, ContextValue>>
}

/**
 * What a request says of one key. `free`: the caller writes there what suits, or leaves it out; `present`: the same, but
 * something always stands there. `delegated`: direct requests leave it out, and what an access point would let through is
 * not known. `key`: only a KMS key of the caller's own can stand there.
 */
export type Entry = ContextValue | 'free' | 'present' | 'delegated' | 'key'

/** Whatever the caller of a signed request brings along, and an unsigned one cannot. */
const SIGNERS =
  /^(aws:(principaltag\/.*|principaltype|username|viaawsservice|calledvia\w*|multifactorauth(present|age)|tokenissuetime|federatedprovider|sourceidentity|assumedroot)|kms:viaservice|s3:(authtype|signatureage|signatureversion))$/
/** What anyone writes as they like, and what the owner may have written on the resource: neither keeps anyone out. */
const FREE =
  /^(aws:(useragent|referer|requesttag\/.*|tagkeys|resourcetag\/.*)|(s3|sqs|sns|kms|secretsmanager|lambda):.*)$/
/** Of those, what is not a matter of the request. */
const NOT_FREE = /^(sns:endpoint|lambda:(eventsourcetoken|sourcefunctionarn))$/
const DELEGATED = /^s3:(dataaccesspoint(arn|account)|accesspointnetworkorigin)$/

/** What a request by this caller from there says of a key, which stands in lower case. */
export function entryOf(key: string, caller: Caller, origin: Origin, setting: Setting): Entry {
  if (Object.hasOwn(setting.values, key)) return setting.values[key] ?? 'unknown'
  const fixed = originEntry(key, caller, origin) ?? callerEntry(key, caller)
  if (fixed !== undefined) return fixed
  if (key === 'aws:resourceaccount' || key === 's3:resourceaccount') return [setting.account]
  if (key === 'aws:requestedregion') return setting.region === '' ? 'free' : [setting.region]
  if (key === 'aws:securetransport') return 'present'
  if (DELEGATED.test(key)) return 'delegated'
  if (key === 's3:x-amz-server-side-encryption-aws-kms-key-id') return 'key'
  if (SIGNERS.test(key)) return caller.kind === 'unsigned' ? unsignedEntry(key) : 'free'
  return FREE.test(key) && !NOT_FREE.test(key) ? 'free' : 'unknown'
}

/** The two that even unsigned requests have. */
function unsignedEntry(key: string): Entry {
  if (key === 'aws:principaltype') return ['Anonymous']
  return key === 'aws:viaawsservice' ? ['false'] : 'absent'
}

function originEntry(key: string, caller: Caller, origin: Origin): Entry | undefined {
  switch (key) {
    case 'aws:sourceip':
      if (caller.kind === 'service') return 'unknown'
      return origin.kind === 'address' ? [origin.address] : 'absent'
    case 'aws:sourcevpc':
      if (caller.kind === 'service') return 'unknown'
      return origin.kind === 'vpc' ? [origin.vpc] : 'absent'
    case 'aws:sourcevpce':
      if (caller.kind === 'service') return 'unknown'
      return origin.kind === 'vpc' ? [origin.endpoint] : 'absent'
    case 'aws:vpcsourceip':
      return origin.kind === 'vpc' ? 'free' : 'absent'
    case 'aws:sourcevpcarn':
      return origin.kind === 'vpc' || caller.kind === 'service' ? 'unknown' : 'absent'
    default:
      return undefined
  }
}

function callerEntry(key: string, caller: Caller): Entry | undefined {
  if (!/^(aws:(principal|userid$|source(arn|account|owner|org))|kms:calleraccount$)/.test(key)) return undefined
  if (caller.kind === 'unsigned') return unsignedIdentity(key)
  if (caller.kind === 'signed') return signedIdentity(key, caller)
  if (caller.kind === 'service') return serviceIdentity(key, caller.source)
  return key.startsWith('aws:source') ? 'absent' : 'unknown'
}

function unsignedIdentity(key: string): Entry | undefined {
  if (key === 'aws:principaltype') return undefined
  return key === 'aws:principalaccount' || key === 'aws:userid' ? ['anonymous'] : 'absent'
}

function signedIdentity(
  key: string,
  { account, arn, organisation, organisationPath, userId }: Signed,
): Entry | undefined {
  switch (key) {
    case 'aws:principalaccount':
    case 'kms:calleraccount':
    // SNS tells by it who asks, also where no service is between.
    case 'aws:sourceowner':
      return [account]
    case 'aws:principalarn':
      return [arn]
    case 'aws:principalorgid':
      return organisation ?? 'absent'
    case 'aws:principalorgpaths':
      return organisationPath ?? organisationPathOf(organisation)
    case 'aws:userid':
      return [userId ?? `AIDA${FRESH}`]
    case 'aws:principalisawsservice':
      return ['false']
    default:
      return /^aws:(source|principalservicename)/.test(key) ? 'absent' : undefined
  }
}

function organisationPathOf(organisation: ContextValue | undefined): ContextValue {
  return organisation === undefined || organisation === 'absent' ? 'absent' : 'unknown'
}

function serviceIdentity(key: string, source: Source): Entry {
  switch (key) {
    case 'aws:sourcearn':
      return source.arn
    case 'aws:sourceaccount':
    case 'aws:sourceowner':
      return source.account
    case 'aws:sourceorgid':
      return source.organisation
    case 'aws:principalisawsservice':
      return ['true']
    default:
      return /^aws:(sourceorgpaths|principalservicename)/.test(key) ? 'unknown' : 'absent'
  }
}
