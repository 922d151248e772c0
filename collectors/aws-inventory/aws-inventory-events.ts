import type { CollectorDefinition } from '../collector.ts'
import { inventoryEventsErrors } from './error-notes.ts'
import { EVENTS_ACCESS } from './access.ts'
import { eventsConfigSchema } from './config.ts'

/** Describes anew what changes in accounts of AWS, as soon as EventBridge tells of it. */
export const awsInventoryEvents: CollectorDefinition<typeof eventsConfigSchema> = {
  name: 'aws-inventory-events',
  summary: 'Describes resources of AWS accounts anew when they change, by events from an SQS queue',
  configSchema: eventsConfigSchema,
  gives: 'assets',
  access: EVENTS_ACCESS,
  limits: [
    'A change lists its whole type in the account and region anew.',
    'EventBridge delivers management events of CloudTrail some minutes late; a sweep finds what was missed.',
  ],
  errors: inventoryEventsErrors,
  runs: 'continuously',
  consumes: true,
  async create(config, context) {
    const [{ InventoryEvents }, { describers }] = await Promise.all([
      import('./inventory-events.ts'),
      import('./describers.ts'),
    ])
    return new InventoryEvents(config, context, describers)
  },
}
