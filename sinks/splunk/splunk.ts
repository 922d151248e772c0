import type { SinkDefinition } from '../sink.ts'
import { splunkErrors } from './error-notes.ts'
import { ACCESS } from './access.ts'
import { configSchema } from './config.ts'

/** Sends every revision once to Splunk's HTTP Event Collector. */
export const splunk: SinkDefinition<typeof configSchema> = {
  name: 'splunk',
  summary: 'Sends every revision of every finding to Splunk, through its HTTP Event Collector (HEC)',
  takes: 'every-revision',
  configSchema,
  access: ACCESS,
  limits: [
    'An event has at most maxEventBytes; one that is larger goes without its free-form parts.',
    'Without acknowledge, what Splunk has taken and not yet indexed is lost when it crashes.',
    'What is sent again after a failure can be there twice; the macro of the app takes the newest revision.',
  ],
  errors: splunkErrors,
  // Its client takes a while to load; who does not name this sink does not wait for it.
  create: async (config, context) => new (await import('./splunk-sink.ts')).SplunkSink(config, context),
}
