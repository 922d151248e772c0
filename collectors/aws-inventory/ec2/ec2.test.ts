import { describe, expect, test } from 'vitest'
import { SchemaRegistry } from '../../../schemas/registry.ts'
import type { Describer } from '../describer.ts'
import { SampleCalls } from '../services/sample-calls.ts'
import { ec2Describers } from './ec2.ts'
import { instances } from './instances.ts'
import { interfaces } from './interfaces.ts'
import { networkAcls } from './network-acls.ts'
import { prefixLists } from './prefix-lists.ts'
import { regionSettings } from './region-settings.ts'
import { routeTables } from './route-tables.ts'
import { securityGroups } from './security-groups.ts'
import { snapshots } from './snapshots.ts'
import { images } from './images.ts'
import { peerings } from './vpcs.ts'

const schemas = new SchemaRegistry()
const arn = (resource: string, account = '111122223333', region = 'eu-west-1'): string =>
  `arn:aws:ec2:${region}:${account}:${resource}`
const denied = Object.assign(new Error('denied'), { name: 'AccessDenied' })
const DENIED = expect.stringMatching(/denied$/) as unknown

/** The documents of a describer, each valid. Answers stand by command; of a list, each is given once. */
async function documents(describer: Describer, answers: Readonly<Record<string, object>>) {
  const answering = Object.entries(answers).map(([command, answer]) => {
    const left = Array.isArray(answer) ? [...(answer as object[])] : undefined
    return [`${command}Command`, () => (left === undefined ? answer : left.shift()!)] as const
  })
  const all: object[] = []
  for await (const each of describer.describe(new SampleCalls(Object.fromEntries(answering)))) {
    if (!('uid' in each)) throw new Error(each.reason)
    schemas.encode('asset-document', each.document)
    all.push({ uid: each.uid, ...each.document })
  }
  return all
}

describe('security groups', () => {
  const group = (IpPermissions: unknown) => ({ SecurityGroups: [{ GroupId: 'sg-1', VpcId: 'vpc-1', IpPermissions }] })

  test('name other groups and prefix lists as assets, those of a peered account as its own', async () => {
    const rule = {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '10.0.0.0/8' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      UserIdGroupPairs: [
        { GroupId: 'sg-2', UserId: '111122223333' },
        { GroupId: 'sg-9', UserId: '999999999999' },
      ],
      PrefixListIds: [{ PrefixListId: 'pl-1' }],
    }
    const [first] = await documents(securityGroups, { DescribeSecurityGroups: group([rule]) })
    expect(first).toMatchObject({
      uid: arn('security-group/sg-1'),
      vpc: arn('vpc/vpc-1'),
      ingress: [
        {
          protocol: 'tcp',
          ports: [443, 443],
          cidrs: ['10.0.0.0/8', '::/0'],
          groups: [arn('security-group/sg-2'), arn('security-group/sg-9', '999999999999')],
          prefixLists: [arn('prefix-list/pl-1')],
        },
      ],
      egress: [],
    })
  })

  test.each([
    ['-1', undefined, undefined, undefined],
    ['icmp', 8, -1, undefined],
    ['icmpv6', -1, -1, undefined],
    ['tcp', 0, 65_535, [0, 65_535]],
    ['6', 22, 22, [22, 22]],
    ['udp', -1, -1, undefined],
    ['50', undefined, undefined, undefined],
  ])('of protocol %s from %s to %s have the ports %j', async (IpProtocol, FromPort, ToPort, ports) => {
    const [first] = await documents(securityGroups, {
      DescribeSecurityGroups: group([{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]),
    })
    expect((first as unknown as { ingress: { ports?: unknown }[] }).ingress[0]!.ports).toEqual(ports)
  })
})

describe('network ACLs', () => {
  const acl = (...Entries: unknown[]) => ({ NetworkAcls: [{ NetworkAclId: 'acl-1', IsDefault: false, Entries }] })
  const entry = { RuleNumber: 200, RuleAction: 'deny', Protocol: '-1', CidrBlock: '0.0.0.0/0', Egress: false }

  test('are in the order in which they decide, inwards first', async () => {
    const [first] = await documents(networkAcls, {
      DescribeNetworkAcls: acl(
        { ...entry, Egress: true },
        entry,
        { ...entry, RuleNumber: 100, RuleAction: 'allow', Protocol: '6', PortRange: { From: 22, To: 23 } },
        { ...entry, RuleNumber: 101, CidrBlock: undefined, Ipv6CidrBlock: '::/0' },
      ),
    })
    expect(first).toMatchObject({
      entries: [
        { number: 100, direction: 'in', action: 'allow', protocol: '6', ports: [22, 23] },
        { number: 101, cidr: '::/0' },
        { number: 200, direction: 'in' },
        { number: 200, direction: 'out' },
      ],
    })
  })

  test('of which one entry cannot be read are unknown', async () => {
    const [first] = await documents(networkAcls, {
      DescribeNetworkAcls: acl(entry, { ...entry, CidrBlock: undefined }),
    })
    expect(first).not.toHaveProperty('entries')
  })
})

describe('route tables', () => {
  test.each([
    [{ GatewayId: 'local' }, 'local', undefined],
    [{ GatewayId: 'igw-1' }, 'internet-gateway', 'internet-gateway/igw-1'],
    [{ GatewayId: 'vgw-1' }, 'vpn-gateway', 'vpn-gateway/vgw-1'],
    [{ GatewayId: 'vpce-1' }, 'vpc-endpoint', 'vpc-endpoint/vpce-1'],
    [{ NatGatewayId: 'nat-1' }, 'nat-gateway', 'natgateway/nat-1'],
    [{ EgressOnlyInternetGatewayId: 'eigw-1' }, 'egress-only-internet-gateway', 'egress-only-internet-gateway/eigw-1'],
    [{ VpcPeeringConnectionId: 'pcx-1' }, 'peering', 'vpc-peering-connection/pcx-1'],
    [{ TransitGatewayId: 'tgw-1' }, 'transit-gateway', 'transit-gateway/tgw-1'],
    [{ CarrierGatewayId: 'cagw-1' }, 'carrier-gateway', 'carrier-gateway/cagw-1'],
    [{ InstanceId: 'i-1', NetworkInterfaceId: 'eni-1' }, 'instance', 'instance/i-1'],
    [{ NetworkInterfaceId: 'eni-1' }, 'network-interface', 'network-interface/eni-1'],
    [{ CoreNetworkArn: 'arn:aws:networkmanager::1:core-network/c' }, 'other', undefined],
  ])('lead by %j to %s', async (hop, via, target) => {
    const Routes = [{ DestinationCidrBlock: '0.0.0.0/0', State: 'active', ...hop }]
    const [first] = await documents(routeTables, {
      DescribeRouteTables: { RouteTables: [{ RouteTableId: 'rtb-1', Routes }] },
    })
    expect(first).toMatchObject({ routes: [{ to: '0.0.0.0/0', via, state: 'active' }] })
    const [route] = (first as unknown as { routes: { target?: string }[] }).routes
    expect(route!.target).toBe(target && arn(target))
  })

  test('say whom they are for, not whom they were for, and what leads nowhere', async () => {
    const table = {
      RouteTableId: 'rtb-1',
      Associations: [
        { Main: true },
        { SubnetId: 'subnet-1', AssociationState: { State: 'associated' } },
        { SubnetId: 'subnet-2', AssociationState: { State: 'disassociated' } },
        { GatewayId: 'igw-1' },
      ],
      Routes: [
        { DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1', State: 'blackhole' },
        { DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1', State: 'filtered' },
      ],
    }
    const [first] = await documents(routeTables, { DescribeRouteTables: { RouteTables: [table] } })
    expect(first).toMatchObject({
      main: true,
      subnets: [arn('subnet/subnet-1')],
      routes: [
        { to: arn('prefix-list/pl-1'), state: 'blackhole' },
        { to: '::/0', state: 'blackhole' },
      ],
    })
    const odd = { RouteTables: [{ RouteTableId: 'rtb-1', Routes: [{ GatewayId: 'igw-1' }] }] }
    expect((await documents(routeTables, { DescribeRouteTables: odd }))[0]).not.toHaveProperty('routes')
  })
})

describe('instances and interfaces', () => {
  test('an instance has the groups of its interfaces too; one that is gone is none', async () => {
    const running = {
      InstanceId: 'i-1',
      State: { Name: 'running' },
      SecurityGroups: [{ GroupId: 'sg-1' }],
      NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [{ GroupId: 'sg-2' }, { GroupId: 'sg-1' }] }],
    }
    const all = await documents(instances, {
      DescribeInstances: [
        { Reservations: [{ Instances: [running] }], NextToken: 'more' },
        { Reservations: [{ Instances: [{ InstanceId: 'i-2', State: { Name: 'terminated' } }] }] },
      ],
    })
    expect(all).toMatchObject([
      {
        uid: arn('instance/i-1'),
        groups: [arn('security-group/sg-1'), arn('security-group/sg-2')],
        interfaces: [arn('network-interface/eni-1')],
        instanceProfile: null,
      },
    ])
  })

  test('an interface has every address once, and says where it cannot name them', async () => {
    const one = {
      NetworkInterfaceId: 'eni-1',
      PrivateIpAddress: '10.0.0.1',
      Association: { PublicIp: '203.0.113.9' },
      PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.2' }, { PrivateIpAddress: '10.0.0.1' }],
      Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }],
    }
    const bare = { NetworkInterfaceId: 'eni-2', Ipv6Prefixes: [{ Ipv6Prefix: '2001:db8::/80' }] }
    const all = await documents(interfaces, { DescribeNetworkInterfaces: { NetworkInterfaces: [one, bare] } })
    expect(all).toMatchObject([
      {
        addresses: [{ private: '10.0.0.1', public: '203.0.113.9' }, { private: '10.0.0.2' }],
        ipv6: ['2001:db8::1'],
        instance: null,
        groups: [],
      },
      { addresses: [] },
    ])
    expect(all[1]).not.toHaveProperty('ipv6')
  })
})

describe('what is shared', () => {
  test('is public, or shared with others than oneself; a refusal is told and hides nothing else', async () => {
    const Snapshots = [
      { SnapshotId: 'snap-1', VolumeId: 'vol-ffffffff', Encrypted: true },
      { SnapshotId: 'snap-2' },
      { SnapshotId: 'snap-3' },
    ]
    const all = await documents(snapshots, {
      DescribeSnapshots: { Snapshots },
      DescribeSnapshotAttribute: [
        { CreateVolumePermissions: [{ UserId: '999999999999' }, { UserId: '111122223333' }, { Group: 'all' }] },
        denied,
        Object.assign(new Error('gone'), { name: 'InvalidSnapshot.NotFound' }),
      ],
    })
    expect(all).toEqual([
      {
        uid: arn('snapshot/snap-1'),
        type: 'AWS::EC2::Snapshot',
        tags: [],
        encrypted: true,
        public: true,
        sharedWith: ['999999999999'],
      },
      {
        uid: arn('snapshot/snap-2'),
        type: 'AWS::EC2::Snapshot',
        tags: [],
        refused: { public: DENIED, sharedWith: DENIED },
      },
    ])
    const shown = await documents(images, {
      DescribeImages: { Images: [{ ImageId: 'ami-1', Public: false }] },
      DescribeImageAttribute: { LaunchPermissions: [{ UserId: '999999999999' }] },
    })
    expect(shown).toMatchObject([{ uid: arn('image/ami-1'), public: false, sharedWith: ['999999999999'] }])
  })

  test('over a peering connection lies in two accounts and regions', async () => {
    const connection = {
      VpcPeeringConnectionId: 'pcx-1',
      Status: { Code: 'active' },
      RequesterVpcInfo: { VpcId: 'vpc-1', OwnerId: '111122223333', Region: 'eu-west-1' },
      AccepterVpcInfo: { VpcId: 'vpc-9', OwnerId: '999999999999', Region: 'us-east-1' },
    }
    const all = await documents(peerings, { DescribeVpcPeeringConnections: { VpcPeeringConnections: [connection] } })
    expect(all).toMatchObject([
      { requester: arn('vpc/vpc-1'), accepter: arn('vpc/vpc-9', '999999999999', 'us-east-1'), status: 'active' },
    ])
  })
})

describe('prefix lists', () => {
  test('have all their entries, of all pages, or say that they may not be read', async () => {
    const PrefixLists = [
      { PrefixListId: 'pl-1', PrefixListName: 'office', OwnerId: '111122223333' },
      { PrefixListId: 'pl-2', PrefixListName: 'com.amazonaws.global.cloudfront.origin-facing', OwnerId: 'AWS' },
    ]
    const one = { DescribeManagedPrefixLists: { PrefixLists: [PrefixLists[0]] } }
    const pages = [{ Entries: [{ Cidr: '192.0.2.0/24' }], NextToken: 'x' }, { Entries: [{ Cidr: '10.0.0.0/8' }] }]
    expect(await documents(prefixLists, { ...one, GetManagedPrefixListEntries: pages })).toMatchObject([
      { uid: arn('prefix-list/pl-1'), managedBy: 'customer', cidrs: ['10.0.0.0/8', '192.0.2.0/24'] },
    ])
    const all = await documents(prefixLists, {
      DescribeManagedPrefixLists: { PrefixLists },
      GetManagedPrefixListEntries: denied,
    })
    expect(all).toMatchObject([{ refused: { cidrs: DENIED } }, { managedBy: 'aws', refused: { cidrs: DENIED } }])
    expect(all[0]).not.toHaveProperty('cidrs')
  })
})

describe('what a region blocks', () => {
  const block = (InternetGatewayBlockMode: string) => ({ VpcBlockPublicAccessOptions: { InternetGatewayBlockMode } })
  const exclusion = (ResourceArn: string, State: string, InternetGatewayExclusionMode = 'allow-bidirectional') => ({
    ResourceArn,
    State,
    InternetGatewayExclusionMode,
  })

  test('is told with the exclusions that are in effect', async () => {
    const [settings] = await documents(regionSettings, {
      DescribeVpcBlockPublicAccessOptions: block('block-ingress'),
      DescribeVpcBlockPublicAccessExclusions: {
        VpcBlockPublicAccessExclusions: [
          exclusion(arn('vpc/vpc-1'), 'create-complete'),
          exclusion(arn('subnet/subnet-1'), 'update-in-progress', 'allow-egress'),
          exclusion(arn('vpc/vpc-2'), 'delete-complete'),
          exclusion(arn('vpc/vpc-3'), 'disable-complete'),
          exclusion(arn('vpc/vpc-4'), 'create-in-progress'),
        ],
      },
      GetSnapshotBlockPublicAccessState: { State: 'block-all-sharing' },
      GetImageBlockPublicAccessState: { ImageBlockPublicAccessState: 'something-new' },
    })
    expect(settings).toEqual({
      uid: 'arn:aws:account::111122223333:region/eu-west-1',
      type: 'AWS::Account::RegionSettings',
      vpcBlockPublicAccess: {
        mode: 'block-ingress',
        exclusions: [
          { resource: arn('subnet/subnet-1'), mode: 'allow-egress' },
          { resource: arn('vpc/vpc-1'), mode: 'allow-bidirectional' },
        ],
      },
      snapshotBlock: 'block-all-sharing',
    })
  })

  test('is unknown where exclusions may not be read, and known where nothing is blocked', async () => {
    const answers = { DescribeVpcBlockPublicAccessExclusions: denied, GetSnapshotBlockPublicAccessState: denied }
    const blocked = await documents(regionSettings, {
      ...answers,
      DescribeVpcBlockPublicAccessOptions: block('block-bidirectional'),
    })
    expect(blocked).toMatchObject([{ refused: { vpcBlockPublicAccess: DENIED, snapshotBlock: DENIED } }])
    const open = await documents(regionSettings, { ...answers, DescribeVpcBlockPublicAccessOptions: block('off') })
    expect(open).toMatchObject([{ vpcBlockPublicAccess: { mode: 'off', exclusions: [] } }])
  })
})

test.each(ec2Describers.map((each) => [each.name, each] as const))(
  '%s makes nothing of an empty answer',
  async (_name, each) => {
    const all = await documents(each, {})
    expect(all).toEqual(
      each === regionSettings ? [{ uid: expect.any(String), type: 'AWS::Account::RegionSettings' }] : [],
    )
  },
)
