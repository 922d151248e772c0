import { Type, type Static, type TOptional, type TSchema, type TSchemaOptions } from 'typebox'
import { BANDS } from '../../schemas/records.ts'
import { LADDERS, type Item, type Rung } from '../evidence.ts'

const band = Type.Union([Type.Literal('P1'), Type.Literal('P2'), Type.Literal('P3'), Type.Literal('P4')], {
  description: 'P1 is the most urgent',
})
const level = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)], {
  description: '1 is the least',
})
const step = Type.Union([Type.Literal(-1), Type.Literal(0), Type.Literal(1)], {
  description: '1 is one band more urgent, -1 one less',
})
const weight = Type.Number({ minimum: 0, description: 'Only the proportion of the weights counts' })
const days = Type.Integer({ minimum: 1, maximum: 3650, description: 'In days' })

/** One value for each of these words; what is not named stays as it is shipped. */
function each<K extends string, T extends TSchema>(words: readonly K[], value: T, options: TSchemaOptions = {}) {
  const properties = Object.fromEntries(words.map((word) => [word, Type.Optional(value)]))
  return Type.Object(properties as Record<K, TOptional<T>>, { additionalProperties: false, ...options })
}

function rungOf<I extends Item>(item: I) {
  return Type.Enum([...LADDERS[item]] as Rung<I>[], { description: `A rung of ${item}` })
}

function bound<I extends Item>(item: I) {
  return each(['atLeast', 'atMost'], rungOf(item), {
    minProperties: 1,
    maxProperties: 1,
    description: 'Either atLeast or atMost, with a rung',
    examples: [{ atLeast: LADDERS[item].at(-1) }],
  })
}

const condition = Type.Object(
  {
    exposure: Type.Optional(bound('exposure')),
    exploitability: Type.Optional(bound('exploitability')),
    identity: Type.Optional(bound('identity')),
    data: Type.Optional(bound('data')),
    path: Type.Optional(bound('path')),
    asset: Type.Optional(bound('asset')),
    severity: Type.Optional(bound('severity')),
    anonymousAccess: Type.Optional(bound('anonymousAccess')),
    liveSecret: Type.Optional(bound('liveSecret')),
  },
  { additionalProperties: false, minProperties: 1, description: 'Holds while all that it names holds' },
)

const override = Type.Object(
  {
    floor: Type.Optional(band),
    ceiling: Type.Optional(band),
    when: Type.Array(condition, {
      minItems: 1,
      description: 'The override applies while one of these holds',
      examples: [[{ exposure: { atLeast: 'internet' }, asset: { atLeast: 'prod' } }]],
    }),
  },
  { additionalProperties: false },
)

const replacement = Type.Union([Type.Literal('off'), override], {
  description: 'Off, or a floor or a ceiling with when it applies',
})

const overrides = Type.Record(Type.String(), replacement, {
  propertyNames: { pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', description: 'Lower-case words with hyphens between them' },
  description:
    'Floors (never less urgent than) and ceilings (never more urgent than) by name. One that is shipped is replaced, or removed with off; any other is added. All ceilings apply before all floors',
  examples: [
    {
      'floor-prod-on-the-internet': {
        floor: 'P2',
        when: [{ exposure: { atLeast: 'internet' }, asset: { atLeast: 'prod' } }],
      },
    },
  ],
})

const LEVELS = ['1', '2', '3', '4'] as const

/** The part `priority` of the section `enrichment`: what it names replaces what is shipped, everything else stays. */
export const priorityConfig = Type.Object(
  {
    profile: Type.Optional(
      Type.Union([Type.Literal('context'), Type.Literal('bod')], {
        description:
          'context: what is not publicly exposed is at most P2 by BOD 26-04; bod: the timelines as CISA published them',
      }),
    ),
    likelihood: Type.Optional(
      each(LADDERS.exposure, each(LADDERS.exploitability, level), {
        description: 'The likelihood, 1 to 4, by exposure and exploitability',
        examples: [{ internet: { conditional: 4 } }],
      }),
    ),
    consequence: Type.Optional(
      Type.Object(
        {
          identity: Type.Optional(each(LADDERS.identity, level)),
          data: Type.Optional(each(LADDERS.data, level)),
          asset: Type.Optional(each(LADDERS.asset, level)),
        },
        {
          additionalProperties: false,
          description:
            'The consequence, 1 to 4, of each rung of identity, data and asset; the highest of the three counts',
          examples: [{ asset: { prod: 3 } }],
        },
      ),
    ),
    bands: Type.Optional(
      each(LEVELS, each(LEVELS, band), {
        description: 'The band by likelihood (the outer key) and consequence (the inner key)',
        examples: [{ 2: { 3: 'P2' } }],
      }),
    ),
    unknown: Type.Optional(
      Type.Object(
        {
          exposure: Type.Optional(rungOf('exposure')),
          exploitability: Type.Optional(rungOf('exploitability')),
          identity: Type.Optional(rungOf('identity')),
          data: Type.Optional(rungOf('data')),
          path: Type.Optional(rungOf('path')),
          asset: Type.Optional(rungOf('asset')),
        },
        { additionalProperties: false, description: 'The rung that counts while nothing is known, never the safest' },
      ),
    ),
    severityStep: Type.Optional(
      each(LADDERS.severity, step, { description: "By how many bands the source's severity moves the result" }),
    ),
    severityDefault: Type.Optional(
      each([...LADDERS.severity, 'unknown'], band, {
        description:
          'The band by severity while nothing else is known; never less urgent while exposure or exploitability is unknown',
      }),
    ),
    overrides: Type.Optional(overrides),
    bod: Type.Optional(
      each(['3', '14', '60'], band, { description: 'The floor of a CVE by the days that BOD 26-04 gives' }),
    ),
    weights: Type.Optional(
      each(['exposure', 'exploitability', 'severity', 'identity', 'data', 'path', 'asset'], weight, {
        description: 'How much each ladder counts for the score, which only sorts inside a band',
      }),
    ),
    dueDays: Type.Optional(each(BANDS, days, { description: 'How many days there are to mend it, by band' })),
    epssEasy: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'The EPSS score from which a CVE counts as easy to exploit' }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Replaces parts of the tables that decide a priority. What lets a worse value lower a priority, or counts what is unknown as safe, is refused; see docs/guides/priority-tables.md',
    examples: [{ profile: 'context', dueDays: { P1: 2 } }],
  },
)

export type PriorityConfig = Static<typeof priorityConfig>
