import { Type, type Static } from 'typebox'
import { DURATION_PATTERN } from '../../core/duration.ts'
import { partitionOf } from '../../schemas/aws-arns.ts'
import { ADDRESS_PATTERN, REGION_PATTERN, accountSettings } from '../aws/access-settings.ts'
import { globalRegionOf } from '../aws/arns.ts'
import { queueSettings } from '../aws/queue-settings.ts'

/** What an inventory consists of; as ARNs name the services. */
const service = Type.Union([
  Type.Literal('ec2'),
  Type.Literal('elasticloadbalancing'),
  Type.Literal('s3'),
  Type.Literal('rds'),
  Type.Literal('lambda'),
  Type.Literal('eks'),
  Type.Literal('sqs'),
  Type.Literal('sns'),
  Type.Literal('kms'),
  Type.Literal('secretsmanager'),
  Type.Literal('iam'),
  Type.Literal('organizations'),
])
export type Service = Static<typeof service>

const rate = Type.Object(
  {
    perSecond: Type.Number({ minimum: 0.1, default: 10, description: 'Calls a second' }),
    burst: Type.Integer({ minimum: 1, default: 10, description: 'Calls at once after a pause' }),
  },
  {
    additionalProperties: false,
    default: {},
    description:
      'How fast one account is asked in one region. AWS counts the calls of all who ask there: lower it where others read there too.',
  },
)

const settings = {
  regions: Type.Array(Type.String({ pattern: REGION_PATTERN }), {
    minItems: 1,
    uniqueItems: true,
    description: 'The regions that are read, of every account. What belongs to no region (IAM, S3) is read anyway.',
    examples: [['eu-west-1', 'us-east-1']],
  }),
  accounts: Type.Optional(
    Type.Array(accountSettings('The role to assume; its account is read', 'posture-stream-inventory'), {
      minItems: 1,
      description: "The accounts that are read. Without it, that of the pipeline's own credentials.",
    }),
  ),
  leaveOut: Type.Optional(
    Type.Array(service, {
      minItems: 1,
      uniqueItems: true,
      description:
        'Services that are not read. What is not read is unknown, and so is every exposure that depends on it.',
    }),
  ),
  patience: Type.String({
    pattern: DURATION_PATTERN,
    default: '10m',
    description:
      'How long a service may throttle or be out of reach before its part of a sweep fails, until the next one',
  }),
  concurrency: Type.Integer({
    minimum: 1,
    maximum: 32,
    default: 4,
    description: 'How many accounts and regions are read at a time; each is paced by itself',
  }),
  rate,
  endpoint: Type.Optional(
    Type.String({ pattern: ADDRESS_PATTERN, description: "In place of AWS's own addresses, for a test" }),
  ),
  stsEndpoint: Type.Optional(
    Type.String({ pattern: ADDRESS_PATTERN, description: "In place of STS's own address: a VPC endpoint" }),
  ),
}

export const configSchema = Type.Object(settings, {
  additionalProperties: false,
  examples: [{ regions: ['eu-west-1'] }],
})
export type InventoryConfig = Static<typeof configSchema>

export const eventsConfigSchema = Type.Object(
  {
    ...settings,
    queue: Type.Object(queueSettings('changes'), {
      additionalProperties: false,
      description: 'The queue that EventBridge rules of all accounts and regions feed',
    }),
    settle: Type.String({
      pattern: DURATION_PATTERN,
      default: '5s',
      description: 'How long after its event a change may show, and how long changes are collected to be read together',
    }),
  },
  { additionalProperties: false },
)
export type InventoryEventsConfig = Static<typeof eventsConfigSchema>

/** Whose assets are read: a role's account, or that of the pipeline's own credentials. */
export interface Access {
  readonly roleArn: string | undefined
  readonly externalId: string | undefined
}

/** One account in one region, or what it has in no region: read by itself, one describer after the other. */
export interface Lane {
  readonly access: Access
  /** The region of its assets; empty for what belongs to none. */
  readonly region: string
  /** The region that is asked. */
  readonly asked: string
}

/** What the configuration names to be read, in the order in which that is begun. */
export function lanesOf({ regions, accounts }: Pick<InventoryConfig, 'regions' | 'accounts'>): Lane[] {
  const byRole = new Map<string | undefined, Access>()
  for (const { roleArn, externalId } of accounts ?? []) byRole.set(roleArn, { roleArn, externalId })
  if (accounts === undefined) byRole.set(undefined, { roleArn: undefined, externalId: undefined })
  const asked = globalRegionOf(partitionOf(regions[0]!))
  return [...byRole.values()].flatMap((access) => [
    { access, region: '', asked },
    ...regions.map((region) => ({ access, region, asked: region })),
  ])
}

/** A lane as people know it: `eu-west-1 as arn:aws:iam::…`. */
export function nameOf({ region, access: { roleArn } }: Pick<Lane, 'region' | 'access'>): string {
  const where = region === '' ? 'no region' : region
  return roleArn === undefined ? where : `${where} as ${roleArn}`
}
