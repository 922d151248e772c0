import { parseCidrOrAddress, subtract } from '../flow-set-addresses.ts'
import { PRIVATE } from '../flow-set-internet.ts'
import { every, not, some, type Answer } from './answer.ts'
import type { Condition } from './condition.ts'
import { COMPARISONS } from './comparison.ts'
import type { Policy, Statement } from './parse.ts'
import type { Principal } from './principal.ts'

/** Operators that can keep somebody out; every other one passes what it does not name. */
const RESTRICTING = new Set(['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike'])
/** What must be told of a caller for a fixed value of it to keep others out. */
const RESTRICTING_KEYS = new Set([
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'kms:calleraccount',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
])
/** S3's own limits: what is broader keeps nobody out. */
const BROADEST = { v4: 8, v6: 32 } as const

/**
 * Whether a policy is public by S3's own definition, to which RestrictPublicBuckets goes: one of its Allow statements means
 * everybody, and none of its conditions limits it to fixed values. Deny statements, actions and resources play no part.
 */
export function isAwsPublic(policy: Policy): Answer {
  return some(policy.statements.map(isStatementPublic))
}

function isStatementPublic({ effect, principals, conditions }: Statement): Answer {
  if (effect === 'Deny') return 'no'
  const open: Answer = principals === undefined ? 'unknown' : isOpen(principals.negated, principals.list)
  const restricted = conditions === undefined ? 'unknown' : some(conditions.map(restricts))
  return every([effect === undefined ? 'unknown' : 'yes', open, not(restricted)])
}

function isOpen(negated: boolean, list: readonly Principal[]): Answer {
  return negated || list.some(isEverybody) ? 'yes' : 'no'
}

/** An open identity provider, which is no ARN, signs for whoever has an account with it. */
function isEverybody(principal: Principal): boolean {
  switch (principal.kind) {
    case 'everyone':
      return true
    case 'arn':
      return /[*?]/.test(principal.arn)
    case 'service':
      return /[*?]/.test(principal.service)
    case 'federated':
      return !principal.provider.startsWith('arn:') || /[*?]/.test(principal.provider)
    default:
      return false
  }
}

function restricts({ operator, negated, ifExists, quantifier, key, values }: Condition): Answer {
  if (negated || ifExists || quantifier === 'all') return 'no'
  if (key === 'aws:sourceip') return operator === 'ipaddress' ? every(values.map(isNarrow)) : 'no'
  if (!RESTRICTING_KEYS.has(key)) return 'no'
  if (!RESTRICTING.has(operator)) return isKnown(operator) ? 'no' : 'unknown'
  return values.every((each) => isFixed(key, each)) ? 'yes' : 'no'
}

function isKnown(operator: string): boolean {
  return (
    operator === 'null' ||
    operator === 'ipaddress' ||
    operator.startsWith('date') ||
    Object.hasOwn(COMPARISONS, operator)
  )
}

function isFixed(key: string, value: string): boolean {
  if (value.includes('${')) return false
  // A bucket's policy may leave the name of an access point open, not its account.
  const fixed = key === 's3:dataaccesspointarn' ? (/^(.*:\d{12}:accesspoint\/).*$/.exec(value)?.[1] ?? value) : value
  return !/[*?]/.test(fixed)
}

function isNarrow(value: string): Answer {
  if (value.includes('${')) return 'no'
  const block = parseCidrOrAddress(value)
  if (block === undefined) return 'unknown'
  const isPrivate = subtract(block.family, block.addresses, PRIVATE[block.family]).length === 0
  return isPrivate || block.prefix >= BROADEST[block.family] ? 'yes' : 'no'
}
