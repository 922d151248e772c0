import type { Tag } from '@aws-sdk/client-sns'
import type { SnsTopic } from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, isGone, tagsOf, textOf, textOrNull } from './facts.ts'
import { pages, stillThere } from './listing.ts'

const GONE = ['NotFoundException', 'NotFound', 'ResourceNotFoundException']

/** SNS topics by their policies. */
export const topics: Describer = {
  name: 'sns-topics',
  service: 'sns',
  types: ['AWS::SNS::Topic'],
  scope: 'regional',
  permissions: ['sns:ListTopics', 'sns:GetTopicAttributes', 'sns:ListTagsForResource'],
  changedBy: /^((Create|Delete)Topic|SetTopicAttributes|(Add|Remove)Permission|(Tag|Untag)Resource)$/,
  describe: describeTopics,
}

async function* describeTopics(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-sns')
  const client = () => calls.client('sns', (options) => new sdk.SNSClient(options))
  const list = (NextToken: string | undefined) =>
    calls.send('sns:ListTopics', async (options) => client().send(new sdk.ListTopicsCommand({ NextToken }), options))
  for await (const { Topics = [] } of pages(list, (answer) => answer.NextToken)) {
    yield* stillThere(Topics, async ({ TopicArn: uid }) => {
      if (textOf(uid) === undefined) return described(undefined, { type: 'AWS::SNS::Topic' })
      const [attributes, tags] = await Promise.all([
        calls.attempt(
          'sns:GetTopicAttributes',
          async (options) => client().send(new sdk.GetTopicAttributesCommand({ TopicArn: uid }), options),
          GONE,
        ),
        calls.attempt(
          'sns:ListTagsForResource',
          async (options) => client().send(new sdk.ListTagsForResourceCommand({ ResourceArn: uid }), options),
          GONE,
        ),
      ])
      return isGone(attributes, GONE) ? undefined : described(uid, topicDocument(attributes, tags))
    })
  }
}

export function topicDocument(
  attributes: Attempted<{ readonly Attributes?: Readonly<Record<string, string>> | undefined }>,
  tags: Attempted<{ readonly Tags?: readonly Tag[] | undefined }>,
): SnsTopic {
  return documentOf<SnsTopic>(
    { type: 'AWS::SNS::Topic' },
    {
      policy: factOf(attributes, ({ Attributes }) => Attributes && textOrNull(Attributes['Policy'])),
      tags: factOf(tags, ({ Tags }) => tagsOf(Tags ?? [])),
    },
  )
}
