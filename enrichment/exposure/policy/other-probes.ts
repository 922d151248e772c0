import { FRESH, globMatches, instancesOf } from './glob.ts'
import type { Probe } from './grant.ts'
import type { Policy } from './parse.ts'

/** More of them are not asked for one by one. */
const MOST = 400

/**
 * What Allow statements speak of beside the actions named, as calls: each such action, and where a statement allows all but
 * some, one that no policy names.
 */
export function otherProbes(policy: Policy, named: readonly string[], resources: readonly string[]): readonly Probe[] {
  const spelt = named.map((each) => each.toLowerCase())
  const allowed = policy.statements.flatMap(({ effect, actions }) => (effect === 'Deny' ? [] : (actions ?? [])))
  const others = [...new Set(allowed.flatMap(({ negated, globs }) => (negated ? [] : globs)))]
    .filter((glob) => !spelt.some((each) => globMatches(glob, each)))
    .flatMap((glob) => instancesOf(glob).slice(0, 1))
  const [service = ''] = spelt[0]?.split(':') ?? []
  const rest = allowed.some(({ negated }) => negated) ? [`${service}:${FRESH}`] : []
  return [...others.slice(0, MOST), ...rest].map((action) => ({ access: 'call', action, resources }))
}
