import { Type, type Static, type TSchema } from 'typebox'
import { PermanentError } from '../../core/errors.ts'
import { DURATION_PATTERN } from '../../core/duration.ts'
import { ADDRESS_PATTERN, REGION_PATTERN, accountSettings } from '../aws/access-settings.ts'

/** Security Hub takes at most so many values of one attribute. */
const MOST_VALUES = 20

const values = <T extends TSchema>(item: T, description: string) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems: MOST_VALUES, uniqueItems: true, description }))

const severity = Type.Union([
  Type.Literal('CRITICAL'),
  Type.Literal('HIGH'),
  Type.Literal('MEDIUM'),
  Type.Literal('LOW'),
  Type.Literal('INFORMATIONAL'),
])

const filters = Type.Object(
  {
    recordStates: values(
      Type.Union([Type.Literal('ACTIVE'), Type.Literal('ARCHIVED')]),
      'Only findings in these states. Archived findings close what they reported, so leave both where windows are read. With api v1 only.',
    ),
    products: values(
      Type.String({ minLength: 1 }),
      'Only findings of products with these names, exactly: Security Hub, GuardDuty, …',
    ),
    productArns: values(Type.String({ pattern: '^arn:' }), 'Only findings of products with these ARNs'),
    accountIds: values(Type.String({ pattern: '^\\d{12}$' }), 'Only findings of these accounts'),
    severities: values(
      severity,
      'Only findings of these severities. Absence then closes nothing: a finding whose severity has changed is as absent as one that is gone.',
    ),
  },
  {
    additionalProperties: false,
    description:
      'Which findings are read: all that match every filter. Without it, all. A changed filter reads everything anew.',
  },
)

const duration = (standard: string, description: string) =>
  Type.String({ pattern: DURATION_PATTERN, default: standard, description })

export const configSchema = Type.Object(
  {
    regions: Type.Optional(
      Type.Array(Type.String({ pattern: REGION_PATTERN }), {
        minItems: 1,
        uniqueItems: true,
        description: 'The regions whose Security Hub is read, each by itself',
        examples: [['eu-west-1', 'us-east-1']],
      }),
    ),
    aggregation: Type.Optional(
      Type.Object(
        { region: Type.String({ pattern: REGION_PATTERN, description: 'The aggregation region (home region)' }) },
        {
          additionalProperties: false,
          description:
            'Reads the findings of all linked regions in the aggregation region. With regions too, those are read besides; what comes both ways is one finding.',
        },
      ),
    ),
    accounts: Type.Optional(
      Type.Array(accountSettings('The role to assume', 'posture-stream-reader'), {
        minItems: 1,
        description:
          "The accounts whose Security Hub is read. Without it, that of the pipeline's own credentials. An administrator's shows all its members' findings.",
      }),
    ),
    api: Type.Union([Type.Literal('v1'), Type.Literal('v2')], {
      default: 'v1',
      description: 'v1: GetFindings (Security Hub CSPM, ASFF). v2: GetFindingsV2 (Security Hub, OCSF).',
    }),
    filters: Type.Optional(filters),
    full: duration(
      '24h',
      'How often everything is read, rather than what was updated since the last sweep. Only this sees what an analyst did (suppressed, resolved: it moves no time of update), and closes what is no longer reported.',
    ),
    overlap: duration(
      '15m',
      'How far a sweep reaches back before the start of the last one, for updates that show late',
    ),
    patience: duration(
      '10m',
      'How long a region may throttle or be out of reach before its sweep fails, until the next one',
    ),
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 32,
      default: 4,
      description: 'How many regions and accounts are read at a time; each is paced by itself',
    }),
    rate: Type.Object(
      {
        perSecond: Type.Number({ minimum: 0.1, default: 3, description: 'Calls a second; AWS allows GetFindings 3' }),
        burst: Type.Integer({
          minimum: 1,
          default: 5,
          description:
            'Calls at once after a pause; AWS allows 6, and one less leaves room for calls that the network bunches',
        }),
      },
      {
        additionalProperties: false,
        default: {},
        description: 'How fast one account and region is asked. Lower it where others share the quota.',
      },
    ),
    endpoint: Type.Optional(
      Type.String({
        pattern: ADDRESS_PATTERN,
        description: "In place of Security Hub's own address: a VPC endpoint, for one region",
      }),
    ),
    stsEndpoint: Type.Optional(
      Type.String({
        pattern: ADDRESS_PATTERN,
        description: "In place of STS's own address, for the roles of accounts",
      }),
    ),
  },
  { additionalProperties: false, examples: [{ aggregation: { region: 'eu-west-1' } }] },
)
export type SecurityHubConfig = Static<typeof configSchema>
export type Filters = NonNullable<SecurityHubConfig['filters']>

/** One Security Hub to sweep: of an account, in a region. */
export interface Target {
  readonly region: string
  /** Shows the findings of the linked regions too. */
  readonly aggregated: boolean
  readonly roleArn: string | undefined
  readonly externalId: string | undefined
}

/** The targets of one account, whose findings one scan covers. */
export interface Group {
  /** The role's ARN, or `own` for the pipeline's own credentials. */
  readonly key: string
  readonly targets: readonly Target[]
}

/** What the configuration names to be swept. Throws a PermanentError (`SECURITY_HUB_CONFIG`) where it contradicts itself. */
export function groupsOf({ regions = [], aggregation, accounts, api, filters: chosen }: SecurityHubConfig): Group[] {
  const home = aggregation?.region
  const all = [...new Set([...(home === undefined ? [] : [home]), ...regions])]
  if (all.length === 0)
    throw new PermanentError('SECURITY_HUB_CONFIG', 'name regions, or the aggregation region, or both')
  if (api === 'v2' && chosen?.recordStates !== undefined)
    throw new PermanentError('SECURITY_HUB_CONFIG', 'filters.recordStates needs api v1: OCSF has no record state')
  const byKey = new Map<string, { roleArn?: string; externalId?: string }>()
  for (const each of accounts ?? []) byKey.set(each.roleArn, each)
  if (accounts === undefined) byKey.set('own', {})
  return [...byKey].map(([key, { roleArn, externalId }]) => ({
    key,
    targets: all.map((region) => ({ region, aggregated: region === home, roleArn, externalId })),
  }))
}

/** A target as people know it: `eu-west-1 as arn:aws:iam::…`. */
export function nameOf({ region, roleArn }: Target): string {
  return roleArn === undefined ? region : `${region} as ${roleArn}`
}
