import type { DocumentOf } from '../context-graph.ts'
import type { Hop } from '../exposure.ts'
import type { Answer } from './policy/answer.ts'
import { audienceOf } from './policy/audience.ts'
import { globOf } from './policy/glob.ts'
import type { Grant, Probe } from './policy/grant.ts'
import type { Opening } from './policy/opening.ts'
import type { Policy, Statement } from './policy/parse.ts'
import type { Principal } from './policy/principal.ts'
import { resourcesUnder } from './policy/resources.ts'
import type { Named } from './reading.ts'

type AclGrant = NonNullable<DocumentOf<'AWS::S3::Bucket'>['acl']>[number]

/** A setting of S3, at the account or at the bucket, and who has it. */
export interface BlockFlag {
  readonly answer: Answer
  readonly uid: string
  readonly missing: readonly string[]
}

/** A bucket's ACL with what decides whether it counts. */
export interface BucketAcl {
  readonly bucket: Named
  /** Undefined: not known. */
  readonly acl: readonly AclGrant[] | undefined
  readonly ownership: DocumentOf<'AWS::S3::Bucket'>['ownership']
  readonly ignore: BlockFlag
  /** Of which the Deny statements stand above every ACL; null: there is none; undefined: not known. */
  readonly policy: Policy | null | undefined
}

/** What a permission on a bucket lets one do: READ lists its objects, and who may write the ACL takes the rest. */
const PERMITS: Readonly<Record<AclGrant['permission'], readonly string[]>> = {
  READ: ['s3:ListBucket'],
  WRITE: ['s3:PutObject', 's3:DeleteObject'],
  READ_ACP: ['s3:GetBucketAcl'],
  WRITE_ACP: ['s3:PutBucketAcl'],
  FULL_CONTROL: ['s3:ListBucket', 's3:PutObject', 's3:DeleteObject', 's3:GetBucketAcl', 's3:PutBucketAcl'],
}
/** An account that an ACL names by an id which does not tell which. */
const ANOTHER = '000000000000'
const GRANTEES: Readonly<Partial<Record<AclGrant['grantee'], Principal>>> = {
  'all-users': { kind: 'everyone' },
  'authenticated-users': { kind: 'signed' },
  other: { kind: 'account', account: ANOTHER },
}

/**
 * What ACLs open, where they count. Public grants are void where public ACLs are ignored. Each object has an ACL of its own
 * that nobody has read: where such ACLs count, any of them may let strangers read it.
 */
export function aclOpenings({ bucket, acl, ownership, ignore, policy }: BucketAcl): readonly Opening[] {
  if (ownership === 'BucketOwnerEnforced') return []
  const missing = [
    ...(ownership === undefined ? [`ownership controls of ${bucket.uid}`] : []),
    ...(policy === undefined ? [`policy of ${bucket.uid}`] : []),
  ]
  const unread = acl === undefined ? [`ACL of ${bucket.uid}`] : []
  const named = acl?.filter((each) => each.grantee === 'other') ?? [FULL('other')]
  const open = acl?.filter((each) => each.grantee.endsWith('users')) ?? [FULL('all-users')]
  const ask = (statements: readonly Statement[], why: readonly string[]): readonly Opening[] =>
    openingsThrough(bucket, policy, statements, why)
  const byName = ask(
    named.map((each) => statementOf(bucket, each)),
    [...missing, ...unread],
  )
  if (ignore.answer === 'yes') return byName
  const unsure = [...missing, ...(ignore.answer === 'no' ? [] : ignore.missing)]
  return [
    ...byName,
    ...ask(
      open.map((each) => statementOf(bucket, each)),
      [...unsure, ...unread],
    ),
    ...ask([objectStatement(bucket)], [...unsure, `ACLs of the objects of ${bucket.uid}`]),
  ]
}

const FULL = (grantee: AclGrant['grantee']): AclGrant => ({ grantee, permission: 'FULL_CONTROL' })

/** What closes, for a person. */
export function aclClosedBy({ bucket: { uid }, acl, ownership, ignore }: BucketAcl): readonly Hop[] {
  if (ownership === 'BucketOwnerEnforced') return [{ uid, text: 'BucketOwnerEnforced disables all ACLs of the bucket' }]
  if (ignore.answer === 'yes') return [{ uid: ignore.uid, text: 'IgnorePublicAcls makes public ACLs void' }]
  const isPrivate = acl?.every(({ grantee }) => GRANTEES[grantee] === undefined) === true
  return isPrivate ? [{ uid, text: 'bucket ACL grants nothing to anyone else' }] : []
}

function statementOf({ uid }: Named, { grantee, permission }: AclGrant): Statement {
  const principal = GRANTEES[grantee]
  return {
    name: `bucket ACL grants ${permission} to ${grantee === 'other' ? 'another account' : grantee.replace('-', ' ')}`,
    effect: 'Allow',
    principals: { negated: false, list: principal === undefined ? [] : [principal] },
    actions: { negated: false, globs: PERMITS[permission].map((each) => globOf(each.toLowerCase())) },
    resources: { negated: false, globs: [globOf(uid), globOf(`${uid}/*`)] },
    conditions: [],
  }
}

function objectStatement(bucket: Named): Statement {
  return {
    ...statementOf(bucket, FULL('all-users')),
    name: 'ACLs of single objects count in this bucket',
    actions: { negated: false, globs: [globOf('s3:getobject')] },
  }
}

/** What statements made of ACLs let in that no Deny of the policy keeps out; certain where there is no reason `why` not. */
function openingsThrough(
  { uid, account, region }: Named,
  policy: Policy | null | undefined,
  statements: readonly Statement[],
  why: readonly string[],
): readonly Opening[] {
  if (statements.length === 0) return []
  const denies = policy?.statements.flatMap((each): readonly Statement[] => {
    if (each.effect === 'Allow') return []
    return [each.effect === 'Deny' ? each : { ...each, effect: 'Deny', conditions: undefined }]
  })
  const whole = { statements: [...(denies ?? []), ...statements] }
  const setting = { account, region, values: {} }
  const { grants } = audienceOf({ policy: whole, probes: probesOf(uid, whole), setting, requests: 'both' })
  return grants.map((grant) => openingOf(uid, grant, why))
}

function openingOf(uid: string, { who, access, answer, statement }: Grant, why: readonly string[]): Opening {
  const isAnother = who.kind === 'account' && who.account === ANOTHER
  return {
    who: isAnother ? { kind: 'account', account: 'of another canonical user' } : who,
    access,
    answer: why.length === 0 ? answer : 'unknown',
    hops: [{ uid, text: statement }],
    missing: answer === 'yes' ? why : [...why, `what the policy of ${uid} denies`],
  }
}

function probesOf(uid: string, policy: Policy): readonly Probe[] {
  const objects = resourcesUnder(`${uid}/*`, policy)
  return [
    { access: 'write', action: 's3:PutObject', resources: objects },
    { access: 'write', action: 's3:DeleteObject', resources: objects },
    { access: 'write', action: 's3:PutBucketAcl', resources: [uid] },
    { access: 'read', action: 's3:GetObject', resources: objects },
    { access: 'list', action: 's3:ListBucket', resources: [uid] },
    { access: 'call', action: 's3:GetBucketAcl', resources: [uid] },
  ]
}
