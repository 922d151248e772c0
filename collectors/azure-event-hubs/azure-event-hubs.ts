import type { CollectorDefinition } from '../collector.ts'
import { access } from './access.ts'
import { configSchema } from './config.ts'
import { eventHubsErrors } from './error-notes.ts'

/** Reads what Defender for Cloud exports continuously, at the moment at which it says it. */
export const azureEventHubs: CollectorDefinition<typeof configSchema> = {
  name: 'azure-event-hubs',
  summary: 'Reads findings of Microsoft Defender for Cloud from an event hub, as its continuous export brings them',
  configSchema,
  access,
  limits: [
    'A hub keeps messages for its retention (1 to 7 days; up to 90 on Premium and Dedicated): what is older is gone, which is told.',
    'One message has at most 1 MB (20 MB on a dedicated cluster); a partition holds about 4 MB of them in memory, and as much again while they are published.',
    'Any number of readers share a consumer group, but no more of them read than it has partitions.',
  ],
  errors: eventHubsErrors,
  runs: 'continuously',
  consumes: true,
  async create(config, context) {
    const [{ EventHubCollector }, { hubAddress }] = await Promise.all([
      import('./event-hub-collector.ts'),
      import('./hub-address.ts'),
    ])
    const address = hubAddress(config)
    if (config.protocol === 'kafka') {
      const { KafkaEndpoint } = await import('./kafka/kafka-endpoint.ts')
      return new EventHubCollector(config, context, address, new KafkaEndpoint(config, context))
    }
    const { AmqpEndpoint } = await import('./amqp/amqp-endpoint.ts')
    return new EventHubCollector(config, context, address, new AmqpEndpoint(config, context, address))
  },
}
