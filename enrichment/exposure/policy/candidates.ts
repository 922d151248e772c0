import type { Entry } from './caller.ts'
import type { Condition, ContextValue } from './condition.ts'
import { firstAddress } from '../flow-set-addresses.ts'
import { commonInstance, FRESH, globOf, hasWildcard, instancesOf } from './glob.ts'

/** So many patterns of one key are tried against each other. */
const MOST_PATTERNS = 8

/**
 * The values of a key that are worth trying where the caller is free to choose, with the conditions on it; undefined where
 * there is no choice. What a policy tells apart, some of these tell apart: every value that it names, what none of them is,
 * and nothing.
 */
export function candidatesOf(
  entry: Extract<Entry, string>,
  conditions: readonly Condition[],
): readonly ContextValue[] | undefined {
  if (entry === 'absent' || entry === 'unknown') return undefined
  if (entry === 'delegated') return ['absent', 'unknown']
  if (entry === 'key') return [...ownKeys(conditions).map((each) => [each]), 'absent']
  const named = conditions.flatMap(namedBy)
  const texts = new Set([...named, ...shared(conditions), ...(entry === 'present' ? ['true', 'false'] : [FRESH])])
  const values = [...texts].map((each) => [each])
  return entry === 'present' ? values : [...values, 'absent']
}

function namedBy({ operator, values, blocks }: Condition): readonly string[] {
  if (operator === 'null') return []
  if (blocks !== undefined) return addressesIn(blocks)
  if (operator === 'bool') return ['true', 'false']
  if (operator.startsWith('numeric')) return values.flatMap(around)
  return /like$|^arn/.test(operator) ? values.flatMap((each) => instancesOf(globOf(each))) : values
}

function addressesIn({ v4, v6 }: NonNullable<Condition['blocks']>): readonly string[] {
  return [firstAddress('v4', v4), firstAddress('v6', v6)].filter((each) => each !== undefined)
}

function around(value: string): readonly string[] {
  const number = Number(value)
  return Number.isFinite(number) ? [number - 1, number, number + 1].map(String) : [value]
}

/** What two patterns of one key both match. */
function shared(conditions: readonly Condition[]): readonly string[] {
  const globs = conditions
    .filter(({ operator }) => /like$|^arn/.test(operator))
    .flatMap(({ values }) => values.map(globOf))
    .filter(hasWildcard)
    .slice(0, MOST_PATTERNS)
  return globs.flatMap((one, at) => globs.slice(at + 1).flatMap((other) => commonInstance(one, other) ?? []))
}

/** Naming somebody else's key is of no use to a stranger: KMS asks that key's policy. */
function ownKeys(conditions: readonly Condition[]): readonly string[] {
  const globs = conditions.flatMap(({ values }) => values.map(globOf)).filter(hasWildcard)
  return globs.flatMap(instancesOf)
}
