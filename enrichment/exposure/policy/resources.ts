import { commonInstance, FRESH, globMatches, globOf, instancesOf, type Glob } from './glob.ts'
import type { Policy } from './parse.ts'

/** More of them are not tried. */
const MOST = 256

/**
 * Names of resources under a pattern (the objects of a bucket) that stand for all that a policy tells apart: one that it does
 * not name, and one for each pattern that it allows, inside and outside of what it denies.
 */
export function resourcesUnder(pattern: string, policy: Policy): readonly string[] {
  const whole = globOf(pattern)
  const allowed: Glob[] = [whole]
  const spared: Glob[] = []
  for (const { effect, resources } of policy.statements) {
    if (effect !== 'Deny' && resources?.negated === false) allowed.push(...resources.globs)
    if (effect !== 'Allow' && resources?.negated === true) spared.push(...resources.globs)
  }
  const names = new Set<string>([pattern.replaceAll('*', FRESH)])
  for (const each of new Set(allowed)) {
    for (const name of [...instancesOf(each), commonInstance(each, whole)]) if (name !== undefined) names.add(name)
    for (const other of new Set(spared)) {
      const name = commonInstance(each, other)
      if (name !== undefined) names.add(name)
    }
    if (names.size > MOST) break
  }
  const globs = policy.statements.flatMap((each) => each.resources?.globs ?? [])
  const told = new Map<string, string>()
  for (const name of names) {
    if (!globMatches(whole, name)) continue
    const matched = globs.map((each) => (globMatches(each, name) ? '1' : '0')).join('')
    if (!told.has(matched)) told.set(matched, name)
  }
  return [...told.values()]
}
