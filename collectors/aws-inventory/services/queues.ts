import type { SqsQueue } from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, isGone, tagsOfRecord, textOrNull } from './facts.ts'
import { pages, stillThere } from './listing.ts'

const GONE = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue']
const PAGE_SIZE = 1000

/** SQS queues by their policies. */
export const queues: Describer = {
  name: 'sqs-queues',
  service: 'sqs',
  types: ['AWS::SQS::Queue'],
  scope: 'regional',
  permissions: ['sqs:ListQueues', 'sqs:GetQueueAttributes', 'sqs:ListQueueTags'],
  changedBy: /^((Create|Delete|Tag|Untag)Queue|SetQueueAttributes|(Add|Remove)Permission)$/,
  describe: describeQueues,
}

async function* describeQueues(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-sqs')
  const client = () => calls.client('sqs', (options) => new sdk.SQSClient(options))
  const list = (NextToken: string | undefined) =>
    calls.send('sqs:ListQueues', async (options) =>
      client().send(new sdk.ListQueuesCommand({ NextToken, MaxResults: PAGE_SIZE }), options),
    )
  for await (const { QueueUrls = [] } of pages(list, (answer) => answer.NextToken)) {
    yield* stillThere(QueueUrls, async (QueueUrl) => {
      const [attributes, tags] = await Promise.all([
        calls.attempt(
          'sqs:GetQueueAttributes',
          async (options) =>
            client().send(
              new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'Policy'] }),
              options,
            ),
          GONE,
        ),
        calls.attempt(
          'sqs:ListQueueTags',
          async (options) => client().send(new sdk.ListQueueTagsCommand({ QueueUrl }), options),
          GONE,
        ),
      ])
      if (isGone(attributes, GONE)) return undefined
      return described(queueUid(QueueUrl, calls), queueDocument(attributes, tags))
    })
  }
}

/** Of the queue that a URL names by account and name, also where its attributes may not be read. */
export function queueUid(url: string, { arn }: Pick<Calls, 'arn'>): string | undefined {
  const [account, name] = url.split('/').slice(-2)
  return account !== undefined && /^\d{12}$/.test(account) && name ? arn('sqs', name, { account }) : undefined
}

/** The ARN is asked for with the policy, so that an answer without a policy is told from an empty answer. */
export function queueDocument(
  attributes: Attempted<{ readonly Attributes?: Readonly<Record<string, string>> | undefined }>,
  tags: Attempted<{ readonly Tags?: Readonly<Record<string, string>> | undefined }>,
): SqsQueue {
  return documentOf<SqsQueue>(
    { type: 'AWS::SQS::Queue' },
    {
      policy: factOf(attributes, ({ Attributes }) => Attributes && textOrNull(Attributes['Policy'])),
      tags: factOf(tags, ({ Tags }) => tagsOfRecord(Tags ?? {})),
    },
  )
}
