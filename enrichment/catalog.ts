import { Type } from 'typebox'
import { correlation } from './correlation/correlation.ts'
import { correlationConfig, type CorrelationConfig } from './correlation/groups.ts'
import type { Enricher } from './enricher.ts'
import { priority } from './priority/priority.ts'

/** What of the configuration decides what findings mean. */
export interface EnricherSettings {
  readonly correlation?: CorrelationConfig
}

/** The part of the section `enrichment` that enrichers take. */
export const enricherConfig = { correlation: Type.Optional(correlationConfig) }

/** Every enricher, in the order in which they run. */
export function enrichersOf({ correlation: groups = {} }: EnricherSettings): readonly Enricher[] {
  return [priority, correlation(groups)]
}
