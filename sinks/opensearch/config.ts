import { Type, type Static } from 'typebox'
import type { Secret } from '../../core/secret.ts'
import { sinkTls } from '../tls.ts'

/** Names that OpenSearch takes for an index, an alias and a data stream, with room for the number that follows it. */
const NAME_PATTERN = '^[a-z0-9][a-z0-9._-]{0,199}$'
/** No user name and no password in it: what stands in a URL ends up in logs. */
const NODE_PATTERN = '^https?://[^\\s/?#@]+(/[^\\s?#@]*)?$'

const secretText = (description: string) =>
  Type.Unsafe<Secret>(Type.String({ secret: true, minLength: 1, description }))

const basic = Type.Object(
  {
    username: Type.String({ minLength: 1, pattern: '^[^:]+$', description: 'The user, without a colon' }),
    password: secretText('The password of the user'),
  },
  { additionalProperties: false, description: 'A user of the security plugin' },
)

const sigv4 = Type.Object(
  {
    region: Type.String({
      minLength: 1,
      examples: ['eu-west-1'],
      description: 'The region of the domain or collection',
    }),
    service: Type.Union([Type.Literal('es'), Type.Literal('aoss')], {
      default: 'es',
      description:
        'es for a domain of Amazon OpenSearch Service; aoss for a serverless collection, which must be of the type "search" and has no history',
    }),
  },
  {
    additionalProperties: false,
    description:
      'Signs requests with the credentials that the AWS SDK finds: environment, shared files, single sign-on, web identity, container or instance role',
  },
)

/** The settings of one OpenSearch sink; the commands that install and upgrade its index read them too. */
export const configSchema = Type.Object(
  {
    nodes: Type.Array(
      Type.String({
        pattern: NODE_PATTERN,
        description: 'http(s)://host:port, without credentials: these belong in auth',
      }),
      {
        minItems: 1,
        uniqueItems: true,
        examples: [['https://search.example.com:9200']],
        description: 'Where the cluster listens; of several nodes the next is tried when one cannot be reached',
      },
    ),
    auth: Type.Optional(
      Type.Object(
        {
          basic: Type.Optional(basic),
          apiKey: Type.Optional(secretText('An API key, sent as "Authorization: ApiKey …" (OpenSearch 3.7 and newer)')),
          sigv4: Type.Optional(sigv4),
        },
        {
          additionalProperties: false,
          minProperties: 1,
          maxProperties: 1,
          description:
            'How we prove who we are: one of basic, apiKey and sigv4; without it requests carry no credentials',
        },
      ),
    ),
    tls: Type.Optional(sinkTls),
    index: Type.String({
      pattern: NAME_PATTERN,
      default: 'posture-findings',
      description:
        'The alias under which the latest state of every finding stands, in small letters, digits, dots, hyphens and underscores; its one index is <index>-000001',
    }),
    history: Type.Optional(
      Type.Object(
        {
          dataStream: Type.String({
            pattern: NAME_PATTERN,
            default: 'posture-findings-history',
            description: 'The data stream that every revision is added to',
          }),
          rolloverGb: Type.Integer({
            minimum: 1,
            maximum: 1000,
            default: 25,
            description:
              'A new index is begun when one has this size, in GB (with index state management; set by install)',
          }),
          rolloverDays: Type.Integer({
            minimum: 1,
            maximum: 3650,
            default: 30,
            description:
              'A new index is begun when one has this age, in days (with index state management; set by install)',
          }),
          retentionDays: Type.Integer({
            minimum: 1,
            maximum: 36_500,
            default: 365,
            description:
              'How long a revision is kept after its index took the last one, in days (with index state management; set by install)',
          }),
        },
        {
          additionalProperties: false,
          description:
            'Keeps every revision of every finding too, in a data stream; "history: {}" takes the default name',
        },
      ),
    ),
    compression: Type.Boolean({ default: true, description: 'Whether requests are compressed (gzip)' }),
    maxBatchBytes: Type.Integer({
      minimum: 1,
      maximum: 100_000_000,
      default: 5_000_000,
      description: 'The most bytes of one bulk request before compression; a finding that is larger is sent alone',
    }),
    requestTimeoutMs: Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      default: 60_000,
      description: 'How long one request may take, its answer included, in milliseconds',
    }),
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 4,
      description: 'The most bulk requests that are on their way at the same time',
    }),
  },
  { additionalProperties: false },
)

/** As it arrives at `create`: checked, with defaults, and secrets as Secrets. */
export type OpenSearchConfig = Static<typeof configSchema>
