import { Type, type Static } from 'typebox'

const WORD = '^[a-z0-9][a-z0-9-]*$'

/** One control of one product, by the words that stand in finding keys. */
const controlReference = Type.Object(
  {
    product: Type.String({
      pattern: WORD,
      description: 'The product as in metadata.product.uid of its findings: lower-case letters, digits and hyphens',
      examples: ['prowler'],
    }),
    control: Type.String({
      minLength: 1,
      description: 'The control as in metadata.event_code of its findings',
      examples: ['s3_bucket_level_public_access_block'],
    }),
  },
  { additionalProperties: false },
)

/** Equivalent controls by the name of their group, which stands for the group: another name gives other correlation ids. */
export const correlationConfig = Type.Record(Type.String(), Type.Array(controlReference, { minItems: 1 }), {
  propertyNames: { pattern: WORD, description: 'Lower-case letters, digits and hyphens, a letter or digit first' },
  description:
    'Groups of equivalent controls, by a name of your own: findings of their sources about one resource share metadata.correlation_uid. A control that stands here is in this group alone, whatever its findings state',
  examples: [
    {
      'bucket-public': [
        { product: 'security-hub', control: 'S3.8' },
        { product: 'prowler', control: 's3_bucket_level_public_access_block' },
      ],
    },
  ],
})

export type CorrelationConfig = Static<typeof correlationConfig>

export interface ControlReference {
  readonly product: string
  readonly control: string
}

/** A control that stands in the configuration twice: it would be in two groups, or is a slip. */
export interface Repetition {
  readonly group: string
  /** Of the repeated one inside its group, from 0. */
  readonly index: number
  readonly control: ControlReference
  /** The group that it stands in already. */
  readonly first: string
}

/** Every control that stands in the groups more than once, in the order in which they are written. */
export function repetitionsIn(config: CorrelationConfig): readonly Repetition[] {
  const seen = new Map<string, string>()
  return Object.entries(config).flatMap(([group, controls]) =>
    controls.flatMap((control, index): Repetition[] => {
      const first = seen.get(keyOf(control))
      if (first === undefined) seen.set(keyOf(control), group)
      return first === undefined ? [] : [{ group, index, control, first }]
    }),
  )
}

/** The name of the configured group of each control. */
export class ConfiguredGroups {
  readonly #groups: ReadonlyMap<string, string>

  constructor(config: CorrelationConfig) {
    this.#groups = new Map(
      Object.entries(config).flatMap(([group, controls]) =>
        controls.map((control): [string, string] => [keyOf(control), group]),
      ),
    )
  }

  groupOf(control: ControlReference): string | undefined {
    return this.#groups.get(keyOf(control))
  }
}

/** No product has a space in its word. */
function keyOf({ product, control }: ControlReference): string {
  return `${product} ${control}`
}
