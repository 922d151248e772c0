import { describe, expect, test } from 'vitest'
import {
  dbClusterDocument,
  dbClusterSnapshotDocument,
  dbInstanceDocument,
  dbSnapshotDocument,
} from './database-documents.ts'
import { databases } from './databases.ts'
import { SampleCalls, describedBy, thrown, valid } from './sample-calls.ts'

const EC2 = 'arn:aws:ec2:eu-west-1:111122223333'
const RDS = 'arn:aws:rds:eu-west-1:111122223333'
const place = new SampleCalls()
const [instances, clusters, snapshots, clusterSnapshots] = databases

function attributes(...values: string[]) {
  return [
    { AttributeName: 'copy', AttributeValues: ['000000000000'] },
    { AttributeName: 'restore', AttributeValues: values },
  ]
}

describe('databases', () => {
  test('have what decides who reaches them', async () => {
    const instance = {
      DBInstanceArn: `${RDS}:db:orders`,
      PubliclyAccessible: true,
      Endpoint: { Port: 5432 },
      DbInstancePort: 0,
      DBSubnetGroup: { VpcId: 'vpc-1', Subnets: [{ SubnetIdentifier: 'subnet-2' }, { SubnetIdentifier: 'subnet-1' }] },
      AvailabilityZone: 'eu-west-1a',
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1', Status: 'active' }],
      Engine: 'postgres',
      StorageEncrypted: false,
      DBClusterIdentifier: 'main',
      TagList: [{ Key: 'team', Value: 'db' }],
    }
    const calls = new SampleCalls({
      DescribeDBInstancesCommand: ({ Marker }) =>
        Marker === undefined ? { DBInstances: [instance], Marker: 'm' } : { DBInstances: [{}] },
    })
    expect(await describedBy(instances, calls)).toEqual([
      {
        uid: `${RDS}:db:orders`,
        document: {
          type: 'AWS::RDS::DBInstance',
          public: true,
          port: 5432,
          vpc: `${EC2}:vpc/vpc-1`,
          zone: 'eu-west-1a',
          subnets: [`${EC2}:subnet/subnet-1`, `${EC2}:subnet/subnet-2`],
          groups: [`${EC2}:security-group/sg-1`],
          engine: 'postgres',
          encrypted: false,
          cluster: `${RDS}:cluster:main`,
          tags: [{ name: 'team', value: 'db' }],
        },
      },
      { refused: ['AWS::RDS::DBInstance'], reason: expect.any(String) },
    ])
  })

  test('that are being made have the port that they will have', () => {
    expect(dbInstanceDocument({ DbInstancePort: 3306 }, place).port).toBe(3306)
    expect(dbInstanceDocument({ DbInstancePort: 0 }, place)).not.toHaveProperty('port')
  })

  test('of a cluster are its members', async () => {
    const cluster = {
      DBClusterArn: `${RDS}:cluster:main`,
      Port: 3306,
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }],
      Engine: 'aurora-mysql',
      DBClusterMembers: [{ DBInstanceIdentifier: 'b' }, { DBInstanceIdentifier: 'a' }, {}],
      StorageEncrypted: true,
      TagList: [],
    }
    const calls = new SampleCalls({ DescribeDBClustersCommand: () => ({ DBClusters: [cluster] }) })
    expect(await describedBy(clusters, calls)).toEqual([
      {
        uid: `${RDS}:cluster:main`,
        document: {
          type: 'AWS::RDS::DBCluster',
          port: 3306,
          groups: [`${EC2}:security-group/sg-1`],
          engine: 'aurora-mysql',
          members: [`${RDS}:db:a`, `${RDS}:db:b`],
          encrypted: true,
          tags: [],
        },
      },
    ])
  })
})

describe('snapshots', () => {
  test('are public, shared, or neither, as their restore attribute says', async () => {
    const shared: Record<string, object | Error> = {
      public: { DBSnapshotAttributesResult: { DBSnapshotAttributes: attributes('all', '444455556666') } },
      shared: { DBSnapshotAttributesResult: { DBSnapshotAttributes: attributes('444455556666') } },
      own: { DBSnapshotAttributesResult: { DBSnapshotAttributes: attributes() } },
      refused: thrown('AccessDenied'),
      gone: thrown('DBSnapshotNotFoundFault'),
      odd: {},
    }
    const calls = new SampleCalls({
      DescribeDBSnapshotsCommand: () => ({
        DBSnapshots: [
          ...Object.keys(shared).map((name) => ({
            DBSnapshotArn: `${RDS}:snapshot:${name}`,
            DBSnapshotIdentifier: name,
            DBInstanceIdentifier: 'orders',
            SnapshotType: name === 'shared' ? 'awsbackup' : 'manual',
            Encrypted: false,
            TagList: [],
          })),
          { DBSnapshotArn: `${RDS}:snapshot:rds:auto`, DBSnapshotIdentifier: 'rds:auto', SnapshotType: 'automated' },
        ],
      }),
      DescribeDBSnapshotAttributesCommand: ({ DBSnapshotIdentifier }) => shared[String(DBSnapshotIdentifier)]!,
    })
    const known = { type: 'AWS::RDS::DBSnapshot', instance: `${RDS}:db:orders`, encrypted: false, tags: [] }
    expect(await describedBy(snapshots, calls)).toEqual([
      { uid: `${RDS}:snapshot:public`, document: { ...known, public: true, sharedWith: ['444455556666'] } },
      { uid: `${RDS}:snapshot:shared`, document: { ...known, public: false, sharedWith: ['444455556666'] } },
      { uid: `${RDS}:snapshot:own`, document: { ...known, public: false, sharedWith: [] } },
      {
        uid: `${RDS}:snapshot:refused`,
        document: { ...known, refused: { public: expect.any(String), sharedWith: expect.any(String) } },
      },
      { uid: `${RDS}:snapshot:odd`, document: known },
      { uid: `${RDS}:snapshot:rds:auto`, document: { type: 'AWS::RDS::DBSnapshot', public: false, sharedWith: [] } },
    ])
    expect(calls.actions.filter((action) => action === 'rds:DescribeDBSnapshotAttributes')).toHaveLength(6)
  })

  test('of clusters likewise', async () => {
    const calls = new SampleCalls({
      DescribeDBClusterSnapshotsCommand: () => ({
        DBClusterSnapshots: [
          {
            DBClusterSnapshotArn: `${RDS}:cluster-snapshot:s`,
            DBClusterIdentifier: 'main',
            SnapshotType: 'manual',
            StorageEncrypted: true,
          },
        ],
      }),
      DescribeDBClusterSnapshotAttributesCommand: () => ({
        DBClusterSnapshotAttributesResult: { DBClusterSnapshotAttributes: attributes('all') },
      }),
    })
    expect(await describedBy(clusterSnapshots, calls)).toEqual([
      {
        uid: `${RDS}:cluster-snapshot:s`,
        document: {
          type: 'AWS::RDS::DBClusterSnapshot',
          cluster: `${RDS}:cluster:main`,
          encrypted: true,
          public: true,
          sharedWith: [],
        },
      },
    ])
  })
})

test.each([
  [dbInstanceDocument({}, place)],
  [dbInstanceDocument({ DBSubnetGroup: {}, Endpoint: {} }, place)],
  [dbClusterDocument({}, place)],
  [dbSnapshotDocument({}, { absent: 'x' }, place)],
  [dbClusterSnapshotDocument({}, { absent: 'x' }, place)],
])('an answer without anything in it is a document without facts: %j', (document) => {
  expect(Object.keys(valid({ uid: 'x', document }).document)).toEqual(['type'])
})
