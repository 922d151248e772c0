import { DescribeSecurityGroupsCommand, type IpPermission, type SecurityGroup as Ec2Group } from '@aws-sdk/client-ec2'
import type { GroupRule, PortRange, SecurityGroup } from '../../../schemas/generated/asset-document.ts'
import type { Calls, Describer } from '../describer.ts'
import { described, documentOf, setOf, tagsOf, textOf, type Place } from '../services/facts.ts'
import { ec2Pages } from './ec2-client.ts'
import { uidOf, uidsOf } from './uids.ts'

export const securityGroups: Describer = {
  name: 'ec2-security-groups',
  service: 'ec2',
  types: ['AWS::EC2::SecurityGroup'],
  scope: 'regional',
  permissions: ['ec2:DescribeSecurityGroups'],
  changedBy: /SecurityGroup|Tags$/,
  async *describe(calls) {
    for await (const { SecurityGroups = [] } of ec2Pages(calls, 'DescribeSecurityGroups', (ec2, page, options) =>
      ec2.send(new DescribeSecurityGroupsCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const each of SecurityGroups)
        yield described(uidOf(calls, 'security-group', each.GroupId), documentOfGroup(calls, each))
  },
}

function documentOfGroup(calls: Calls, group: Ec2Group): SecurityGroup {
  const { IpPermissions = [], IpPermissionsEgress = [] } = group
  return documentOf<SecurityGroup>({
    type: 'AWS::EC2::SecurityGroup',
    tags: tagsOf(group.Tags ?? []),
    vpc: uidOf(calls, 'vpc', group.VpcId),
    name: textOf(group.GroupName),
    ingress: IpPermissions.map((each) => ruleOf(calls, each)),
    egress: IpPermissionsEgress.map((each) => ruleOf(calls, each)),
  })
}

function ruleOf(calls: Place, rule: IpPermission): GroupRule {
  const {
    IpProtocol: protocol = '-1',
    IpRanges = [],
    Ipv6Ranges = [],
    UserIdGroupPairs = [],
    PrefixListIds = [],
  } = rule
  const ports = portsOf(protocol, rule)
  return {
    protocol,
    ...(ports === undefined ? {} : { ports }),
    cidrs: setOf([...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)]),
    groups: setOf(UserIdGroupPairs.map((each) => groupUid(calls, each))),
    prefixLists: uidsOf(
      calls,
      'prefix-list',
      PrefixListIds.map(({ PrefixListId }) => PrefixListId),
    ),
  }
}

/** A group of a peered VPC may be another account's. */
function groupUid(
  { arn }: Place,
  { GroupId, UserId }: { readonly GroupId?: string | undefined; readonly UserId?: string | undefined },
): string | undefined {
  if (GroupId === undefined) return undefined
  return arn('ec2', `security-group/${GroupId}`, UserId === undefined ? {} : { account: UserId })
}

/** Of ICMP, EC2 writes type and code in their place. */
function portsOf(protocol: string, { FromPort, ToPort }: IpPermission): PortRange | undefined {
  if (!/^(tcp|udp|6|17)$/.test(protocol)) return undefined
  if (FromPort === undefined || ToPort === undefined || FromPort < 0 || ToPort < 0) return undefined
  return [FromPort, ToPort]
}
