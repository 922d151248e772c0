import type { FieldMapping, Properties } from '../template/field-types.ts'
import { MAPPING } from '../template/template.ts'
import type { FoundMapping } from './cluster.ts'

/** In what an installed mapping differs from ours, by the paths of the fields. What it has besides is nobody's fault. */
export interface MappingDifference {
  /** Can be put into the index as it stands. */
  readonly additions: readonly string[]
  /** Can not: only another index can have it. */
  readonly conflicts: readonly string[]
}

/** OpenSearch changes none of these in an index that exists. */
const FIXED = ['type', 'format', 'index', 'doc_values'] as const
const MENDABLE = ['ignore_above', 'ignore_malformed'] as const

export function mappingDifference(found: FoundMapping): MappingDifference {
  const fields = compare(found.properties, MAPPING.properties, '')
  // A mapping that takes fields in by itself would grow, one that is strict would refuse.
  const dynamic = found.dynamic === MAPPING.dynamic ? [] : ['(dynamic)']
  return { additions: [...dynamic, ...fields.additions], conflicts: fields.conflicts }
}

function compare(found: Properties, wanted: Properties, prefix: string): MappingDifference {
  const each = Object.entries(wanted).map(([name, field]) => compareField(found[name], field, `${prefix}${name}`))
  return {
    additions: each.flatMap(({ additions }) => additions),
    conflicts: each.flatMap(({ conflicts }) => conflicts),
  }
}

function compareField(found: FieldMapping | undefined, wanted: FieldMapping, path: string): MappingDifference {
  if (found === undefined) return { additions: [path], conflicts: [] }
  if (typeOf(found) !== typeOf(wanted) || FIXED.some((key) => key !== 'type' && found[key] !== wanted[key]))
    return { additions: [], conflicts: [path] }
  const { additions, conflicts } = compare(
    { ...found.properties, ...found.fields },
    { ...wanted.properties, ...wanted.fields },
    `${path}.`,
  )
  const own = MENDABLE.some((key) => found[key] !== wanted[key]) ? [path] : []
  return { additions: [...own, ...additions], conflicts }
}

function typeOf({ type = 'object', enabled }: FieldMapping): string {
  return enabled === false ? `${type}, not indexed` : type
}
