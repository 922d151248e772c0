import type {
  GetBucketAclCommandOutput,
  GetBucketOwnershipControlsCommandOutput,
  GetBucketPolicyCommandOutput,
  GetBucketTaggingCommandOutput,
  GetPublicAccessBlockCommandOutput,
  Grant,
  PublicAccessBlockConfiguration,
} from '@aws-sdk/client-s3'
import type { AclGrant, Bucket, PublicAccessBlock } from '../../../schemas/generated/asset-document.ts'
import type { Attempted } from '../describer.ts'
import { documentOf, factOf, oneOf, order, tagsOf, textOf } from './facts.ts'

/** What S3 answered about a bucket. */
export interface BucketAnswers {
  readonly publicAccessBlock: Attempted<Pick<GetPublicAccessBlockCommandOutput, 'PublicAccessBlockConfiguration'>>
  readonly policy: Attempted<Pick<GetBucketPolicyCommandOutput, 'Policy'>>
  readonly acl: Attempted<Pick<GetBucketAclCommandOutput, 'Grants' | 'Owner'>>
  readonly ownership: Attempted<Pick<GetBucketOwnershipControlsCommandOutput, 'OwnershipControls'>>
  readonly tags: Attempted<Pick<GetBucketTaggingCommandOutput, 'TagSet'>>
}

/** The groups that S3 knows, by the ends of their addresses. */
const GROUPS = {
  '/groups/global/AllUsers': 'all-users',
  '/groups/global/AuthenticatedUsers': 'authenticated-users',
  '/groups/s3/LogDelivery': 'log-delivery',
} as const
const PERMISSIONS = ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'] as const
const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const

/** What is known of a bucket: that it has no block, policy or controls is a fact, that it cannot be asked is none. */
export function bucketDocument(answers: BucketAnswers): Bucket {
  return documentOf<Bucket>(
    { type: 'AWS::S3::Bucket' },
    {
      publicAccessBlock: factOf(
        answers.publicAccessBlock,
        ({ PublicAccessBlockConfiguration: block }) => publicAccessBlockOf(block),
        null,
      ),
      policy: factOf(answers.policy, ({ Policy }) => textOf(Policy), null),
      acl: factOf(answers.acl, ({ Grants, Owner }) => Grants && grantsOf(Grants, Owner?.ID)),
      ownership: factOf(
        answers.ownership,
        ({ OwnershipControls }) => oneOf(OWNERSHIPS, OwnershipControls?.Rules?.[0]?.ObjectOwnership),
        null,
      ),
      tags: factOf(answers.tags, ({ TagSet }) => tagsOf(TagSet), []),
    },
  )
}

/** Of S3's four settings, one that an answer leaves out is off. */
export function publicAccessBlockOf(block: PublicAccessBlockConfiguration | undefined): PublicAccessBlock | undefined {
  return (
    block && {
      blockPublicAcls: block.BlockPublicAcls ?? false,
      ignorePublicAcls: block.IgnorePublicAcls ?? false,
      blockPublicPolicy: block.BlockPublicPolicy ?? false,
      restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
    }
  )
}

/** Undefined where S3 writes a permission that is not known: what else there is would look like all. */
function grantsOf(grants: readonly Grant[], owner: string | undefined): AclGrant[] | undefined {
  const distinct = new Map<string, AclGrant>()
  for (const { Grantee, Permission } of grants) {
    const permission = oneOf(PERMISSIONS, Permission)
    if (permission === undefined) return undefined
    const grantee = granteeOf(Grantee, owner)
    distinct.set(`${grantee} ${permission}`, { grantee, permission })
  }
  return [...distinct].toSorted(([a], [b]) => order(a, b)).map(([, grant]) => grant)
}

function granteeOf(grantee: Grant['Grantee'], owner: string | undefined): AclGrant['grantee'] {
  for (const [end, name] of Object.entries(GROUPS)) if (grantee?.URI?.endsWith(end) === true) return name
  return owner !== undefined && owner !== '' && grantee?.ID === owner ? 'owner' : 'other'
}
