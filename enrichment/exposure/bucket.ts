import { accountUid } from '../../schemas/aws-arns.ts'
import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure, Hop } from '../exposure.ts'
import { every, some, type Answer } from './policy/answer.ts'
import { aclClosedBy, aclOpenings, type BlockFlag } from './bucket-acl.ts'
import { bucketProbes } from './bucket-actions.ts'
import type { Who } from './policy/who.ts'
import type { Grant } from './policy/grant.ts'
import { openingsOf, type Opening } from './policy/opening.ts'
import type { Policy } from './policy/parse.ts'
import { policyOpenings } from './policy/policy-openings.ts'
import { isAwsPublic } from './policy/public.ts'
import { settle } from './policy/settle.ts'
import { partitionOf, Reading } from './reading.ts'

type Settings = KnownAsset<'AWS::Account::Settings'>
type Flag = 'ignorePublicAcls' | 'restrictPublicBuckets'

/**
 * Who gets at a bucket. Its policy and its ACL open it; what of the account's and the bucket's own settings is stricter
 * closes again: IgnorePublicAcls and disabled ACLs the one, RestrictPublicBuckets the other, and with it all other accounts,
 * where the whole policy is public. The Block… settings only refuse what is written later. ACLs of single objects are not
 * known, so where they count, reading is unknown; what they grant to single accounts is left out. `none` is a bucket that
 * only its own account's identities reach, by permissions of their own.
 */
export function bucketExposure(graph: ContextGraph, tenant: string, bucket: KnownAsset<'AWS::S3::Bucket'>): Exposure {
  const { uid, account, document } = bucket
  const reading = new Reading(graph, tenant, bucket)
  const settings = reading.asset(accountUid({ partition: partitionOf(uid), account }), 'AWS::Account::Settings')
  const ignore = flagOf('ignorePublicAcls', bucket, settings)
  const restrict = flagOf('restrictPublicBuckets', bucket, settings)
  const byPolicy = policyPart(bucket, restrict)
  const policy = document.policy === null ? null : byPolicy.policy
  const acl = { bucket, acl: document.acl, ownership: document.ownership, ignore, policy }
  return settle(reading, bucket, {
    openings: [...byPolicy.openings, ...aclOpenings(acl)],
    closedBy: [...byPolicy.closedBy, ...aclClosedBy(acl)],
    holdsData: true,
  })
}

/** The stricter of account and bucket; having none of the settings is a fact, not to know them is not. */
function flagOf(flag: Flag, { uid, account, document }: KnownAsset<'AWS::S3::Bucket'>, settings?: Settings): BlockFlag {
  const ofAccount = settings?.document.s3PublicAccessBlock
  const ofBucket = document.publicAccessBlock
  const answers = [ofAccount, ofBucket].map((block): Answer => {
    if (block === undefined) return 'unknown'
    return block?.[flag] === true ? 'yes' : 'no'
  })
  return {
    answer: some(answers),
    uid: answers[0] === 'yes' ? (settings?.uid ?? uid) : uid,
    missing: [
      ...(ofAccount === undefined ? [`S3 public access block of account ${account}`] : []),
      ...(ofBucket === undefined ? [`public access block of ${uid}`] : []),
    ],
  }
}

interface Part {
  readonly policy?: Policy | undefined
  readonly openings: readonly Opening[]
  readonly closedBy: readonly Hop[]
}

function policyPart({ uid, account, region, document }: KnownAsset<'AWS::S3::Bucket'>, restrict: BlockFlag): Part {
  const found = policyOpenings({
    uid,
    account,
    region,
    noun: 'bucket',
    policy: document.policy,
    probes: (policy) => bucketProbes(uid, policy),
    requests: 'both',
    isExhaustive: restrict.answer !== 'no',
  })
  if (found.audience === undefined || found.policy === undefined) return unreadPolicy(found, restrict)
  const isPublic = isAwsPublic(found.policy)
  const closes = every([restrict.answer, isPublic])
  if (closes === 'no') return found
  const why = isPublic === 'unknown' ? [`whether S3 calls the policy of ${uid} public`] : []
  if (closes === 'unknown')
    return { ...found, openings: found.openings.map((each) => perhaps(each, restrict, [...restrict.missing, ...why])) }
  const text = `RestrictPublicBuckets keeps everyone outside account ${account} from a bucket with a public policy`
  const kept = found.audience.grants.filter(outlives)
  return { ...found, openings: openingsOf(kept, uid, 'bucket'), closedBy: [{ uid: restrict.uid, text }] }
}

const UNREAD: Who = { kind: 'unread', name: 'whoever the policy names', most: 'internet_restricted' }

/**
 * Where it is not known whether the whole policy is restricted. If it is, what it may grant to strangers is closed, and if it
 * is not, then because it grants them nothing; but it may name other accounts, or an office's addresses.
 */
function perhaps(opening: Opening, restrict: BlockFlag, missing: readonly string[]): Opening {
  const { who, answer } = opening
  const isOpen = who.kind === 'anyone' || who.kind === 'any-account'
  if (restrict.answer === 'yes' && answer === 'unknown' && isOpen) return { ...opening, who: UNREAD }
  return demote(opening, missing)
}

/** Services stay, also those that act for another account. */
function outlives({ byService, who }: Grant): boolean {
  return (byService && who.kind !== 'any-account') || who.kind === 'front'
}

function demote(opening: Opening, missing: readonly string[]): Opening {
  return { ...opening, answer: 'unknown', missing: [...opening.missing, ...missing] }
}

/** The same of a policy of which nothing could be read. */
function unreadPolicy({ openings, closedBy }: Part, restrict: BlockFlag): Part {
  if (restrict.answer !== 'yes' || openings.length === 0) return { openings, closedBy }
  return {
    openings: openings.slice(0, 1).map((each) => ({ ...each, who: UNREAD })),
    closedBy: [{ uid: restrict.uid, text: 'RestrictPublicBuckets would close a public policy' }],
  }
}
