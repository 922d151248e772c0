import { digest } from '../../core/digest.ts'
import type { PriorityConfig } from './config.ts'
import { Ruleset } from './ruleset.ts'
import { TABLES, type Override, type Tables } from './tables.ts'

/** The shipped tables with what the configuration replaces in them. Whether they are sound is another question: `unsoundness`. */
export function tablesOf(config: PriorityConfig): Tables {
  const { overrides = {}, ...parts } = config
  return { ...(merged(TABLES, parts) as Tables), overrides: overridesOf(overrides) }
}

/** The tables of a configuration in use. Its name is `default` where they are the shipped ones, else `configured`. */
export function rulesetOf(config: PriorityConfig): Ruleset {
  const tables = tablesOf(config)
  return new Ruleset(tables, digest(tables) === digest(TABLES) ? 'default' : 'configured')
}

function overridesOf(config: NonNullable<PriorityConfig['overrides']>): Tables['overrides'] {
  const changed = Object.entries({ ...TABLES.overrides, ...config })
  return Object.fromEntries(changed.filter((entry): entry is [string, Override] => entry[1] !== 'off'))
}

/** What `parts` names, as deep as it goes, in place of what is in `whole`. */
function merged(whole: unknown, parts: unknown): unknown {
  if (!isSection(parts) || !isSection(whole)) return parts ?? whole
  const changed = Object.entries(parts).map(([key, part]): [string, unknown] => [key, merged(whole[key], part)])
  return { ...whole, ...Object.fromEntries(changed) }
}

export function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
