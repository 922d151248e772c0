import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
} from '@aws-sdk/client-ec2'
import { using, type SeedTarget } from './seeded.ts'

/** Ids of EC2. */
export interface SeededNetwork {
  readonly vpc: string
  readonly publicSubnet: string
  readonly privateSubnet: string
  readonly internetGateway: string
  readonly routeTable: string
  /** SSH and RDP, for everybody. */
  readonly openGroup: string
  /** SSH, for one office. */
  readonly officeGroup: string
}

/** A VPC with a public and a private subnet, and two security groups. */
export async function seedNetwork(target: SeedTarget): Promise<SeededNetwork> {
  return using(new EC2Client(target), async (ec2) => {
    const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }))).Vpc!.VpcId!
    const publicSubnet = await subnet(ec2, vpc, '10.20.1.0/24')
    const privateSubnet = await subnet(ec2, vpc, '10.20.2.0/24')
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}))
    const internetGateway = InternetGateway!.InternetGatewayId!
    await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: internetGateway, VpcId: vpc }))
    const routeTable = (await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }))).RouteTable!.RouteTableId!
    const out = { RouteTableId: routeTable, DestinationCidrBlock: '0.0.0.0/0', GatewayId: internetGateway }
    await ec2.send(new CreateRouteCommand(out))
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: routeTable, SubnetId: publicSubnet }))
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: publicSubnet, MapPublicIpOnLaunch: { Value: true } }))
    const openGroup = await group(ec2, vpc, 'open-admin', [22, 3389], '0.0.0.0/0')
    const officeGroup = await group(ec2, vpc, 'office-ssh', [22], '198.51.100.0/24')
    return { vpc, publicSubnet, privateSubnet, internetGateway, routeTable, openGroup, officeGroup }
  })
}

async function subnet(ec2: EC2Client, VpcId: string, CidrBlock: string): Promise<string> {
  return (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }))).Subnet!.SubnetId!
}

async function group(ec2: EC2Client, VpcId: string, name: string, ports: readonly number[], CidrIp: string) {
  const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId }))
  const IpPermissions = ports.map((port) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp }],
  }))
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: made.GroupId!, IpPermissions }))
  return made.GroupId!
}
