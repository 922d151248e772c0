import type { AclGrant, Bucket, PublicAccessBlock } from '../../../schemas/generated/asset-document.ts'
import { CLOSED, type Doors, doorsOf, isPublicByDefinition } from './policy-truth.ts'
import type { Operation, Request } from './requests.ts'
import { PARTNER } from './uids.ts'
import type { World } from './world.ts'

/** What one may do with a bucket. */
export const DEEDS = ['read', 'list', 'write', 'objects'] as const
export type Deed = (typeof DEEDS)[number]

/** Who may do what, in one world that fits the documents. */
export type BucketDoors = Readonly<Record<Deed, Doors>>

/** What the documents leave open, filled in in one way. */
interface Filled {
  readonly ignore: boolean
  readonly restrict: boolean
  readonly acls: boolean
  readonly acl: readonly AclGrant[]
  readonly policy: string | null
  /** Some object has an ACL of its own that lets everybody read it. */
  readonly openObject: boolean
}

const PARTNER_ACL: readonly AclGrant[] = [{ grantee: 'other', permission: 'READ' }]
const OPEN_ACL: readonly AclGrant[] = [{ grantee: 'all-users', permission: 'FULL_CONTROL' }]
const policyFor = (Principal: unknown, Effect = 'Allow'): string =>
  JSON.stringify({ Statement: [{ Effect, Principal, Action: '*', Resource: '*' }] })
const OPEN_POLICY = policyFor('*')
const CLOSED_POLICY = policyFor('*', 'Deny')
const PARTNER_POLICY = policyFor({ AWS: PARTNER })

/** Everything that can be true of a bucket: one entry for each world that fits what is known; `made` keeps them for others. */
export function bucketWorlds(world: World, uid: string, made = new Map<string, BucketDoors>()): BucketDoors[] {
  const bucket = world.find('AWS::S3::Bucket', uid)
  if (!bucket) return []
  const ignoring = flag(world, bucket, 'ignorePublicAcls')
  const restricting = flag(world, bucket, 'restrictPublicBuckets')
  const acls = bucket.ownership === undefined ? [true, false] : [bucket.ownership !== 'BucketOwnerEnforced']
  const lists = bucket.acl ? [bucket.acl] : [[], PARTNER_ACL, OPEN_ACL]
  const filled = ignoring.flatMap((ignore) =>
    restricting.flatMap((restrict) =>
      acls.flatMap((each) =>
        lists.flatMap((acl) =>
          policies(bucket).flatMap((policy) =>
            (each && !ignore ? [false, true] : [false]).map((openObject) => ({
              ignore,
              restrict,
              acls: each,
              acl,
              policy,
              openObject,
            })),
          ),
        ),
      ),
    ),
  )
  const different = new Map(filled.map((each) => [JSON.stringify(each), each]))
  return [...different].map(([key, each]) => once(made, `${uid} ${key}`, () => doors(uid, each)))
}

function once(made: Map<string, BucketDoors>, key: string, make: () => BucketDoors): BucketDoors {
  const known = made.get(key) ?? make()
  made.set(key, known)
  return known
}

function policies({ policy }: Bucket): (string | null)[] {
  if (policy === null) return [null]
  const readable = policy !== undefined && isPublicByDefinition(policy) !== undefined
  return readable ? [policy] : [null, PARTNER_POLICY, OPEN_POLICY, CLOSED_POLICY]
}

/** Set where the account or the bucket sets it: what either sets holds, whatever the other may say. */
function flag(world: World, bucket: Bucket, name: keyof PublicAccessBlock): boolean[] {
  const account = world.all('AWS::Account::Settings')[0]?.document.s3PublicAccessBlock
  const settings = [account, bucket.publicAccessBlock].map((each) => (each === null ? false : each?.[name]))
  if (settings.includes(true)) return [true]
  return settings.includes(undefined) ? [false, true] : [false]
}

function doors(uid: string, filled: Filled): BucketDoors {
  const object = `${uid}/object`
  return {
    read: open(filled, [{ action: 's3:GetObject', resource: object }]),
    list: open(filled, [{ action: 's3:ListBucket', resource: uid }]),
    write: open(filled, [
      { action: 's3:PutObject', resource: object },
      { action: 's3:DeleteObject', resource: object },
      { action: 's3:PutBucketAcl', resource: uid },
    ]),
    objects: open(filled, [{ action: 's3:GetObject', resource: `${uid}/shared-object` }]),
  }
}

function open(filled: Filled, operations: readonly Operation[]): Doors {
  const { policy, restrict } = filled
  const barred = restrict && policy !== null && isPublicByDefinition(policy) === true
  return (
    doorsOf(policy, operations, {
      grants: (request) => aclGrants(filled, request),
      bars: ({ caller }) => barred && caller !== 'own account',
    }) ?? CLOSED
  )
}

const NEEDS: Readonly<Record<string, readonly AclGrant['permission'][]>> = {
  's3:ListBucket': ['READ', 'FULL_CONTROL'],
  's3:PutObject': ['WRITE', 'FULL_CONTROL'],
  's3:DeleteObject': ['WRITE', 'FULL_CONTROL'],
  's3:PutBucketAcl': ['WRITE_ACP', 'FULL_CONTROL'],
}

/** A grant to everybody counts unless ACLs are ignored, or are no longer in use. */
function aclGrants(
  { ignore, acls, acl, openObject }: Filled,
  { caller, principal, action, resource }: Request,
): boolean {
  if (!acls || principal === 'service') return false
  if (ignore) return caller === 'other account' && acl.some((each) => each.grantee === 'other' && fits(each, action))
  if (openObject && action === 's3:GetObject' && resource.endsWith('/shared-object')) return true
  return acl.some((each) => isGranted(each.grantee, caller) && fits(each, action))
}

const fits = ({ permission }: AclGrant, action: string): boolean => (NEEDS[action] ?? []).includes(permission)

function isGranted(grantee: AclGrant['grantee'], caller: Request['caller']): boolean {
  if (grantee === 'all-users') return true
  if (grantee === 'authenticated-users') return caller !== 'anonymous'
  return grantee === 'other' && caller === 'other account'
}
