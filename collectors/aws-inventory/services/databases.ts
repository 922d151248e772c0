import type * as Aws from '@aws-sdk/client-rds'
import type { RDSClient } from '@aws-sdk/client-rds'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import {
  canBeShared,
  dbClusterDocument,
  dbClusterSnapshotDocument,
  dbInstanceDocument,
  dbSnapshotDocument,
  restorersOf,
  type Restorers,
} from './database-documents.ts'
import { described, isGone } from './facts.ts'
import { pages, stillThere } from './listing.ts'

type Sdk = typeof Aws

const PAGE_SIZE = 100
const SNAPSHOT_GONE = ['DBSnapshotNotFoundFault', 'DBSnapshotNotFound']
const CLUSTER_SNAPSHOT_GONE = ['DBClusterSnapshotNotFoundFault']
const TAGGED = 'AddTagsToResource|RemoveTagsFromResource'

/** Databases, clusters and snapshots that the account owns; those that others share with it are theirs. */
export const databases: readonly Describer[] = [
  {
    name: 'rds-instances',
    service: 'rds',
    types: ['AWS::RDS::DBInstance'],
    scope: 'regional',
    permissions: ['rds:DescribeDBInstances'],
    changedBy: new RegExp(
      `^((Create|Modify|Delete|Restore|Start|Stop|Reboot)DBInstance.*|ModifyDBSubnetGroup|${TAGGED})$`,
    ),
    describe: describeInstances,
  },
  {
    name: 'rds-clusters',
    service: 'rds',
    types: ['AWS::RDS::DBCluster'],
    scope: 'regional',
    permissions: ['rds:DescribeDBClusters'],
    changedBy: new RegExp(
      `^((Create|Modify|Delete|Restore|Failover|Start|Stop)DBCluster.*|(Create|Delete)DBInstance|${TAGGED})$`,
    ),
    describe: describeClusters,
  },
  {
    name: 'rds-snapshots',
    service: 'rds',
    types: ['AWS::RDS::DBSnapshot'],
    scope: 'regional',
    permissions: ['rds:DescribeDBSnapshots', 'rds:DescribeDBSnapshotAttributes'],
    changedBy: new RegExp(`^((Create|Copy|Modify|Delete)DBSnapshot.*|${TAGGED})$`),
    describe: describeSnapshots,
  },
  {
    name: 'rds-cluster-snapshots',
    service: 'rds',
    types: ['AWS::RDS::DBClusterSnapshot'],
    scope: 'regional',
    permissions: ['rds:DescribeDBClusterSnapshots', 'rds:DescribeDBClusterSnapshotAttributes'],
    changedBy: new RegExp(`^((Create|Copy|Modify|Delete)DBClusterSnapshot.*|${TAGGED})$`),
    describe: describeClusterSnapshots,
  },
]

function clientOf(sdk: Sdk, calls: Calls): () => RDSClient {
  return () => calls.client('rds', (options) => new sdk.RDSClient(options))
}

async function* describeInstances(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-rds')
  const client = clientOf(sdk, calls)
  const list = (Marker: string | undefined) =>
    calls.send('rds:DescribeDBInstances', async (options) =>
      client().send(new sdk.DescribeDBInstancesCommand({ Marker, MaxRecords: PAGE_SIZE }), options),
    )
  for await (const { DBInstances = [] } of pages(list, (answer) => answer.Marker))
    for (const each of DBInstances) yield described(each.DBInstanceArn, dbInstanceDocument(each, calls))
}

async function* describeClusters(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-rds')
  const client = clientOf(sdk, calls)
  const list = (Marker: string | undefined) =>
    calls.send('rds:DescribeDBClusters', async (options) =>
      client().send(new sdk.DescribeDBClustersCommand({ Marker, MaxRecords: PAGE_SIZE }), options),
    )
  for await (const { DBClusters = [] } of pages(list, (answer) => answer.Marker))
    for (const each of DBClusters) yield described(each.DBClusterArn, dbClusterDocument(each, calls))
}

async function* describeSnapshots(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-rds')
  const client = clientOf(sdk, calls)
  const list = (Marker: string | undefined) =>
    calls.send('rds:DescribeDBSnapshots', async (options) =>
      client().send(new sdk.DescribeDBSnapshotsCommand({ Marker, MaxRecords: PAGE_SIZE }), options),
    )
  const restorers = async (DBSnapshotIdentifier: string | undefined) => {
    const answer = await calls.attempt(
      'rds:DescribeDBSnapshotAttributes',
      async (options) => client().send(new sdk.DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier }), options),
      SNAPSHOT_GONE,
    )
    return restorersIn(answer, (value) => value.DBSnapshotAttributesResult?.DBSnapshotAttributes)
  }
  for await (const { DBSnapshots = [] } of pages(list, (answer) => answer.Marker)) {
    yield* stillThere(DBSnapshots, async (each) => {
      const names = canBeShared(each) ? await restorers(each.DBSnapshotIdentifier) : NOBODY
      if (isGone(names, SNAPSHOT_GONE)) return undefined
      return described(each.DBSnapshotArn, dbSnapshotDocument(each, names, calls))
    })
  }
}

async function* describeClusterSnapshots(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-rds')
  const client = clientOf(sdk, calls)
  const list = (Marker: string | undefined) =>
    calls.send('rds:DescribeDBClusterSnapshots', async (options) =>
      client().send(new sdk.DescribeDBClusterSnapshotsCommand({ Marker, MaxRecords: PAGE_SIZE }), options),
    )
  const restorers = async (DBClusterSnapshotIdentifier: string | undefined) => {
    const answer = await calls.attempt(
      'rds:DescribeDBClusterSnapshotAttributes',
      async (options) =>
        client().send(new sdk.DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier }), options),
      CLUSTER_SNAPSHOT_GONE,
    )
    return restorersIn(answer, (value) => value.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes)
  }
  for await (const { DBClusterSnapshots = [] } of pages(list, (answer) => answer.Marker)) {
    yield* stillThere(DBClusterSnapshots, async (each) => {
      const names = canBeShared(each) ? await restorers(each.DBClusterSnapshotIdentifier) : NOBODY
      if (isGone(names, CLUSTER_SNAPSHOT_GONE)) return undefined
      return described(each.DBClusterSnapshotArn, dbClusterSnapshotDocument(each, names, calls))
    })
  }
}

const NOBODY: Restorers = { value: [] }

function restorersIn<Answer>(
  attempted: Attempted<Answer>,
  attributes: (answer: Answer) => Parameters<typeof restorersOf>[0],
): Restorers {
  if (!('value' in attempted)) return attempted
  const names = restorersOf(attributes(attempted.value))
  return names === undefined ? { absent: 'no attributes in the answer' } : { value: names }
}
