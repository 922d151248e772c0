import type { CollectorDefinition } from '../collector.ts'
import { securityHubErrors } from './error-notes.ts'
import { ACCESS } from './access.ts'
import { configSchema } from './config.ts'

/** Sweeps the findings of AWS Security Hub. */
export const awsSecurityHub: CollectorDefinition<typeof configSchema> = {
  name: 'aws-security-hub',
  summary: 'Reads the findings of AWS Security Hub, of several accounts and regions or through an aggregation region',
  configSchema,
  access: ACCESS,
  limits: [
    'GetFindings gives 100 findings a call and takes 3 calls a second in a region, so that 100,000 findings take some six minutes.',
    'Nothing is closed because a sweep does not mention it where the sweep was not whole or was filtered.',
  ],
  errors: securityHubErrors,
  // Its client takes a while to load; who does not name this collector does not wait for it.
  create: async (config, context) =>
    new (await import('./security-hub-collector.ts')).SecurityHubCollector(config, context),
}
