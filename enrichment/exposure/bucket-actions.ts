import type { Access, Probe } from './policy/grant.ts'
import { otherProbes } from './policy/other-probes.ts'
import type { Policy } from './policy/parse.ts'
import { resourcesUnder } from './policy/resources.ts'

/** What reads or changes objects, or takes the right to. */
const OBJECT_ACTIONS: Readonly<Record<'read' | 'write', readonly string[]>> = {
  read: ['s3:GetObject', 's3:GetObjectVersion'],
  write: [
    's3:PutObject',
    's3:DeleteObject',
    's3:DeleteObjectVersion',
    's3:PutObjectAcl',
    's3:PutObjectVersionAcl',
    's3:BypassGovernanceRetention',
  ],
}
const BUCKET_ACTIONS: Readonly<Record<'list' | 'write', readonly string[]>> = {
  list: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'],
  write: [
    's3:PutBucketPolicy',
    's3:DeleteBucketPolicy',
    's3:PutBucketAcl',
    's3:PutBucketPublicAccessBlock',
    's3:PutBucketOwnershipControls',
    's3:PutLifecycleConfiguration',
    's3:PutReplicationConfiguration',
    's3:DeleteBucket',
  ],
}
const NAMED = [...Object.values(OBJECT_ACTIONS), ...Object.values(BUCKET_ACTIONS)].flat()

/** What may be asked of a bucket: its data first, then whatever else its policy speaks of. */
export function bucketProbes(uid: string, policy: Policy): readonly Probe[] {
  const objects = resourcesUnder(`${uid}/*`, policy)
  const of = (access: Access, actions: readonly string[], resources: readonly string[]): readonly Probe[] =>
    actions.map((action) => ({ access, action, resources }))
  return [
    ...of('write', OBJECT_ACTIONS.write, objects),
    ...of('write', BUCKET_ACTIONS.write, [uid]),
    ...of('read', OBJECT_ACTIONS.read, objects),
    ...of('list', BUCKET_ACTIONS.list, [uid]),
    ...otherProbes(policy, NAMED, [uid, ...objects]),
  ]
}
