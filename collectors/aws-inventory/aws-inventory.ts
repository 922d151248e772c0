import type { CollectorDefinition } from '../collector.ts'
import { ACCESS } from './access.ts'
import { configSchema } from './config.ts'

/** Describes what accounts of AWS consist of, so that it can be told what is exposed. */
export const awsInventory: CollectorDefinition<typeof configSchema> = {
  name: 'aws-inventory',
  summary: 'Describes the resources of AWS accounts: networks, instances, load balancers, storage, policies',
  configSchema,
  access: ACCESS,
  // Its clients take a while to load; who does not name this collector does not wait for them.
  async create(config, context) {
    const [{ InventoryCollector }, { describers }] = await Promise.all([
      import('./inventory-collector.ts'),
      import('./describers.ts'),
    ])
    return new InventoryCollector(config, context, describers)
  },
}
