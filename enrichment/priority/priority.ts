import type { Enricher } from '../enricher.ts'
import type { Intelligence } from '../intelligence.ts'
import type { PriorityConfig } from './config.ts'
import { evidenceOf } from './evidence/evidence-of.ts'
import { prioritise } from './prioritise.ts'
import { rulesetOf } from './settle.ts'

/**
 * Adds the priority: what is known of the finding, by itself, by the enrichers before this one and by intelligence, put
 * through the tables of the configuration. Open or closed, a finding has one.
 */
export function priority(config: PriorityConfig, intelligence: Intelligence): Enricher {
  const ruleset = rulesetOf(config)
  return {
    name: 'priority',
    version: 3,
    consumes: [],
    apply: () => [],
    enrich: (finding, _store, before) => ({
      priority: prioritise(evidenceOf(finding, before, intelligence, ruleset.tables), ruleset),
    }),
  }
}
