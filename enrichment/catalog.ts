import { Type } from 'typebox'
import { assetContext } from './asset-context/asset-context.ts'
import { assetConfig, type AssetConfig } from './asset-context/rules.ts'
import { correlation } from './correlation/correlation.ts'
import { correlationConfig, type CorrelationConfig } from './correlation/groups.ts'
import type { Enricher } from './enricher.ts'
import { exposure } from './exposure/exposure-enricher.ts'
import { significanceOf, type Significance } from './intel/significance.ts'
import { NO_INTELLIGENCE, type Intelligence } from './intelligence.ts'
import { priorityConfig, type PriorityConfig } from './priority/config.ts'
import { priority } from './priority/priority.ts'
import { rulesetOf, tablesOf } from './priority/settle.ts'
import { standards } from './standards/standards.ts'

/** What of the configuration decides what findings mean. */
export interface EnricherSettings {
  readonly correlation?: CorrelationConfig
  readonly assets?: AssetConfig
  readonly priority?: PriorityConfig
}

/** The part of the section `enrichment` that enrichers take. */
export const enricherConfig = {
  correlation: Type.Optional(correlationConfig),
  assets: Type.Optional(assetConfig),
  priority: Type.Optional(priorityConfig),
}

/** Every enricher, in the order in which they run: the priority sees what all before it found out. */
export function enrichersOf(
  settings: EnricherSettings,
  intelligence: Intelligence = NO_INTELLIGENCE,
): readonly Enricher[] {
  const { correlation: groups = {}, assets = {}, priority: tables = {} } = settings
  return [standards(), correlation(groups), exposure(), assetContext(assets), priority(tables, intelligence)]
}

/** Everything beside their versions that enrichers decide by. */
export function decidingSettings({ correlation: groups = {}, assets = {}, priority: tables = {} }: EnricherSettings) {
  return { correlation: groups, assets, priority: rulesetOf(tables).id.hash }
}

/** What of a CVE's intelligence can decide a priority under these settings. */
export function significanceUnder({ priority: tables = {} }: EnricherSettings): Significance {
  const { epssEasy } = tablesOf(tables)
  return (epss, kev) => significanceOf(epss, kev, epssEasy)
}
