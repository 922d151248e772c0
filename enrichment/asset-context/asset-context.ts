import type { Enricher, FindingContext } from '../enricher.ts'
import { OwnRules } from './own-rules.ts'
import type { AssetConfig } from './rules.ts'
import { ShippedRules } from './shipped.ts'

/**
 * Adds what a resource is to its owner, which data it holds and who answers for it, by the rules of the configuration
 * and then by common tags. What no rule speaks of stays unknown.
 */
export function assetContext({ rules = [], shippedRules = true }: AssetConfig): Enricher {
  const own = new OwnRules(rules)
  const shipped = shippedRules ? new ShippedRules() : undefined
  return {
    name: 'asset-context',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich(finding): FindingContext {
      return { ...shipped?.read(finding.resources[0].tags), ...own.read(finding) }
    },
  }
}
