import type {
  DBCluster as AwsDbCluster,
  DBClusterSnapshot as AwsDbClusterSnapshot,
  DBInstance as AwsDbInstance,
  DBSnapshot as AwsDbSnapshot,
  VpcSecurityGroupMembership,
} from '@aws-sdk/client-rds'
import type { DbCluster, DbClusterSnapshot, DbInstance, DbSnapshot } from '../../../schemas/generated/asset-document.ts'
import type { Attempted } from '../describer.ts'
import { uidOf, uidsOf } from '../ec2/uids.ts'
import { documentOf, factOf, portOf, setOf, tagsOf, textOf, type Fact, type Place } from './facts.ts'

/** The names that a snapshot's restore attribute holds: account ids, or `all`. */
export type Restorers = Attempted<readonly string[]>

const EVERYBODY = 'all'

/** What is known of a database; also of those of Neptune and DocumentDB, which RDS lists. */
export function dbInstanceDocument(instance: AwsDbInstance, place: Place): DbInstance {
  const { DBSubnetGroup, DBClusterIdentifier } = instance
  return documentOf<DbInstance>({
    type: 'AWS::RDS::DBInstance',
    public: instance.PubliclyAccessible,
    port: portOf(instance.Endpoint?.Port) ?? portOf(instance.DbInstancePort),
    vpc: uidOf(place, 'vpc', DBSubnetGroup?.VpcId),
    zone: textOf(instance.AvailabilityZone),
    subnets: uidsOf(
      place,
      'subnet',
      DBSubnetGroup?.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier),
    ),
    groups: groupsOf(instance.VpcSecurityGroups, place),
    engine: textOf(instance.Engine),
    encrypted: instance.StorageEncrypted,
    cluster: rdsUid(place, 'cluster', DBClusterIdentifier),
    tags: tagsOf(instance.TagList),
  })
}

export function dbClusterDocument(cluster: AwsDbCluster, place: Place): DbCluster {
  const members = cluster.DBClusterMembers?.map(({ DBInstanceIdentifier }) => rdsUid(place, 'db', DBInstanceIdentifier))
  return documentOf<DbCluster>({
    type: 'AWS::RDS::DBCluster',
    port: portOf(cluster.Port),
    groups: groupsOf(cluster.VpcSecurityGroups, place),
    engine: textOf(cluster.Engine),
    members: setOf(members),
    encrypted: cluster.StorageEncrypted,
    tags: tagsOf(cluster.TagList),
  })
}

export function dbSnapshotDocument(snapshot: AwsDbSnapshot, restorers: Restorers, place: Place): DbSnapshot {
  return documentOf<DbSnapshot>(
    {
      type: 'AWS::RDS::DBSnapshot',
      instance: rdsUid(place, 'db', snapshot.DBInstanceIdentifier),
      encrypted: snapshot.Encrypted,
      tags: tagsOf(snapshot.TagList),
    },
    sharing(restorers),
  )
}

export function dbClusterSnapshotDocument(
  snapshot: AwsDbClusterSnapshot,
  restorers: Restorers,
  place: Place,
): DbClusterSnapshot {
  return documentOf<DbClusterSnapshot>(
    {
      type: 'AWS::RDS::DBClusterSnapshot',
      cluster: rdsUid(place, 'cluster', snapshot.DBClusterIdentifier),
      encrypted: snapshot.StorageEncrypted,
      tags: tagsOf(snapshot.TagList),
    },
    sharing(restorers),
  )
}

/** Whether a snapshot can be shared at all: an automated one has to be copied to a manual one first. */
export function canBeShared({ SnapshotType }: Pick<AwsDbSnapshot, 'SnapshotType'>): boolean {
  return SnapshotType !== 'automated'
}

/** What the restore attribute holds; undefined where the answer lists no attributes. */
export function restorersOf(
  attributes:
    | readonly { readonly AttributeName?: string | undefined; readonly AttributeValues?: string[] | undefined }[]
    | undefined,
): readonly string[] | undefined {
  return attributes?.flatMap(({ AttributeName, AttributeValues }) =>
    AttributeName === 'restore' ? (AttributeValues ?? []) : [],
  )
}

function sharing(restorers: Restorers): { readonly public: Fact<boolean>; readonly sharedWith: Fact<string[]> } {
  return {
    public: factOf(restorers, (names) => names.includes(EVERYBODY)),
    sharedWith: factOf(restorers, (names) => setOf(names.filter((name) => name !== EVERYBODY))),
  }
}

function groupsOf(memberships: readonly VpcSecurityGroupMembership[] | undefined, place: Place): string[] | undefined {
  return uidsOf(
    place,
    'security-group',
    memberships?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
  )
}

function rdsUid({ arn }: Place, kind: 'db' | 'cluster', id: string | undefined): string | undefined {
  return id === undefined || id === '' ? undefined : arn('rds', `${kind}:${id}`)
}
