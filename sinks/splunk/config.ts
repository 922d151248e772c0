import { Type, type Static } from 'typebox'
import type { Secret } from '../../core/secret.ts'
import { sinkTls } from '../tls.ts'

/** No user name, no password, no query: what stands in a URL ends up in logs. */
const ENDPOINT_PATTERN = '^https?://[^\\s/?#@]+(/[^\\s?#@]*)?$'
const DAY_MS = 86_400_000

const acknowledge = Type.Object(
  {
    deadlineMs: Type.Integer({
      minimum: 1,
      maximum: DAY_MS,
      default: 120_000,
      description:
        'How long a request may stay unacknowledged, in milliseconds, before its findings are sent again (and may be there twice)',
    }),
    pollMs: Type.Integer({
      minimum: 1,
      maximum: DAY_MS,
      default: 1000,
      description:
        'The first pause before Splunk is asked, in milliseconds; it doubles up to ten seconds while nothing is acknowledged',
    }),
  },
  {
    additionalProperties: false,
    description:
      'Wait until findings are indexed, not only received (acknowledge: {} takes the defaults). Needs a token with useACK; Splunk Cloud has none',
  },
)

/** The settings of one Splunk sink. */
export const configSchema = Type.Object(
  {
    endpoints: Type.Array(
      Type.String({
        pattern: ENDPOINT_PATTERN,
        description: 'http(s)://host:port without /services/collector, and without credentials',
      }),
      {
        minItems: 1,
        uniqueItems: true,
        examples: [['https://splunk.example.com:8088']],
        description:
          'Where HEC listens. Requests go to each in turn; one that fails is left alone for half a minute, and the next is tried',
      },
    ),
    token: Type.Unsafe<Secret>(
      Type.String({ secret: true, minLength: 1, pattern: '^[!-~]+$', description: 'The HEC token' }),
    ),
    index: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9_-]*$',
        maxLength: 80,
        description: "The index to write to; the token's default unless told",
      }),
    ),
    sourcetypePrefix: Type.String({
      pattern: '^[!-~]*$',
      maxLength: 100,
      default: 'ocsf:',
      description:
        'What stands before the name of the OCSF class in the sourcetype: ocsf:compliance_finding. Props that begin with ocsf: also match the OCSF-CIM add-on',
    }),
    source: Type.String({
      minLength: 1,
      maxLength: 200,
      default: 'posture-stream',
      description: 'The source of all events',
    }),
    acknowledge: Type.Optional(acknowledge),
    compression: Type.Boolean({ default: true, description: 'Whether requests are compressed (gzip)' }),
    maxBatchBytes: Type.Integer({
      minimum: 1,
      maximum: 800_000_000,
      default: 800_000,
      description: 'The most bytes of one request before compression; a larger finding is sent alone',
    }),
    maxEventBytes: Type.Integer({
      minimum: 2000,
      maximum: 800_000_000,
      default: 900_000,
      description: 'The most bytes that one finding may have; a larger one is shortened, and says so',
    }),
    requestTimeoutMs: Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      default: 30_000,
      description: 'How long one request may take, its answer included, in milliseconds',
    }),
    tls: Type.Optional(sinkTls),
  },
  { additionalProperties: false },
)

/** As it arrives at `create`: checked, with defaults, and secrets as Secrets. */
export type SplunkConfig = Static<typeof configSchema>
