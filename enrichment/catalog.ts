import type { Enricher } from './enricher.ts'
import { priority } from './priority/priority.ts'

/** Every enricher, in the order in which they run. */
export const enrichers: readonly Enricher[] = [priority]
