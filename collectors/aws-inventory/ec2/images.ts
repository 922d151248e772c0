import { DescribeImageAttributeCommand, DescribeImagesCommand, type Image } from '@aws-sdk/client-ec2'
import type { MachineImage } from '../../../schemas/generated/asset-document.ts'
import type { Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, isGone, tagsOf } from '../services/facts.ts'
import { stillThere } from '../services/listing.ts'
import { ec2Of, ec2Pages } from './ec2-client.ts'
import { accountsOf } from './shares.ts'
import { uidOf } from './uids.ts'

const GONE = ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable']

/** The account's own, each with those it is shared with: a call for each. */
export const images: Describer = {
  name: 'ec2-images',
  service: 'ec2',
  types: ['AWS::EC2::Image'],
  scope: 'regional',
  permissions: ['ec2:DescribeImages', 'ec2:DescribeImageAttribute'],
  changedBy: /^(Modify|Reset)ImageAttribute$/,
  async *describe(calls) {
    for await (const { Images = [] } of ec2Pages(calls, 'DescribeImages', (ec2, page, options) =>
      ec2.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults: 1000, ...page }), options),
    ))
      yield* stillThere(Images, async (image) => describedImage(calls, image))
  },
}

/** Undefined where it has gone since it was listed. */
async function describedImage(calls: Calls, { ImageId, Public, Tags = [] }: Image): Promise<Described | undefined> {
  const asked = await calls.attempt(
    'ec2:DescribeImageAttribute',
    (options) =>
      ec2Of(calls).send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }), options),
    GONE,
  )
  if (isGone(asked, GONE)) return undefined
  const document = documentOf<MachineImage>(
    { type: 'AWS::EC2::Image', tags: tagsOf(Tags), public: Public },
    { sharedWith: factOf(asked, ({ LaunchPermissions = [] }) => accountsOf(LaunchPermissions, calls.account)) },
  )
  return described(uidOf(calls, 'image', ImageId), document)
}
