import { DescribeVolumesCommand } from '@aws-sdk/client-ec2'
import type { EbsVolume } from '../../../schemas/generated/asset-document.ts'
import type { Describer } from '../describer.ts'
import { described, documentOf, tagsOf } from '../services/facts.ts'
import { ec2Pages } from './ec2-client.ts'
import { uidOf, uidsOf } from './uids.ts'

export const volumes: Describer = {
  name: 'ec2-volumes',
  service: 'ec2',
  types: ['AWS::EC2::Volume'],
  scope: 'regional',
  permissions: ['ec2:DescribeVolumes'],
  changedBy: /Volume|Instances$|Tags$/,
  async *describe(calls) {
    for await (const { Volumes = [] } of ec2Pages(calls, 'DescribeVolumes', (ec2, page, options) =>
      ec2.send(new DescribeVolumesCommand({ MaxResults: 500, ...page }), options),
    ))
      for (const { VolumeId, Encrypted, Attachments = [], Tags = [] } of Volumes) {
        const document = documentOf<EbsVolume>({
          type: 'AWS::EC2::Volume',
          tags: tagsOf(Tags),
          encrypted: Encrypted,
          instances: uidsOf(
            calls,
            'instance',
            Attachments.filter(({ State }) => State !== 'detached').map(({ InstanceId }) => InstanceId),
          ),
        })
        yield described(uidOf(calls, 'volume', VolumeId), document)
      }
  },
}
