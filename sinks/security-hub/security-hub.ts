import type { SinkDefinition } from '../sink.ts'
import { ACCESS } from './access.ts'
import { configSchema } from './config.ts'

/** Keeps AWS Security Hub current: imports findings that others made, updates those that it made itself. */
export const securityHub: SinkDefinition<typeof configSchema> = {
  name: 'security-hub',
  summary:
    'Imports findings into AWS Security Hub, and gives those that came from it their priority, reasons and workflow',
  takes: 'latest-state',
  configSchema,
  access: ACCESS,
  // Its client takes a while to load; who does not name this sink does not wait for it.
  create: async (config, context) => new (await import('./security-hub-sink.ts')).SecurityHubSink(config, context),
}
