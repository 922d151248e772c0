import { isObject, type Fields } from '../../records/fields.ts'
import { presentOrNone } from '../../records/present.ts'

/** In characters of JSON: one topic's messages have to hold a finding, and nobody reads more of it there. */
const MOST_OF_ONE = 8 * 1024
const MOST = 32 * 1024
const CUT = 'unmapped_cut'
/** What has a place of its own, or says nothing that the names do not say. */
const PLACED: ReadonlySet<string> = new Set(
  [
    'name canonicalName parent parentDisplayName resourceName caiResource resource notificationConfigName stateChange',
    'state category severity findingClass eventTime createTime description nextSteps externalUri compliances',
    'mute muteInfo muteInitiator muteUpdateTime mitreAttack chokepoint propertyDataTypes',
  ].flatMap((names) => names.split(' ')),
)
/** Of parts of which only some have a place. */
const PLACED_INSIDE: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['vulnerability', new Set(['cve', 'offendingPackage', 'fixedPackage'])],
  ['toxicCombination', new Set(['relatedFindings'])],
  ['securityMarks', new Set(['name', 'canonicalName'])],
])
/** What a field has that nobody set, where a source writes those too. */
const UNSET = /^$|^1970-01-01T00:00:00(\.0+)?Z$|_UNSPECIFIED$/

/**
 * What else a finding holds, by Google's names: its attack exposure, bindings, exfiltration, the source's own properties.
 * What is too large is left out, which a flag tells.
 */
export function sccRest(finding: Fields): Record<string, unknown> | undefined {
  let left = MOST
  const kept: [string, unknown][] = []
  for (const [key, value] of Object.entries(finding.value)) {
    if (PLACED.has(key)) continue
    const rest = setPart(withoutPlaced(value, PLACED_INSIDE.get(key)))
    if (rest === undefined) continue
    const size = key.length + JSON.stringify(rest).length
    if (size > Math.min(MOST_OF_ONE, left)) {
      finding.note([CUT])
      continue
    }
    left -= size
    kept.push([key, rest])
  }
  return presentOrNone(Object.fromEntries(kept))
}

function withoutPlaced(value: unknown, placed: ReadonlySet<string> | undefined): unknown {
  if (placed === undefined || !isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !placed.has(key)))
}

/** The same without what is unset or empty at any depth; undefined where nothing is left. */
function setPart(value: unknown): unknown {
  if (value === null || (typeof value === 'string' && UNSET.test(value))) return undefined
  if (Array.isArray(value)) {
    const items = value.map(setPart).filter((each) => each !== undefined)
    return items.length === 0 ? undefined : items
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
    const rest = setPart(each)
    return rest === undefined ? [] : [[key, rest]]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
