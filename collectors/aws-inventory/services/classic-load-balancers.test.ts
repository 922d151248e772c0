import { expect, test } from 'vitest'
import { classicDocument, classicLoadBalancers } from './classic-load-balancers.ts'
import { SampleCalls, describedBy, valid } from './sample-calls.ts'

const EC2 = 'arn:aws:ec2:eu-west-1:111122223333'
const UID = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/old'
const OLD = {
  LoadBalancerName: 'old',
  Scheme: 'internet-facing',
  VPCId: 'vpc-1',
  Subnets: ['subnet-1'],
  SecurityGroups: ['sg-1'],
  ListenerDescriptions: [
    { Listener: { Protocol: 'HTTP', LoadBalancerPort: 80, InstanceProtocol: 'HTTP', InstancePort: 8080 } },
    {},
  ],
  Instances: [{ InstanceId: 'i-2' }, { InstanceId: 'i-1' }, {}],
}

test('classic load balancers are known by name, with listeners, instances and tags', async () => {
  const calls = new SampleCalls({
    DescribeLoadBalancersCommand: () => ({ LoadBalancerDescriptions: [OLD] }),
    DescribeTagsCommand: () => ({
      TagDescriptions: [{ LoadBalancerName: 'old', Tags: [{ Key: 'team', Value: 'web' }] }],
    }),
  })
  expect(await describedBy(classicLoadBalancers, calls)).toEqual([
    {
      uid: UID,
      document: {
        type: 'AWS::ElasticLoadBalancing::LoadBalancer',
        scheme: 'internet-facing',
        vpc: `${EC2}:vpc/vpc-1`,
        subnets: [`${EC2}:subnet/subnet-1`],
        groups: [`${EC2}:security-group/sg-1`],
        listeners: [{ protocol: 'HTTP', port: 80, instancePort: 8080 }],
        instances: [`${EC2}:instance/i-1`, `${EC2}:instance/i-2`],
        tags: [{ name: 'team', value: 'web' }],
      },
    },
  ])
})

test('an answer without anything in it is a document without facts', () => {
  const document = classicDocument({}, { absent: 'x' }, new SampleCalls())
  expect(valid({ uid: UID, document }).document).toEqual({ type: 'AWS::ElasticLoadBalancing::LoadBalancer' })
})
