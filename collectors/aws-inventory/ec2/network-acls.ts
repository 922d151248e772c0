import { DescribeNetworkAclsCommand, type NetworkAcl as Ec2Acl, type NetworkAclEntry } from '@aws-sdk/client-ec2'
import type { AclEntry, NetworkAcl } from '../../../schemas/generated/asset-document.ts'
import type { Describer } from '../describer.ts'
import { described, documentOf, tagsOf, type Place } from '../services/facts.ts'
import { ec2Pages } from './ec2-client.ts'
import { uidOf, uidsOf } from './uids.ts'

export const networkAcls: Describer = {
  name: 'ec2-network-acls',
  service: 'ec2',
  types: ['AWS::EC2::NetworkAcl'],
  scope: 'regional',
  permissions: ['ec2:DescribeNetworkAcls'],
  changedBy: /NetworkAcl|Subnet$|Tags$/,
  async *describe(calls) {
    for await (const { NetworkAcls = [] } of ec2Pages(calls, 'DescribeNetworkAcls', (ec2, page, options) =>
      ec2.send(new DescribeNetworkAclsCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const each of NetworkAcls)
        yield described(uidOf(calls, 'network-acl', each.NetworkAclId), documentOfAcl(calls, each))
  },
}

function documentOfAcl(place: Place, acl: Ec2Acl): NetworkAcl {
  const { Associations = [], Entries = [] } = acl
  const entries = Entries.map(entryOf)
  return documentOf<NetworkAcl>({
    type: 'AWS::EC2::NetworkAcl',
    tags: tagsOf(acl.Tags ?? []),
    vpc: uidOf(place, 'vpc', acl.VpcId),
    default: acl.IsDefault,
    subnets: uidsOf(
      place,
      'subnet',
      Associations.map(({ SubnetId }) => SubnetId),
    ),
    // Of an order of which one step cannot be read, nothing is known.
    entries: entries.every((each) => each !== undefined) ? entries.toSorted(byDirectionAndNumber) : undefined,
  })
}

function entryOf(entry: NetworkAclEntry): AclEntry | undefined {
  const { RuleNumber: number, RuleAction: action, Protocol: protocol, PortRange } = entry
  const cidr = entry.CidrBlock ?? entry.Ipv6CidrBlock
  if (number === undefined || action === undefined || protocol === undefined || cidr === undefined) return undefined
  const { From, To } = PortRange ?? {}
  const ports: Pick<AclEntry, 'ports'> = From === undefined || To === undefined ? {} : { ports: [From, To] }
  const hasPorts = protocol === '6' || protocol === '17'
  return { number, direction: entry.Egress === true ? 'out' : 'in', action, protocol, ...(hasPorts ? ports : {}), cidr }
}

function byDirectionAndNumber(a: AclEntry, b: AclEntry): number {
  return Number(a.direction === 'out') - Number(b.direction === 'out') || a.number - b.number
}
