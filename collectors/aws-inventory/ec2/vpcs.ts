import {
  DescribeInternetGatewaysCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  type Subnet as Ec2Subnet,
  type Vpc as Ec2Vpc,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2'
import type { InternetGateway, Subnet, Vpc, VpcPeering } from '../../../schemas/generated/asset-document.ts'
import type { Describer } from '../describer.ts'
import { described, documentOf, setOf, tagsOf, textOf, type Place } from '../services/facts.ts'
import { ec2Pages } from './ec2-client.ts'
import { uidOf, uidsOf } from './uids.ts'

export const vpcs: Describer = {
  name: 'ec2-vpcs',
  service: 'ec2',
  types: ['AWS::EC2::VPC'],
  scope: 'regional',
  permissions: ['ec2:DescribeVpcs'],
  changedBy: /Vpc(CidrBlock)?$|Tags$/,
  async *describe(calls) {
    for await (const { Vpcs = [] } of ec2Pages(calls, 'DescribeVpcs', (ec2, page, options) =>
      ec2.send(new DescribeVpcsCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const each of Vpcs) yield described(uidOf(calls, 'vpc', each.VpcId), documentOfVpc(each))
  },
}

function documentOfVpc(vpc: Ec2Vpc): Vpc {
  const { CidrBlock, CidrBlockAssociationSet = [], Ipv6CidrBlockAssociationSet = [] } = vpc
  const held = CidrBlockAssociationSet.filter(({ CidrBlockState: state }) => isHeld(state?.State))
  const held6 = Ipv6CidrBlockAssociationSet.filter(({ Ipv6CidrBlockState: state }) => isHeld(state?.State))
  return documentOf<Vpc>({
    type: 'AWS::EC2::VPC',
    tags: tagsOf(vpc.Tags ?? []),
    cidrs: setOf([CidrBlock, ...held.map((each) => each.CidrBlock)]),
    cidrs6: setOf(held6.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock)),
    default: vpc.IsDefault,
  })
}

export const subnets: Describer = {
  name: 'ec2-subnets',
  service: 'ec2',
  types: ['AWS::EC2::Subnet'],
  scope: 'regional',
  permissions: ['ec2:DescribeSubnets'],
  changedBy: /Subnet|Tags$/,
  async *describe(calls) {
    for await (const { Subnets = [] } of ec2Pages(calls, 'DescribeSubnets', (ec2, page, options) =>
      ec2.send(new DescribeSubnetsCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const each of Subnets) yield described(uidOf(calls, 'subnet', each.SubnetId), documentOfSubnet(calls, each))
  },
}

function documentOfSubnet(place: Place, subnet: Ec2Subnet): Subnet {
  const held6 = (subnet.Ipv6CidrBlockAssociationSet ?? []).filter((each) => isHeld(each.Ipv6CidrBlockState?.State))
  return documentOf<Subnet>({
    type: 'AWS::EC2::Subnet',
    tags: tagsOf(subnet.Tags ?? []),
    vpc: uidOf(place, 'vpc', subnet.VpcId),
    cidr: textOf(subnet.CidrBlock),
    cidrs6: setOf(held6.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock)),
    zone: textOf(subnet.AvailabilityZone),
    mapsPublicIp: subnet.MapPublicIpOnLaunch,
  })
}

export const internetGateways: Describer = {
  name: 'ec2-internet-gateways',
  service: 'ec2',
  types: ['AWS::EC2::InternetGateway'],
  scope: 'regional',
  permissions: ['ec2:DescribeInternetGateways'],
  changedBy: /InternetGateway|Tags$/,
  async *describe(calls) {
    for await (const { InternetGateways = [] } of ec2Pages(calls, 'DescribeInternetGateways', (ec2, page, options) =>
      ec2.send(new DescribeInternetGatewaysCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const { InternetGatewayId, Attachments = [], Tags = [] } of InternetGateways) {
        // Of these EC2 says `available` where other attachments are `attached`.
        const held = Attachments.filter(({ State = '' }) => !State.startsWith('detach'))
        const document: InternetGateway = {
          type: 'AWS::EC2::InternetGateway',
          tags: tagsOf(Tags) ?? [],
          vpcs: uidsOf(
            calls,
            'vpc',
            held.map(({ VpcId }) => VpcId),
          ),
        }
        yield described(uidOf(calls, 'internet-gateway', InternetGatewayId), document)
      }
  },
}

export const peerings: Describer = {
  name: 'ec2-vpc-peerings',
  service: 'ec2',
  types: ['AWS::EC2::VPCPeeringConnection'],
  scope: 'regional',
  permissions: ['ec2:DescribeVpcPeeringConnections'],
  changedBy: /VpcPeeringConnection|Tags$/,
  async *describe(calls) {
    for await (const answer of ec2Pages(calls, 'DescribeVpcPeeringConnections', (ec2, page, options) =>
      ec2.send(new DescribeVpcPeeringConnectionsCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const each of answer.VpcPeeringConnections ?? []) {
        const uid = uidOf(calls, 'vpc-peering-connection', each.VpcPeeringConnectionId)
        yield described(uid, documentOfPeering(calls, each))
      }
  },
}

function documentOfPeering(place: Place, peering: VpcPeeringConnection): VpcPeering {
  return documentOf<VpcPeering>({
    type: 'AWS::EC2::VPCPeeringConnection',
    tags: tagsOf(peering.Tags ?? []),
    requester: peerOf(place, peering.RequesterVpcInfo),
    accepter: peerOf(place, peering.AccepterVpcInfo),
    status: textOf(peering.Status?.Code),
  })
}

/** The other side's VPC lies in its own account and region. */
function peerOf({ arn }: Place, { VpcId, OwnerId, Region }: VpcPeeringConnectionVpcInfo = {}): string | undefined {
  if (VpcId === undefined) return undefined
  const account = OwnerId === undefined ? {} : { account: OwnerId }
  return arn('ec2', `vpc/${VpcId}`, { ...account, ...(Region === undefined ? {} : { region: Region }) })
}

/** A block counts until it has been taken away. */
function isHeld(state = 'associated'): boolean {
  return /^(associated|associating|disassociating)$/.test(state)
}
