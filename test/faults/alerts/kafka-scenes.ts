import { createClient } from '../../../stream/kafka/client.ts'
import { topics } from '../../../stream/topics.ts'
import { ScratchKafka } from '../../scratch-kafka.ts'
import type { KafkaCluster } from '../../servers/kafka/cluster.ts'
import { numberedFindings, statementRecord } from '../statements.ts'
import { SchemaRegistry } from '../../../schemas/registry.ts'
import type { Scene } from './scene.ts'
import { ScenePipeline } from './scene-pipeline.ts'

const archive = { archive: { type: 'file', directory: './out' } }

/** The only broker stands still: the process runs and cannot work. Ends with the test that calls this. */
export async function brokerHalted(port: number, cluster: KafkaCluster): Promise<Scene> {
  const kafka = await ScratchKafka.create({ brokers: cluster.brokers, partitions: 1 })
  const pipeline = new ScenePipeline({ name: 'broker-halted', port, sinks: archive, stream: kafka.section })
  return {
    name: 'broker-halted',
    fault: 'Kafka does not answer',
    raises: ['PostureNotReady'],
    ports: [port],
    start: () => pipeline.start(),
    breakDown: async () => cluster.pause(1),
    mend: async () => cluster.resume(1),
    end: async () => {
      cluster.resume(1)
      await pipeline.end()
    },
  }
}

/** A process that nobody knows of is a member of a sink's group, and has the only partition. */
export async function strayMember(port: number, cluster: KafkaCluster): Promise<Scene> {
  const kafka = await ScratchKafka.create({ brokers: cluster.brokers, partitions: 1 })
  const pipeline = new ScenePipeline({ name: 'stray-member', port, sinks: archive, stream: kafka.section })
  // Partitions are dealt out in the order of the members' names.
  const client = createClient({ ...kafka.options, clientId: '0-stray' })
  const stray = client.consumer({ groupId: kafka.physical('sink.archive') })
  return {
    name: 'stray-member',
    fault: "a process of somebody else is in a sink's group",
    raises: ['PostureGroupUnread'],
    ports: [port],
    start: async () => {
      await pipeline.start()
      await stray.connect()
      await stray.subscribe({ topic: kafka.physical(topics.findings.name) })
      await stray.run({ autoCommit: false, eachMessage: async () => undefined })
    },
    breakDown: async () => {
      const stream = await kafka.open()
      const [finding] = numberedFindings(1, 1, 1)
      await stream.publish(topics.events.name, [statementRecord(finding!, 1, Date.now(), new SchemaRegistry())])
      await stream.close()
    },
    mend: () => stray.disconnect(),
    end: async () => {
      await stray.disconnect()
      await pipeline.end()
    },
  }
}
