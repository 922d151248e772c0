import { Type, type Static } from 'typebox'

const account = (description: string) => Type.String({ pattern: '^\\d{12}$', description, examples: ['111122223333'] })
const REGION_PATTERN = '^[a-z]{2}(-[a-z]+)+-\\d$'
/** No user name, no password, no query: what stands in a URL ends up in logs. */
const ENDPOINT_PATTERN = '^https?://[^\\s/?#@]+(/[^\\s?#@]*)?$'

const destination = Type.Object(
  {
    account: account('The account whose Security Hub takes the findings of this account'),
    regions: Type.Array(Type.String({ pattern: REGION_PATTERN }), {
      minItems: 1,
      uniqueItems: true,
      examples: [['eu-west-1', 'us-east-1']],
      description:
        'Where Security Hub is enabled there. A finding goes to its own region where that is named, else to the first; with cross-Region aggregation the home region may be the only one',
    }),
    roleArn: Type.Optional(
      Type.String({
        pattern: '^arn:[a-z-]+:iam::\\d{12}:role/[\\w+=,.@/-]+$',
        examples: ['arn:aws:iam::111122223333:role/posture-stream'],
        description:
          'The role to assume, which must be of that account; without it the credentials that the AWS SDK finds',
      }),
    ),
    externalId: Type.Optional(
      Type.String({
        minLength: 2,
        maxLength: 1224,
        pattern: '^[\\w+=,.@:/-]+$',
        description: 'The external id that the trust policy of the role asks for',
      }),
    ),
  },
  { additionalProperties: false },
)

/** The settings of one Security Hub sink. */
export const configSchema = Type.Object(
  {
    destinations: Type.Array(destination, {
      minItems: 1,
      description:
        'The Security Hubs to write to, by account: without a partner agreement AWS takes only findings of the account that sends them',
    }),
    otherAccounts: Type.Union([Type.Literal('reject'), account('An account of destinations')], {
      default: 'reject',
      description:
        'Findings of accounts without a destination: reject makes dead letters of them (leave them out with filter), the account of a destination takes them as its own and keeps the account in ProductFields',
    }),
    note: Type.Union([Type.Literal('when-empty'), Type.Literal('never')], {
      default: 'when-empty',
      description:
        'Whether findings that came from Security Hub get a short note where there is none; a note of somebody else always stays',
    }),
    workflow: Type.Boolean({
      default: true,
      description:
        'Whether findings that came from Security Hub are SUPPRESSED while they are muted here, and RESOLVED when they are resolved; what somebody else has set always stays',
    }),
    callsPerSecond: Type.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      default: 9,
      description:
        'The most writing calls a second to one account and region, of which AWS takes 10 of all callers together',
    }),
    readsPerSecond: Type.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      default: 2,
      description:
        'The most GetFindings a second to one account and region, of which AWS takes 3 of all callers together, collectors included; each reads up to 20 findings that came from Security Hub before they are updated',
    }),
    requestTimeoutMs: Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      default: 30_000,
      description: 'How long one request may take, its answer included, in milliseconds',
    }),
    endpoint: Type.Optional(
      Type.String({
        pattern: ENDPOINT_PATTERN,
        examples: ['https://vpce-0a1b.securityhub.{region}.vpce.amazonaws.com'],
        description: "Another address of Security Hub, such as a VPC endpoint's; {region} stands for the region",
      }),
    ),
    stsEndpoint: Type.Optional(
      Type.String({
        pattern: ENDPOINT_PATTERN,
        description: 'Another address of STS, where roles are assumed; {region} stands for the region',
      }),
    ),
  },
  { additionalProperties: false },
)

/** As it arrives at `create`: checked, with defaults. */
export type SecurityHubConfig = Static<typeof configSchema>
export type Destination = SecurityHubConfig['destinations'][number]
