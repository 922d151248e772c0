import { Type } from 'typebox'

/** What every region of AWS looks like: `us-gov-east-1`. */
export const REGION_PATTERN = '^[a-z]{2,4}(-[a-z]+)+-\\d{1,2}$'
/** An address in place of one of AWS's own, without a query. */
export const ADDRESS_PATTERN = '^https?://[^\\s/?#@]+(/[^\\s?#@]*)?$'

/** What a configuration says of an account that is read by a role; `role` is a name for the example. */
export const accountSettings = (description: string, role: string) =>
  Type.Object(
    {
      roleArn: Type.String({
        pattern: '^arn:[^:]+:iam::\\d{12}:role/.+$',
        description,
        examples: [`arn:aws:iam::111122223333:role/${role}`],
      }),
      externalId: Type.Optional(
        Type.String({ minLength: 2, description: 'The external id that the trust policy of the role asks for' }),
      ),
    },
    { additionalProperties: false },
  )
