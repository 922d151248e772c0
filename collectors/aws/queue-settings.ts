import { SQSClient } from '@aws-sdk/client-sqs'
import { Type, type Static, type TObject } from 'typebox'
import { PermanentError } from '../../core/errors.ts'
import { ADDRESS_PATTERN } from './access-settings.ts'
import { awsClientOptions } from './client-options.ts'

/** `https://sqs.<region>.amazonaws.com/<account>/<name>`, in the partitions of AWS; a VPC endpoint has the region second. */
const REGION_IN_HOST = /(?:^|\.)sqs\.([a-z0-9-]+)\./

const access = {
  region: Type.Optional(
    Type.String({
      minLength: 1,
      examples: ['eu-west-1'],
      description: 'The region of the queue, where its URL does not name it',
    }),
  ),
  roleArn: Type.Optional(
    Type.String({
      pattern: '^arn:[a-z-]+:iam::[0-9]{12}:role/.+$',
      examples: ['arn:aws:iam::111122223333:role/posture-stream'],
      description: 'A role to assume for the queue; without it, the credentials that the AWS SDK finds',
    }),
  ),
  externalId: Type.Optional(
    Type.String({ minLength: 2, maxLength: 1224, description: 'The external id that the role asks for' }),
  ),
  endpoint: Type.Optional(
    Type.String({ pattern: ADDRESS_PATTERN, description: 'In place of the address in queueUrl: a VPC endpoint' }),
  ),
  stsEndpoint: Type.Optional(
    Type.String({ pattern: ADDRESS_PATTERN, description: "In place of STS's own address, for the role" }),
  ),
  waitSeconds: Type.Integer({
    minimum: 1,
    maximum: 20,
    default: 20,
    description: 'How long SQS holds a request while the queue is empty',
  }),
  visibilitySeconds: Type.Integer({
    minimum: 2,
    maximum: 43_200,
    default: 120,
    description:
      'How long a message stays hidden from other readers; it is extended while it is held, so that this is how long one waits after a crash',
  }),
  maxMessages: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 500,
    description: 'How many messages are held at a time, from being received until they are deleted',
  }),
}

/** What a configuration says of a queue; `queue` is a name for the example. */
export const queueSettings = (queue: string) => ({
  queueUrl: Type.String({
    pattern: '^https?://[^\\s/?#@]+/[^\\s?#@]+$',
    description: 'The queue that the EventBridge rule feeds, by its URL',
    examples: [`https://sqs.eu-west-1.amazonaws.com/111122223333/${queue}`],
  }),
  ...access,
})

export type QueueSettings = Static<TObject<ReturnType<typeof queueSettings>>>

/** The client for a queue. Throws a PermanentError (`REGION_MISSING`, `ROLE_MISSING`) where the settings contradict themselves. */
export function queueClient(config: QueueSettings): SQSClient {
  const region = regionOf(config)
  if (region === undefined)
    throw new PermanentError('REGION_MISSING', `queueUrl ${config.queueUrl} names no region: set region as well`)
  if (config.externalId !== undefined && config.roleArn === undefined)
    throw new PermanentError('ROLE_MISSING', 'externalId is of use with roleArn only: set the role, or leave it out')
  // A queue is asked where its URL says, also when that is no address of the region.
  const endpoint = config.endpoint ?? new URL(config.queueUrl).origin
  return new SQSClient(awsClientOptions({ ...config, region, endpoint }))
}

/** The region that was configured, else the one that the URL of the queue names; undefined where there is none. */
function regionOf({ region, queueUrl }: Pick<QueueSettings, 'region' | 'queueUrl'>): string | undefined {
  return region ?? REGION_IN_HOST.exec(new URL(queueUrl).hostname)?.[1]
}
