import { collectors } from '../collectors/catalog.ts'
import { collectorSettings } from '../collectors/settings.ts'
import { enrichmentConfig } from '../enrichment/config.ts'
import { sinks } from '../sinks/catalog.ts'
import { sinkSettings } from '../sinks/settings.ts'
import type { Catalogs } from './config/catalogs.ts'

/** All that a configuration may name in this version. */
export const catalogs: Catalogs = {
  collectors,
  sinks,
  enrichment: enrichmentConfig,
  everyCollector: collectorSettings,
  everySink: sinkSettings,
}
