import type { SinkDefinition } from '../sink.ts'
import { securityHubErrors } from './error-notes.ts'
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
  limits: [
    'Security Hub takes 240 KB a finding, 100 findings or 6 MB a call, 10 calls a second in a region; a finding that is larger is shortened.',
    'It keeps a finding for 90 days after its last update; those that stay open are refreshed.',
    'Severity, note and workflow that an analyst changed there are left alone.',
  ],
  errors: securityHubErrors,
  // Its client takes a while to load; who does not name this sink does not wait for it.
  create: async (config, context) => new (await import('./security-hub-sink.ts')).SecurityHubSink(config, context),
}
