import { DescribeNetworkInterfacesCommand, type NetworkInterface as Ec2Interface } from '@aws-sdk/client-ec2'
import type { InterfaceAddress, NetworkInterface } from '../../../schemas/generated/asset-document.ts'
import type { Describer } from '../describer.ts'
import { described, documentOf, order, setOf, tagsOf, textOf, type Place } from '../services/facts.ts'
import { ec2Pages } from './ec2-client.ts'
import { uidOf, uidsOf } from './uids.ts'

export const interfaces: Describer = {
  name: 'ec2-network-interfaces',
  service: 'ec2',
  types: ['AWS::EC2::NetworkInterface'],
  scope: 'regional',
  permissions: ['ec2:DescribeNetworkInterfaces'],
  changedBy: /Instance|NetworkInterface|Address|SecurityGroups|Tags$/,
  async *describe(calls) {
    for await (const { NetworkInterfaces = [] } of ec2Pages(calls, 'DescribeNetworkInterfaces', (ec2, page, options) =>
      ec2.send(new DescribeNetworkInterfacesCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const each of NetworkInterfaces)
        yield described(uidOf(calls, 'network-interface', each.NetworkInterfaceId), documentOfInterface(calls, each))
  },
}

function documentOfInterface(place: Place, each: Ec2Interface): NetworkInterface {
  const { Groups = [], Attachment, Description } = each
  return documentOf<NetworkInterface>({
    type: 'AWS::EC2::NetworkInterface',
    tags: tagsOf(each.TagSet ?? []),
    vpc: uidOf(place, 'vpc', each.VpcId),
    subnet: uidOf(place, 'subnet', each.SubnetId),
    zone: textOf(each.AvailabilityZone),
    groups: uidsOf(
      place,
      'security-group',
      Groups.map(({ GroupId }) => GroupId),
    ),
    addresses: addressesOf(each),
    ipv6: ipv6Of(each),
    instance: uidOf(place, 'instance', Attachment?.InstanceId) ?? null,
    interfaceType: textOf(each.InterfaceType),
    status: textOf(each.Status),
    description: textOf(Description),
  })
}

function addressesOf({ PrivateIpAddresses = [], PrivateIpAddress, Association }: Ec2Interface): InterfaceAddress[] {
  const named = PrivateIpAddresses.some((each) => each.PrivateIpAddress === PrivateIpAddress)
  const all = named ? PrivateIpAddresses : [{ PrivateIpAddress, Association }, ...PrivateIpAddresses]
  return all
    .flatMap((each): InterfaceAddress[] => {
      const address = each.PrivateIpAddress
      if (address === undefined) return []
      // The answer has the primary address twice, and the association now here, now there.
      const own = address === PrivateIpAddress ? (each.Association ?? Association) : each.Association
      return [{ private: address, ...(own?.PublicIp ? { public: own.PublicIp } : {}) }]
    })
    .toSorted((a, b) => order(a.private, b.private))
}

/** Unknown where whole prefixes are assigned: every address in them may be in use. */
function ipv6Of({ Ipv6Addresses = [], Ipv6Prefixes = [] }: Ec2Interface): string[] | undefined {
  return Ipv6Prefixes.length > 0 ? undefined : setOf(Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address))
}
