import { expect, test } from 'vitest'
import { clusterDocument, clusters } from './clusters.ts'
import { SampleCalls, describedBy, thrown, valid } from './sample-calls.ts'

const EC2 = 'arn:aws:ec2:eu-west-1:111122223333'
const EKS = 'arn:aws:eks:eu-west-1:111122223333:cluster'
const place = new SampleCalls()

test('clusters say to whom their endpoints answer; gone ones are left out, refused ones are known to be', async () => {
  const open = {
    roleArn: 'arn:aws:iam::111122223333:role/eks',
    tags: { team: 'platform' },
    resourcesVpcConfig: {
      endpointPublicAccess: true,
      endpointPrivateAccess: false,
      publicAccessCidrs: ['203.0.113.0/24'],
      vpcId: 'vpc-1',
      subnetIds: ['subnet-1'],
      securityGroupIds: ['sg-2'],
      clusterSecurityGroupId: 'sg-1',
    },
  }
  const calls = new SampleCalls({
    ListClustersCommand: ({ nextToken }) =>
      nextToken === undefined ? { clusters: ['open', 'gone'], nextToken: 't' } : { clusters: ['closed'] },
    DescribeClusterCommand: ({ name }) => {
      if (name === 'open') return { cluster: open }
      return thrown(name === 'gone' ? 'ResourceNotFoundException' : 'AccessDenied')
    },
  })
  expect(await describedBy(clusters, calls)).toEqual([
    {
      uid: `${EKS}/open`,
      document: {
        type: 'AWS::EKS::Cluster',
        endpointPublic: true,
        endpointPrivate: false,
        publicCidrs: ['203.0.113.0/24'],
        vpc: `${EC2}:vpc/vpc-1`,
        subnets: [`${EC2}:subnet/subnet-1`],
        groups: [`${EC2}:security-group/sg-1`, `${EC2}:security-group/sg-2`],
        role: 'arn:aws:iam::111122223333:role/eks',
        tags: [{ name: 'team', value: 'platform' }],
      },
    },
    {
      uid: `${EKS}/closed`,
      document: {
        type: 'AWS::EKS::Cluster',
        refused: expect.objectContaining({ endpointPublic: expect.any(String), publicCidrs: expect.any(String) }),
      },
    },
  ])
})

test('a public endpoint without a list answers everybody; without an endpoint nothing is known', () => {
  expect(clusterDocument({ resourcesVpcConfig: { endpointPublicAccess: true } }, place).publicCidrs).toEqual([
    '0.0.0.0/0',
  ])
  expect(clusterDocument({ resourcesVpcConfig: { endpointPublicAccess: false } }, place)).not.toHaveProperty(
    'publicCidrs',
  )
  for (const document of [clusterDocument({}, place), clusterDocument({ resourcesVpcConfig: {} }, place)])
    expect(valid({ uid: EKS, document }).document).not.toHaveProperty('endpointPublic')
})
