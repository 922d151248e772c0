import type { CollectorDefinition } from '../collector.ts'
import { access } from './access.ts'
import { configSchema } from './config.ts'
import { pubsubErrors } from './error-notes.ts'

/** Reads what Security Command Center says at the moment at which it says it, from a Pub/Sub subscription. */
export const gcpPubsub: CollectorDefinition<typeof configSchema> = {
  name: 'gcp-pubsub',
  summary: 'Reads findings of Google Security Command Center from a Pub/Sub subscription, as notifications bring them',
  configSchema,
  access,
  limits: [
    'A notification says what changes from when its configuration was made: what was found before comes when it changes, or when it is published anew.',
    'One message has at most 10 MB and is acknowledged only when what it holds is durable; Pub/Sub keeps the others for 7 days unless told, and at most 31.',
  ],
  errors: pubsubErrors,
  runs: 'continuously',
  consumes: true,
  async create(config, context) {
    const { PubsubCollector } = await import('./pubsub-collector.ts')
    return new PubsubCollector(config, context)
  },
}
