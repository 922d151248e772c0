import type { SinkDefinition } from '../sink.ts'
import { ACCESS } from './access.ts'
import { configSchema } from './config.ts'

/** Sends every revision once to Splunk's HTTP Event Collector. */
export const splunk: SinkDefinition<typeof configSchema> = {
  name: 'splunk',
  summary: 'Sends every revision of every finding to Splunk, through its HTTP Event Collector (HEC)',
  takes: 'every-revision',
  configSchema,
  access: ACCESS,
  // Its client takes a while to load; who does not name this sink does not wait for it.
  create: async (config, context) => new (await import('./splunk-sink.ts')).SplunkSink(config, context),
}
