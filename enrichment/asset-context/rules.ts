import { Type, type Static } from 'typebox'
import { LADDERS } from '../evidence.ts'

const pattern = (description: string, example: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      description: `${description}; * and ? stand for any text and any character`,
      examples: [example],
    }),
  )
const tagName = Type.String({
  minLength: 1,
  description: 'The name of a tag; capitals do not count',
  examples: ['team'],
})

/** All of it must hold. */
const condition = Type.Object(
  {
    tag: Type.Optional(
      Type.Object(
        { name: tagName, value: pattern('Its value; any where it is left out', 'prod*') },
        { additionalProperties: false, description: 'A tag of the resource' },
      ),
    ),
    accounts: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description: 'One of these accounts, subscriptions or projects; * and ? stand for any text and any character',
        examples: [['123456789012']],
      }),
    ),
    accountName: pattern('The name of the account, where the source tells it', '*-prod'),
    organizationalUnit: pattern('The name or the id of the unit that the account is in', 'Payments'),
    provider: pattern('The cloud or platform', 'aws'),
    resourceType: pattern('The type of the resource as its source calls it', 'AwsS3*'),
    resource: pattern('The id or the name of the resource', 'arn:aws:s3:::payments-*'),
    region: pattern('The region of the resource', 'eu-*'),
  },
  { additionalProperties: false, description: 'What must hold, all of it, for the rule to count' },
)

const rule = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'What people call the rule: it stands in the reasons of a priority',
        examples: ['payments'],
      }),
    ),
    when: condition,
    asset: Type.Optional(
      Type.Enum([...LADDERS.asset], { description: 'What the resource is to its owner', examples: ['prod'] }),
    ),
    data: Type.Optional(
      Type.Enum([...LADDERS.data], {
        description: 'The worst data that the resource holds',
        examples: ['confidential'],
      }),
    ),
    owner: Type.Optional(
      Type.Union(
        [
          Type.String({ minLength: 1, maxLength: 100 }),
          Type.Object({ fromTag: tagName }, { additionalProperties: false }),
        ],
        {
          description: 'Who answers for the resource: a name, or { fromTag: team } for the value of a tag',
          examples: ['payments-team'],
        },
      ),
    ),
    certain: Type.Optional(
      Type.Boolean({
        description:
          'Whether it is known for sure. Left out: what the resource is counts as certain, what data it holds as possible',
      }),
    ),
  },
  { additionalProperties: false },
)

/** The part `assets` of the section `enrichment`. */
export const assetConfig = Type.Object(
  {
    rules: Type.Optional(
      Type.Array(rule, {
        description:
          'What resources are to their owner, which data they hold, and who answers for them. For each of the three the first rule that holds decides, and these come before the shipped ones',
        examples: [[{ when: { accounts: ['123456789012'] }, asset: 'prod', owner: 'payments-team' }]],
      }),
    ),
    shippedRules: Type.Boolean({
      default: true,
      description: 'Whether common tags (environment, criticality, data-classification, owner, team, …) count too',
    }),
  },
  {
    additionalProperties: false,
    description: 'What resources are to their owner, from their tags, account, organization and names',
  },
)

/** As written: what is left out has its default. */
export type AssetConfig = Partial<Static<typeof assetConfig>>
export type AssetRule = Static<typeof rule>
export type Condition = AssetRule['when']

/** What a rule may say. */
export const ATTRIBUTES = ['asset', 'data', 'owner'] as const
