import { completed, started } from '../enrichment/lifecycle/sample-assets.ts'
import type { AssetDocument, GroupRule } from '../schemas/generated/asset-document.ts'
import type { AssetObserved, PostureEvent } from '../schemas/generated/posture-event.ts'

const TENANT = 'acme'
const NETWORK_ACCOUNT = '123456789012'
const NETWORK_REGION = 'eu-west-1'
const COLLECTOR = 'inventory'

/** The uid of something in the sample network: `instance/i-web-1`. */
export function ec2(resource: string): string {
  return `arn:aws:ec2:${NETWORK_REGION}:${NETWORK_ACCOUNT}:${resource}`
}

const VPC = ec2('vpc/vpc-1')
const GATEWAY = ec2('internet-gateway/igw-1')
const SUBNETS = { public: ec2('subnet/subnet-public'), private: ec2('subnet/subnet-private') }

/** What a group of the sample network lets in: ssh, from these ranges. */
export function ssh(...cidrs: readonly string[]): GroupRule {
  return { protocol: 'tcp', ports: [22, 22], cidrs: [...cidrs], groups: [], prefixLists: [] }
}

export function securityGroup(ingress: readonly GroupRule[]): AssetDocument {
  return { type: 'AWS::EC2::SecurityGroup', vpc: VPC, ingress: [...ingress], egress: [] }
}

interface SampleInstance {
  readonly subnet: 'public' | 'private'
  readonly group: string
}

/** Instances with the name of each, in a VPC with one subnet that has a way to the internet and one that has none. */
export interface SampleNetwork {
  readonly instances: Readonly<Record<string, SampleInstance>>
  readonly groups: Readonly<Record<string, readonly GroupRule[]>>
}

/** The documents of a network, by uid. */
export function networkDocuments({ instances, groups }: SampleNetwork): ReadonlyMap<string, AssetDocument> {
  return new Map<string, AssetDocument>([
    [VPC, { type: 'AWS::EC2::VPC', cidrs: ['10.0.0.0/16'], cidrs6: [] }],
    [GATEWAY, { type: 'AWS::EC2::InternetGateway', vpcs: [VPC] }],
    [SUBNETS.public, { type: 'AWS::EC2::Subnet', vpc: VPC, cidr: '10.0.1.0/24', cidrs6: [] }],
    [SUBNETS.private, { type: 'AWS::EC2::Subnet', vpc: VPC, cidr: '10.0.2.0/24', cidrs6: [] }],
    [ec2('route-table/rtb-public'), routes([SUBNETS.public], true)],
    [ec2('route-table/rtb-main'), { ...routes([], false), main: true }],
    [ec2('network-acl/acl-1'), OPEN_ACL],
    [`arn:aws:account::${NETWORK_ACCOUNT}:region/${NETWORK_REGION}`, REGION_SETTINGS],
    ...Object.entries(groups).map(([name, rules]) => [ec2(`security-group/${name}`), securityGroup(rules)] as const),
    ...Object.entries(instances).flatMap(([name, instance], index) => instanceDocuments(name, instance, index)),
  ])
}

/** What an inventory says of these assets; the version's time is `at`. */
export function observations(documents: ReadonlyMap<string, AssetDocument>, at: number): AssetObserved[] {
  return [...documents].map(([uid, document]) => ({
    type: 'asset.observed',
    id: `${uid}/${at}`,
    time: at,
    tenant: TENANT,
    collector: COLLECTOR,
    asset: {
      uid,
      type: document.type,
      provider: 'aws',
      account: NETWORK_ACCOUNT,
      region: regionOf(uid),
      version: { time: at },
    },
    document: { ...document },
  }))
}

/** A complete scan of all that stands in the network: there are no others. */
export function completeScan(documents: ReadonlyMap<string, AssetDocument>, at: number): PostureEvent[] {
  const types = [
    ...new Set([...documents.values()].map(({ type }) => type)),
    'AWS::EC2::VPCPeeringConnection',
    ...BALANCERS,
  ]
  const said = { uid: `scan-${at}`, at, account: NETWORK_ACCOUNT, regions: [NETWORK_REGION], types }
  const begun = started(said)
  return [
    begun,
    ...observations(documents, at).map((event) => ({ ...event, scan: begun.scan })),
    completed({ ...said, assets: documents.size }),
  ]
}

const BALANCERS = [
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::ElasticLoadBalancing::LoadBalancer',
  'AWS::EC2::PrefixList',
]

const REGION_SETTINGS: AssetDocument = {
  type: 'AWS::Account::RegionSettings',
  vpcBlockPublicAccess: { mode: 'off', exclusions: [] },
}

const OPEN_ACL: AssetDocument = {
  type: 'AWS::EC2::NetworkAcl',
  vpc: VPC,
  default: true,
  subnets: Object.values(SUBNETS),
  entries: (['in', 'out'] as const).map((direction) => ({
    number: 100,
    direction,
    action: 'allow' as const,
    protocol: '-1',
    cidr: '0.0.0.0/0',
  })),
}

function routes(subnets: readonly string[], isPublic: boolean) {
  const out = { to: '0.0.0.0/0', via: 'internet-gateway', target: GATEWAY, state: 'active' } as const
  return {
    type: 'AWS::EC2::RouteTable' as const,
    vpc: VPC,
    main: false,
    subnets: [...subnets],
    routes: [{ to: '10.0.0.0/16', via: 'local', state: 'active' } as const, ...(isPublic ? [out] : [])],
  }
}

function instanceDocuments(
  name: string,
  { subnet, group }: SampleInstance,
  index: number,
): (readonly [string, AssetDocument])[] {
  const [uid, networkInterface] = [ec2(`instance/i-${name}`), ec2(`network-interface/eni-${name}`)]
  const place = { vpc: VPC, subnet: SUBNETS[subnet], groups: [ec2(`security-group/${group}`)] }
  const address = subnet === 'public' ? { public: `8.8.4.${index + 1}` } : {}
  return [
    [uid, { type: 'AWS::EC2::Instance', state: 'running', interfaces: [networkInterface], ...place }],
    [
      networkInterface,
      {
        type: 'AWS::EC2::NetworkInterface',
        ...place,
        addresses: [{ private: `10.0.1.${index + 10}`, ...address }],
        ipv6: [],
        instance: uid,
        interfaceType: 'interface',
        status: 'in-use',
      },
    ],
  ]
}

function regionOf(uid: string): string {
  return uid.split(':')[3] || NETWORK_REGION
}
