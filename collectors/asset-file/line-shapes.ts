import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { PermanentError } from '../../core/errors.ts'

const text = Type.String({ minLength: 1 })
const time = Type.Union([Type.String({ minLength: 1 }), Type.Number()])
/** So that no scan has more pairs of region and type than enrichment takes. */
const MOST_NAMES = 100

/** `{"inventory": …}`: what the assets that follow were read from, and what of it was looked at. */
export const inventoryLine = Type.Object({
  inventory: Type.Object({
    source: text,
    provider: Type.Optional(text),
    account: text,
    regions: Type.Array(Type.String(), { minItems: 1, maxItems: MOST_NAMES }),
    types: Type.Array(text, { minItems: 1, maxItems: MOST_NAMES }),
    time: Type.Optional(time),
    complete: Type.Optional(Type.Boolean()),
  }),
})
export type Inventory = Static<typeof inventoryLine>['inventory']

/** `{"end": …}`: the inventory was written to its end. */
export const endLine = Type.Object({ end: Type.Object({ assets: Type.Integer({ minimum: 0 }) }) })

const reference = {
  uid: text,
  type: Type.Optional(text),
  provider: Type.Optional(text),
  account: Type.Optional(text),
  region: Type.Optional(Type.String()),
  version: Type.Optional(Type.Object({ time, sequence: Type.Optional(Type.Integer()) })),
}

export const assetLine = Type.Object({ ...reference, document: Type.Record(Type.String(), Type.Unknown()) })
export type AssetLine = Static<typeof assetLine>

export const deletionLine = Type.Object({ ...reference, deleted: Type.Literal(true) })
export type DeletionLine = Static<typeof deletionLine>

/** The value as it should be. Throws a PermanentError (`LINE_INVALID`) that names the place. */
export function shaped<Shape extends TSchema>(shape: Shape, value: unknown): Static<Shape> {
  if (Value.Check(shape, value)) return value
  const [first] = Value.Errors(shape, value)
  const place = first?.instancePath || '/'
  throw new PermanentError('LINE_INVALID', `${place} ${first?.message ?? 'is not as it should be'}`)
}
