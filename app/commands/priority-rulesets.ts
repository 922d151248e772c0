import type { PriorityConfig } from '../../enrichment/priority/config.ts'
import type { Ruleset } from '../../enrichment/priority/ruleset.ts'
import { rulesetOf } from '../../enrichment/priority/settle.ts'
import type { LoadedConfig } from '../config/catalogs.ts'

/** Stands for the tables that count without a configuration. */
export const SHIPPED = 'shipped'

/** The ruleset that a configuration puts in force. */
export function rulesetIn({ enrichment }: LoadedConfig): Ruleset {
  return rulesetOf((enrichment as { readonly priority?: PriorityConfig } | undefined)?.priority ?? {})
}

/** The ruleset in force where no configuration says otherwise. */
export function shippedRuleset(): Ruleset {
  return rulesetOf({})
}
