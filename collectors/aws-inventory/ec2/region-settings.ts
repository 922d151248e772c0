import {
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  GetImageBlockPublicAccessStateCommand,
  GetSnapshotBlockPublicAccessStateCommand,
  type VpcBlockPublicAccessExclusion,
} from '@aws-sdk/client-ec2'
import { regionUid } from '../../../schemas/aws-arns.ts'
import type {
  RegionSettings,
  VpcBlockExclusion,
  VpcBlockPublicAccess,
} from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Describer } from '../describer.ts'
import { documentOf, factOf, oneOf, order, type Fact } from '../services/facts.ts'
import { attemptAll } from '../services/listing.ts'
import { ec2Of } from './ec2-client.ts'

/** What an account blocks in a whole region. A part that is refused is told as refused, and the others are facts. */
export const regionSettings: Describer = {
  name: 'ec2-region-settings',
  service: 'ec2',
  types: ['AWS::Account::RegionSettings'],
  scope: 'regional',
  permissions: [
    'ec2:DescribeVpcBlockPublicAccessExclusions',
    'ec2:DescribeVpcBlockPublicAccessOptions',
    'ec2:GetImageBlockPublicAccessState',
    'ec2:GetSnapshotBlockPublicAccessState',
  ],
  changedBy: /BlockPublicAccess/,
  async *describe(calls) {
    const snapshotBlock = await calls.attempt('ec2:GetSnapshotBlockPublicAccessState', (options) =>
      ec2Of(calls).send(new GetSnapshotBlockPublicAccessStateCommand({}), options),
    )
    const imageBlock = await calls.attempt('ec2:GetImageBlockPublicAccessState', (options) =>
      ec2Of(calls).send(new GetImageBlockPublicAccessStateCommand({}), options),
    )
    const document = documentOf<RegionSettings>(
      { type: 'AWS::Account::RegionSettings' },
      {
        vpcBlockPublicAccess: await vpcBlockOf(calls),
        snapshotBlock: factOf(snapshotBlock, ({ State }) =>
          oneOf(['unblocked', 'block-new-sharing', 'block-all-sharing'], State),
        ),
        imageBlock: factOf(imageBlock, ({ ImageBlockPublicAccessState: state }) =>
          oneOf(['unblocked', 'block-new-sharing'], state),
        ),
      },
    )
    yield { uid: regionUid(calls), document }
  },
}

async function vpcBlockOf(calls: Calls): Promise<Fact<VpcBlockPublicAccess>> {
  const asked = await calls.attempt('ec2:DescribeVpcBlockPublicAccessOptions', (options) =>
    ec2Of(calls).send(new DescribeVpcBlockPublicAccessOptionsCommand({}), options),
  )
  const options = factOf(asked, (answer) => answer.VpcBlockPublicAccessOptions)
  if (options === undefined || 'refused' in options) return options
  const mode = oneOf(['off', 'block-ingress', 'block-bidirectional'], options.value.InternetGatewayBlockMode)
  if (mode === undefined) return undefined
  // Where nothing is blocked, nothing needs to be excluded from it.
  if (mode === 'off') return { value: { mode, exclusions: [] } }
  return factOf(await exclusionsOf(calls), (all) => ({
    mode,
    exclusions: all.flatMap(exclusionOf).toSorted((a, b) => order(a.resource, b.resource)),
  }))
}

async function exclusionsOf(calls: Calls): Promise<Attempted<VpcBlockPublicAccessExclusion[]>> {
  return attemptAll(
    (token) =>
      calls.attempt('ec2:DescribeVpcBlockPublicAccessExclusions', (options) =>
        ec2Of(calls).send(
          new DescribeVpcBlockPublicAccessExclusionsCommand({
            MaxResults: 100,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          options,
        ),
      ),
    ({ VpcBlockPublicAccessExclusions: items, NextToken: next }) => ({ items, next }),
  )
}

/** In effect until it has been deleted or disabled; what is only being made is not yet. */
const IN_EFFECT = /^(create-complete|update-.*|delete-in-progress|disable-in-progress)$/

function exclusionOf(exclusion: VpcBlockPublicAccessExclusion): VpcBlockExclusion[] {
  const mode = oneOf(['allow-bidirectional', 'allow-egress'], exclusion.InternetGatewayExclusionMode)
  const { ResourceArn: resource, State = 'create-complete' } = exclusion
  return mode === undefined || resource === undefined || !IN_EFFECT.test(State) ? [] : [{ resource, mode }]
}
