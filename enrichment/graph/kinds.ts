import type { AssetType, Relation } from '../context-graph.ts'
import { NAMINGS } from './relations.ts'

/** The types of assets, numbered from 1; 0 is that of an asset that is not known. */
export const TYPES = Object.keys(NAMINGS) as readonly AssetType[]
const NUMBERS: ReadonlyMap<AssetType, number> = new Map(TYPES.map((type, index) => [type, index + 1]))

/** An edge's kind is a number that says of which type the asset is that names the other, and how. */
interface Kind {
  readonly type: AssetType
  readonly relation: Relation
}

export const KINDS: readonly Kind[] = TYPES.flatMap((type) =>
  [...new Set(NAMINGS[type].map(({ relation }) => relation))].map((relation) => ({ type, relation })),
)
const BY_TYPE: ReadonlyMap<AssetType, ReadonlyMap<Relation, number>> = new Map(
  TYPES.map((type) => [
    type,
    new Map(
      KINDS.map((kind, index) => [kind, index] as const)
        .filter(([kind]) => kind.type === type)
        .map(([kind, index]) => [kind.relation, index]),
    ),
  ]),
)
const BY_RELATION: ReadonlyMap<Relation, readonly number[]> = new Map(
  KINDS.map(({ relation }) => [relation, KINDS.flatMap((kind, index) => (kind.relation === relation ? [index] : []))]),
)

export function typeNumber(type: AssetType): number {
  return NUMBERS.get(type)!
}

/** Undefined where assets of this type name nobody so. */
export function kindNumber(type: AssetType, relation: Relation): number | undefined {
  return BY_TYPE.get(type)?.get(relation)
}

/** The kinds of this relation, of one type or of all. */
export function kindNumbers(relation: Relation, type?: AssetType): readonly number[] {
  if (type === undefined) return BY_RELATION.get(relation) ?? []
  const kind = kindNumber(type, relation)
  return kind === undefined ? [] : [kind]
}
