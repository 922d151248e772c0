import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2'
import type { Ec2Instance } from '../../../schemas/generated/asset-document.ts'
import type { Describer } from '../describer.ts'
import { described, documentOf, oneOf, tagsOf, textOf, type Place } from '../services/facts.ts'
import { ec2Pages } from './ec2-client.ts'
import { uidOf, uidsOf } from './uids.ts'

export const instances: Describer = {
  name: 'ec2-instances',
  service: 'ec2',
  types: ['AWS::EC2::Instance'],
  scope: 'regional',
  permissions: ['ec2:DescribeInstances'],
  changedBy: /Instance|NetworkInterface|IamInstanceProfile|Tags$/,
  async *describe(calls) {
    for await (const { Reservations = [] } of ec2Pages(calls, 'DescribeInstances', (ec2, page, options) =>
      ec2.send(new DescribeInstancesCommand({ MaxResults: 1000, ...page }), options),
    ))
      for (const each of Reservations.flatMap(({ Instances = [] }) => Instances))
        // EC2 goes on showing what is gone for an hour.
        if (each.State?.Name !== 'terminated')
          yield described(uidOf(calls, 'instance', each.InstanceId), documentOfInstance(calls, each))
  },
}

function documentOfInstance(place: Place, instance: Instance): Ec2Instance {
  const { NetworkInterfaces = [], SecurityGroups = [], MetadataOptions, IamInstanceProfile } = instance
  const groups = [...SecurityGroups, ...NetworkInterfaces.flatMap(({ Groups = [] }) => Groups)]
  return documentOf<Ec2Instance>({
    type: 'AWS::EC2::Instance',
    tags: tagsOf(instance.Tags ?? []),
    state: instance.State?.Name,
    interfaces: uidsOf(
      place,
      'network-interface',
      NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
    ),
    groups: uidsOf(
      place,
      'security-group',
      groups.map(({ GroupId }) => GroupId),
    ),
    vpc: uidOf(place, 'vpc', instance.VpcId),
    subnet: uidOf(place, 'subnet', instance.SubnetId),
    zone: textOf(instance.Placement?.AvailabilityZone),
    image: uidOf(place, 'image', instance.ImageId),
    instanceProfile: IamInstanceProfile === undefined ? null : IamInstanceProfile.Arn,
    metadata: metadataOf(MetadataOptions),
  })
}

function metadataOf(options: Instance['MetadataOptions']): Ec2Instance['metadata'] {
  const endpoint = oneOf(['enabled', 'disabled'], options?.HttpEndpoint)
  const tokens = oneOf(['required', 'optional'], options?.HttpTokens)
  if (endpoint === undefined || tokens === undefined) return undefined
  const hopLimit = options?.HttpPutResponseHopLimit
  return { endpoint, tokens, ...(hopLimit === undefined ? {} : { hopLimit }) }
}
