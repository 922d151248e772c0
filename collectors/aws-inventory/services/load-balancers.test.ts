import type { Action, Listener, Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, test } from 'vitest'
import { loadBalancers } from './load-balancers.ts'
import { listenerDocument, loadBalancerDocument, targetGroupDocument } from './load-balancer-documents.ts'
import { SampleCalls, describedBy, thrown, valid } from './sample-calls.ts'

const HERE = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'
const EC2 = 'arn:aws:ec2:eu-west-1:111122223333'
const ALB = `${HERE}:loadbalancer/app/web/0123456789abcdef`
const LISTENER = `${HERE}:listener/app/web/0123456789abcdef/fedcba9876543210`
const GROUP = `${HERE}:targetgroup/web/0123456789abcdef`
const OTHER_GROUP = `${HERE}:targetgroup/api/0123456789abcdef`
const place = new SampleCalls()
const noTags = { value: [] }
const [balancers, listeners, targetGroups] = loadBalancers

const forward: Action = { Type: 'forward', TargetGroupArn: GROUP }

describe('load balancers', () => {
  test('name scheme, network and groups by their uids', () => {
    const document = loadBalancerDocument(
      {
        Type: 'application',
        Scheme: 'internet-facing',
        VpcId: 'vpc-1',
        SecurityGroups: ['sg-2', 'sg-1'],
        AvailabilityZones: [{ SubnetId: 'subnet-2' }, { SubnetId: 'subnet-1' }, {}],
        State: { Code: 'active' },
      },
      { value: [{ Key: 'team', Value: 'web' }] },
      place,
    )
    expect(document).toEqual({
      type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      kind: 'application',
      scheme: 'internet-facing',
      vpc: `${EC2}:vpc/vpc-1`,
      subnets: [`${EC2}:subnet/subnet-1`, `${EC2}:subnet/subnet-2`],
      groups: [`${EC2}:security-group/sg-1`, `${EC2}:security-group/sg-2`],
      state: 'active',
      tags: [{ name: 'team', value: 'web' }],
    })
  })

  test('a network load balancer that names no groups has none; of an application load balancer that is not known', () => {
    expect(loadBalancerDocument({ Type: 'network' }, noTags, place).groups).toEqual([])
    expect(loadBalancerDocument({ Type: 'application' }, noTags, place)).not.toHaveProperty('groups')
  })

  test.each([
    [loadBalancerDocument({}, { absent: 'x' }, place)],
    [listenerDocument({}, undefined, { absent: 'x' })],
    [listenerDocument({}, { value: [{}] }, { absent: 'x' })],
    [targetGroupDocument({}, { health: { value: [{}] }, attributes: { value: [{}] }, tags: { absent: 'x' } }, place)],
  ])('an answer without anything in it is a document without facts: %j', (document) => {
    valid({ uid: 'x', document })
    const { type: _, targets, ...facts } = document as { type: string; targets?: unknown[] }
    expect(facts).toEqual({})
    expect(targets ?? []).toEqual([])
  })
})

describe('listeners', () => {
  test('do what their rules say, each in its order, the default ones included', () => {
    const listener = {
      LoadBalancerArn: ALB,
      Protocol: 'HTTPS',
      Port: 443,
      DefaultActions: [forward],
    } satisfies Listener
    const rules = {
      value: [
        {
          Actions: [
            {
              Type: 'forward',
              Order: 2,
              ForwardConfig: { TargetGroups: [{ TargetGroupArn: OTHER_GROUP }, { TargetGroupArn: GROUP }] },
            },
            { Type: 'authenticate-oidc', Order: 1 },
          ],
        },
        { IsDefault: true, Actions: [{ Type: 'fixed-response' }] },
      ],
    } satisfies { value: Rule[] }
    expect(listenerDocument(listener, rules, noTags)).toEqual({
      type: 'AWS::ElasticLoadBalancingV2::Listener',
      loadBalancer: ALB,
      protocol: 'HTTPS',
      port: 443,
      actions: [
        { kind: 'authenticate-oidc', targetGroups: [] },
        { kind: 'forward', targetGroups: [OTHER_GROUP, GROUP] },
        { kind: 'fixed-response', targetGroups: [] },
      ],
      tags: [],
    })
    expect(listenerDocument(listener, { value: [] }, noTags).actions).toEqual([
      { kind: 'forward', targetGroups: [GROUP] },
    ])
  })

  test('whose rules may not be read do not seem to do their default only', () => {
    const document = listenerDocument({ DefaultActions: [forward] }, { refused: 'no' }, noTags)
    expect(document).not.toHaveProperty('actions')
    expect(document.refused).toEqual({ actions: 'no' })
  })

  test('only those that speak HTTP are asked for rules, and gone ones are left out', async () => {
    const asked: unknown[] = []
    const calls = new SampleCalls({
      DescribeLoadBalancersCommand: () => ({ LoadBalancers: [{ LoadBalancerArn: ALB }, { LoadBalancerArn: 'gone' }] }),
      DescribeListenersCommand: ({ LoadBalancerArn }) =>
        LoadBalancerArn === 'gone'
          ? thrown('LoadBalancerNotFoundException')
          : {
              Listeners: [
                { ListenerArn: LISTENER, Protocol: 'HTTP', Port: 80 },
                { ListenerArn: `${LISTENER}-gone`, Protocol: 'HTTP', Port: 81 },
                { ListenerArn: `${LISTENER}-tcp`, Protocol: 'TCP', Port: 22, DefaultActions: [forward] },
              ],
            },
      DescribeRulesCommand: ({ ListenerArn }) => {
        asked.push(ListenerArn)
        return ListenerArn === LISTENER
          ? { Rules: [{ IsDefault: true, Actions: [forward] }] }
          : thrown('ListenerNotFoundException')
      },
    })
    const found = await describedBy(listeners, calls)
    expect(asked).toEqual([LISTENER, `${LISTENER}-gone`])
    expect(found).toMatchObject([
      { uid: LISTENER, document: { actions: [{ kind: 'forward', targetGroups: [GROUP] }] } },
      { uid: `${LISTENER}-tcp`, document: { actions: [{ kind: 'forward', targetGroups: [GROUP] }] } },
    ])
  })

  test('that may not be listed are told as such', async () => {
    const calls = new SampleCalls({
      DescribeLoadBalancersCommand: () => ({ LoadBalancers: [{ LoadBalancerArn: ALB }] }),
      DescribeListenersCommand: () => thrown('AccessDenied'),
    })
    expect(await describedBy(listeners, calls)).toEqual([
      {
        refused: ['AWS::ElasticLoadBalancingV2::Listener'],
        reason: 'elasticloadbalancing:DescribeListeners: AccessDenied, it said',
      },
    ])
  })
})

describe('target groups', () => {
  const answers = { health: { value: [] }, attributes: { value: [] }, tags: noTags }

  test('name their targets by uids, with port and health', () => {
    const health = {
      value: [
        { Target: { Id: 'i-2', Port: 80 }, TargetHealth: { State: 'unhealthy' } },
        { Target: { Id: 'i-1', Port: 80 }, TargetHealth: { State: 'healthy' } },
        { Target: { Id: 'i-1' } },
      ],
    } as const
    const document = targetGroupDocument(
      { TargetType: 'instance', Protocol: 'TCP', Port: 80, VpcId: 'vpc-1' },
      {
        ...answers,
        health,
        attributes: { value: [{ Key: 'preserve_client_ip.enabled', Value: 'true' }] },
      },
      place,
    )
    expect(document).toEqual({
      type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      kind: 'instance',
      protocol: 'TCP',
      port: 80,
      vpc: `${EC2}:vpc/vpc-1`,
      preservesClientIp: true,
      targets: [
        { id: `${EC2}:instance/i-1` },
        { id: `${EC2}:instance/i-1`, port: 80, health: 'healthy' },
        { id: `${EC2}:instance/i-2`, port: 80, health: 'unhealthy' },
      ],
      tags: [],
    })
  })

  test.each([
    ['ip', '10.0.0.7', '10.0.0.7'],
    ['alb', ALB, ALB],
    ['lambda', 'arn:aws:lambda:eu-west-1:1:function:f:prod', 'arn:aws:lambda:eu-west-1:1:function:f'],
  ] as const)('a target by %s is %s', (TargetType, Id, id) => {
    const health = { value: [{ Target: { Id } }] }
    expect(targetGroupDocument({ TargetType }, { ...answers, health }, place).targets).toEqual([{ id }])
  })

  test('of an application load balancer keep no client address; of others that is not known without the attribute', () => {
    expect(targetGroupDocument({ Protocol: 'HTTPS' }, answers, place).preservesClientIp).toBe(false)
    expect(targetGroupDocument({ Protocol: 'TCP' }, answers, place)).not.toHaveProperty('preservesClientIp')
  })

  test('are asked for with all pages, tags by twenty, and each property by itself', async () => {
    const many = Array.from({ length: 45 }, (_, index) => ({ TargetGroupArn: `${GROUP}${index}`, Protocol: 'TCP' }))
    const tagged: unknown[][] = []
    const calls = new SampleCalls({
      DescribeTargetGroupsCommand: ({ Marker }) =>
        Marker === undefined ? { TargetGroups: many.slice(0, 40), NextMarker: 'm' } : { TargetGroups: many.slice(40) },
      DescribeTagsCommand: ({ ResourceArns }) => {
        tagged.push(ResourceArns as string[])
        return { TagDescriptions: (ResourceArns as string[]).map((ResourceArn) => ({ ResourceArn, Tags: [] })) }
      },
      DescribeTargetHealthCommand: () => thrown('AccessDenied'),
      DescribeTargetGroupAttributesCommand: () => ({
        Attributes: [{ Key: 'preserve_client_ip.enabled', Value: 'false' }],
      }),
    })
    const found = await describedBy(targetGroups, calls)
    expect(found).toHaveLength(45)
    expect(tagged.map(({ length }) => length)).toEqual([20, 20, 5])
    expect(found[0]).toMatchObject({
      document: { tags: [], preservesClientIp: false, refused: { targets: expect.any(String) } },
    })
  })
})

test('tags that may not be read are refused, and the load balancers come anyway', async () => {
  const calls = new SampleCalls({
    DescribeLoadBalancersCommand: () => ({ LoadBalancers: [{ LoadBalancerArn: ALB, Type: 'application' }, {}] }),
    DescribeTagsCommand: () => thrown('AccessDenied'),
  })
  expect(await describedBy(balancers, calls)).toMatchObject([
    { uid: ALB, document: { refused: { tags: expect.stringMatching(/DescribeTags/) } } },
    { refused: ['AWS::ElasticLoadBalancingV2::LoadBalancer'] },
  ])
})
