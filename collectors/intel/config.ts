import { Type, type Static } from 'typebox'
import { DURATION_PATTERN } from '../../core/duration.ts'
import type { Secret } from '../../core/secret.ts'

/** No user name, no password, no query: what stands in an address ends up in logs. Without TLS only on this machine. */
const FEED_URL = '^(https://[^\\s/?#@]+|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d+)?)(/[^\\s?#@]*)?$'
const PROXY_URL = '^https?://[^\\s/?#@]+/?$'
const HEADER_NAME = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
const MEGABYTE = 1_000_000

const duration = (standard: string, description: string) =>
  Type.String({ pattern: DURATION_PATTERN, default: standard, description })

/** How an address is reached. */
const way = {
  headers: Type.Optional(
    Type.Record(
      Type.String({ pattern: HEADER_NAME }),
      Type.Unsafe<Secret>(
        Type.String({ secret: true, pattern: '^[ -~]+$', description: 'The value of the header, never shown' }),
      ),
      { description: 'What is sent besides, where a mirror wants to know who asks; not to whom it redirects' },
    ),
  ),
  ca: Type.Optional(
    Type.String({
      path: 'input',
      minLength: 1,
      description: "File (or PEM text) of the authorities that may sign the mirror's certificate",
    }),
  ),
  proxy: Type.Optional(
    Type.String({
      pattern: PROXY_URL,
      description: 'The proxy that leads there, as http(s)://host:port. None is taken from the environment',
    }),
  ),
}

interface FeedWords {
  readonly description: string
  readonly file: string
  /** Where its publisher offers it. */
  readonly address: string
  readonly staleAfter: string
}

const feed = ({ description, file, address, staleAfter }: FeedWords) =>
  Type.Object(
    {
      path: Type.Optional(
        Type.String({ path: 'input', minLength: 1, description: `The file, packed by gzip or not: ${file}` }),
      ),
      url: Type.Optional(
        Type.String({
          pattern: FEED_URL,
          examples: [address],
          description: `In place of a path: the address of the publisher, ${address}, or of a mirror; https, or http on this machine`,
        }),
      ),
      ...way,
      staleAfter: duration(staleAfter, 'How old the list may be, by its own date, before that is a warning'),
    },
    {
      additionalProperties: false,
      description,
      examples: [{ url: address }],
      oneOf: [{ required: ['path'] }, { required: ['url'] }],
      dependentRequired: { headers: ['url'], ca: ['url'], proxy: ['url'] },
    },
  )

/** The settings of the collector. */
export const configSchema = Type.Object(
  {
    epss: Type.Optional(
      feed({
        description: "A path or a url (one of them) of FIRST's EPSS list: how likely each CVE is to be exploited",
        file: 'epss_scores-current.csv.gz',
        address: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz',
        staleAfter: '7d',
      }),
    ),
    kev: Type.Optional(
      feed({
        description: "A path or a url (one of them) of CISA's KEV list: which CVEs are known to be exploited",
        file: 'known_exploited_vulnerabilities.json',
        address: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
        staleAfter: '30d',
      }),
    ),
    timeout: duration('60s', 'How long one download may take'),
    patience: duration('10m', 'How long an address may be out of reach before the sweep fails, until the next one'),
    maxBytes: Type.Integer({
      minimum: 1,
      maximum: 400 * MEGABYTE,
      default: 100 * MEGABYTE,
      description: 'The most bytes that a list may have, packed or not',
    }),
  },
  {
    additionalProperties: false,
    description: 'Name epss, kev, or both',
    anyOf: [{ required: ['epss'] }, { required: ['kev'] }],
    examples: [
      {
        epss: { url: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz' },
        kev: { url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json' },
      },
    ],
  },
)

/** As it arrives at `create`: checked, with defaults, and secrets as Secrets. */
export type IntelConfig = Static<typeof configSchema>
export type FeedConfig = NonNullable<IntelConfig['epss']>
