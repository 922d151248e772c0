import { DescribeSnapshotAttributeCommand, DescribeSnapshotsCommand, type Snapshot } from '@aws-sdk/client-ec2'
import type { EbsSnapshot } from '../../../schemas/generated/asset-document.ts'
import type { Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, isGone, tagsOf } from '../services/facts.ts'
import { stillThere } from '../services/listing.ts'
import { ec2Of, ec2Pages } from './ec2-client.ts'
import { accountsOf, isPublic } from './shares.ts'
import { uidOf } from './uids.ts'

const GONE = ['InvalidSnapshot.NotFound']
/** What AWS writes where a snapshot was copied: there is no such volume. */
const NO_VOLUME = 'vol-ffffffff'

/** The account's own, each with those it is shared with: a call for each. */
export const snapshots: Describer = {
  name: 'ec2-snapshots',
  service: 'ec2',
  types: ['AWS::EC2::Snapshot'],
  scope: 'regional',
  permissions: ['ec2:DescribeSnapshots', 'ec2:DescribeSnapshotAttribute'],
  // A snapshot is nobody else's until it is shared; a call for each is too much for every backup.
  changedBy: /^(Modify|Reset)SnapshotAttribute$/,
  async *describe(calls) {
    for await (const { Snapshots = [] } of ec2Pages(calls, 'DescribeSnapshots', (ec2, page, options) =>
      ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: 1000, ...page }), options),
    ))
      yield* stillThere(Snapshots, async (snapshot) => describedSnapshot(calls, snapshot))
  },
}

/** Undefined where it has gone since it was listed. */
async function describedSnapshot(calls: Calls, snapshot: Snapshot): Promise<Described | undefined> {
  const { SnapshotId, VolumeId, Encrypted, Tags = [] } = snapshot
  const asked = await calls.attempt(
    'ec2:DescribeSnapshotAttribute',
    (options) =>
      ec2Of(calls).send(
        new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
        options,
      ),
    GONE,
  )
  if (isGone(asked, GONE)) return undefined
  const document = documentOf<EbsSnapshot>(
    {
      type: 'AWS::EC2::Snapshot',
      tags: tagsOf(Tags),
      volume: VolumeId === NO_VOLUME ? undefined : uidOf(calls, 'volume', VolumeId),
      encrypted: Encrypted,
    },
    {
      public: factOf(asked, ({ CreateVolumePermissions = [] }) => isPublic(CreateVolumePermissions)),
      sharedWith: factOf(asked, ({ CreateVolumePermissions = [] }) =>
        accountsOf(CreateVolumePermissions, calls.account),
      ),
    },
  )
  return described(uidOf(calls, 'snapshot', SnapshotId), document)
}
