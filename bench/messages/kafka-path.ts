import { sampleAssessment } from '../../collectors/azure-event-hubs/mapping/sample-defender.ts'
import { KafkaHub } from '../../test/kafka-hub.ts'
import { KafkaCluster } from '../../test/servers/kafka/cluster.ts'
import type { MessagePath, PathOptions } from './path.ts'

/** The Kafka endpoint of a hub: a real broker, by SASL over TLS as in Azure. */
export async function kafkaPath({ partitions }: PathOptions): Promise<MessagePath> {
  const cluster = await KafkaCluster.start({ brokers: 1, security: 'sasl-ssl' })
  const hub = await KafkaHub.create(cluster, { partitions })
  return {
    name: 'event hub, Kafka endpoint',
    collector: hub.yaml({ waitSeconds: 1 }).replace('${HUB}', hub.environment['HUB']!),
    send: (bodies) => hub.send(bodies),
    left: () => hub.left(),
    bodyOf: (number) => JSON.stringify(sampleAssessment(number)),
    async [Symbol.asyncDispose]() {
      await hub.close()
      await cluster.stop()
    },
  }
}
