import type { Tag } from '../../schemas/generated/posture-event.ts'
import { isObject } from './fields.ts'

/**
 * Prowler's `key:value` labels as tags. Keys and values may hold colons: where the resource's own tags are known they say
 * where a key ends, else it ends at the first colon.
 */
export function tagsOfLabels(labels: readonly string[], resourceTags: unknown): Tag[] {
  const exact = new Map(tagsOf(resourceTags).map((tag) => [`${tag.name}:${tag.value}`, tag]))
  return labels.map((label) => exact.get(label) ?? tagOfLabel(label))
}

/** Tags in either of the shapes that clouds use: an object, or a list of objects with a key and a value. */
export function tagsOf(value: unknown): Tag[] {
  const pairs: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.filter(isObject).map((each) => [each['Key'] ?? each['key'] ?? each['name'], each['Value'] ?? each['value']])
    : Object.entries(isObject(value) ? value : {})
  return pairs.flatMap(([name, each]) =>
    typeof name === 'string' && name !== '' ? [{ name, value: typeof each === 'string' ? each : '' }] : [],
  )
}

function tagOfLabel(label: string): Tag {
  const colon = label.indexOf(':')
  return colon < 1 ? { name: label, value: '' } : { name: label.slice(0, colon), value: label.slice(colon + 1) }
}
