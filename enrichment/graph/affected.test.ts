import { describe, expect, test } from 'vitest'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import { stateKey } from '../state/keys.ts'
import { affectedBy } from './affected.ts'
import { AssetGraph } from './asset-graph.ts'
import { assetRecord, SAMPLE_TENANT } from './sample-graph.ts'

const PREFIX = stateKey.asset(SAMPLE_TENANT, '')

function graphOf(assets: Readonly<Record<string, AssetDocument>>): AssetGraph {
  const graph = new AssetGraph()
  for (const [uid, document] of Object.entries(assets)) graph.update(`${PREFIX}${uid}`, assetRecord({ uid, document }))
  return graph
}

/** Names without what all share. */
function affected(graph: AssetGraph, uid: string, limit = 5000): string[] {
  const { nodes } = affectedBy(graph, graph.find(PREFIX, uid), limit)
  return [...nodes].map((node) => graph.uidOf(node)).toSorted()
}

/** Two instances with an interface each, in one VPC but otherwise apart; the first one is behind a load balancer. */
const NETWORK: Readonly<Record<string, AssetDocument>> = {
  vpc: { type: 'AWS::EC2::VPC' },
  'subnet-1': { type: 'AWS::EC2::Subnet', vpc: 'vpc' },
  'subnet-2': { type: 'AWS::EC2::Subnet', vpc: 'vpc' },
  'acl-1': { type: 'AWS::EC2::NetworkAcl', subnets: ['subnet-1'] },
  rtb: {
    type: 'AWS::EC2::RouteTable',
    vpc: 'vpc',
    main: true,
    routes: [{ to: 'arn:pl', via: 'internet-gateway', target: 'igw', state: 'active' }],
  },
  igw: { type: 'AWS::EC2::InternetGateway', vpcs: ['vpc'] },
  'arn:pl': { type: 'AWS::EC2::PrefixList' },
  'sg-1': { type: 'AWS::EC2::SecurityGroup', vpc: 'vpc' },
  'sg-2': { type: 'AWS::EC2::SecurityGroup', vpc: 'vpc' },
  'sg-lb': { type: 'AWS::EC2::SecurityGroup', vpc: 'vpc' },
  'i-1': { type: 'AWS::EC2::Instance', vpc: 'vpc', interfaces: ['eni-1'] },
  'i-2': { type: 'AWS::EC2::Instance', vpc: 'vpc', interfaces: ['eni-2'] },
  'eni-1': { type: 'AWS::EC2::NetworkInterface', vpc: 'vpc', subnet: 'subnet-1', groups: ['sg-1'], instance: 'i-1' },
  'eni-2': { type: 'AWS::EC2::NetworkInterface', vpc: 'vpc', subnet: 'subnet-2', groups: ['sg-2'], instance: 'i-2' },
  lb: { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', groups: ['sg-lb'], subnets: ['subnet-2'] },
  listener: {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    loadBalancer: 'lb',
    actions: [{ kind: 'forward', targetGroups: ['tg'] }],
  },
  tg: { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', targets: [{ id: 'arn:i-1' }] },
  'arn:i-1': { type: 'AWS::EC2::Instance' },
  'bucket-1': { type: 'AWS::S3::Bucket' },
}

describe('a change of', () => {
  const graph = graphOf(NETWORK)

  test('a bucket concerns the bucket', () => {
    expect(affected(graph, 'bucket-1')).toEqual(['bucket-1'])
  })

  test('a security group concerns what has it, and nothing else', () => {
    expect(affected(graph, 'sg-1')).toEqual(['eni-1', 'i-1', 'sg-1'])
  })

  test("a load balancer's security group concerns what the load balancer passes requests on to", () => {
    expect(affected(graph, 'sg-lb')).toEqual(['arn:i-1', 'lb', 'sg-lb'])
  })

  test('a subnet concerns what lies in it, and what is reached through it', () => {
    expect(affected(graph, 'acl-1')).toEqual(['acl-1', 'eni-1', 'i-1', 'sg-1'])
    expect(affected(graph, 'subnet-2')).toEqual(['arn:i-1', 'eni-2', 'i-2', 'lb', 'sg-2', 'subnet-2'])
  })

  test('a gateway, or a prefix list of a route, concerns all that lies in the VPC', () => {
    const lying = ['arn:i-1', 'eni-1', 'eni-2', 'i-1', 'i-2', 'lb', 'sg-1', 'sg-2']
    expect(affected(graph, 'igw')).toEqual([...lying, 'igw'].toSorted())
    expect(affected(graph, 'arn:pl')).toEqual([...lying, 'arn:pl'].toSorted())
  })

  test('an asset that is named and was never told of concerns those that name it', () => {
    const missing = graphOf({ 'eni-1': NETWORK['eni-1']!, 'i-1': NETWORK['i-1']! })
    expect(affected(missing, 'sg-1')).toEqual(['eni-1', 'i-1', 'sg-1'])
  })

  test('what leads over an asset that was never told of is found all the same', () => {
    const { 'subnet-1': _, ...rest } = NETWORK
    expect(affected(graphOf(rest), 'acl-1')).toEqual(['acl-1', 'eni-1', 'i-1', 'sg-1'])
  })

  test('a hub is looked at as far as the limit goes, and says so', () => {
    const members = Array.from({ length: 20_000 }, (_, index) => `eni-${index}`)
    const document = { type: 'AWS::EC2::NetworkInterface', groups: ['hub'] } as const
    const hub = graphOf({
      hub: { type: 'AWS::EC2::SecurityGroup' },
      ...Object.fromEntries(members.map((uid) => [uid, document])),
    })
    const { nodes, complete } = affectedBy(hub, hub.find(PREFIX, 'hub'), 5000)
    expect(complete).toBe(false)
    expect([...nodes].length).toBeLessThanOrEqual(5002)
    expect(affected(hub, 'eni-7')).toEqual(['eni-7', 'hub'])
  })
})
