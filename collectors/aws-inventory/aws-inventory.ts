import type { CollectorDefinition } from '../collector.ts'
import { inventoryErrors } from './error-notes.ts'
import { ACCESS } from './access.ts'
import { configSchema } from './config.ts'

/** Describes what accounts of AWS consist of, so that it can be told what is exposed. */
export const awsInventory: CollectorDefinition<typeof configSchema> = {
  name: 'aws-inventory',
  summary: 'Describes the resources of AWS accounts: networks, instances, load balancers, storage, policies',
  configSchema,
  gives: 'assets',
  access: ACCESS,
  limits: [
    'Read: networks, load balancers, databases, clusters, buckets, functions, snapshots, images, queues, topics, keys and secrets of one partition of AWS.',
    'Not read: access points, object ACLs, grants of KMS keys, Global Accelerator.',
    'Each type of an account and region is a scan of its own; what may not be read is named, and nothing there counts as gone.',
  ],
  errors: inventoryErrors,
  // Its clients take a while to load; who does not name this collector does not wait for them.
  async create(config, context) {
    const [{ InventoryCollector }, { describers }] = await Promise.all([
      import('./inventory-collector.ts'),
      import('./describers.ts'),
    ])
    return new InventoryCollector(config, context, describers)
  },
}
