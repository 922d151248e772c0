import { FRESH, globMatches, instancesOf } from './glob.ts'
import type { Policy } from './parse.ts'

/** More of them are not asked for one by one. */
const MOST = 400

/**
 * What Allow statements speak of beside the actions named (in lower case): each such action, and where a statement allows all
 * but some, one that no policy names.
 */
export function otherActions(policy: Policy, named: readonly string[]): readonly string[] {
  const allowed = policy.statements.flatMap(({ effect, actions }) => (effect === 'Deny' ? [] : (actions ?? [])))
  const others = [...new Set(allowed.flatMap(({ negated, globs }) => (negated ? [] : globs)))]
    .filter((glob) => !named.some((each) => globMatches(glob, each)))
    .flatMap((glob) => instancesOf(glob).slice(0, 1))
  const [service = ''] = named[0]?.split(':') ?? []
  const rest = allowed.some(({ negated }) => negated) ? [`${service}:${FRESH}`] : []
  return [...others.slice(0, MOST), ...rest]
}
