import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { sampleAssessment } from '../../collectors/azure-event-hubs/mapping/sample-defender.ts'
import { Azurite, newContainer } from '../../test/servers/azurite/azurite.ts'
import { whyNoAzurite } from '../../test/servers/azurite/available.ts'
import { EventHub } from '../../test/servers/event-hubs/event-hub.ts'
import type { MessagePath, PathOptions } from './path.ts'

const GROUP = 'posture-stream'

/** A hub over AMQP, which this process plays without TLS, and Azurite for the checkpoints. */
export async function amqpPath({ partitions }: PathOptions): Promise<MessagePath> {
  const why = await whyNoAzurite()
  if (why !== undefined) throw new Error(why)
  const azurite = await Azurite.start()
  const { connectionString } = azurite
  const name = await newContainer(connectionString)
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(name)
  const hub = await EventHub.start({ partitions, consumerGroups: [GROUP] })
  return {
    name: 'event hub, AMQP',
    collector: JSON.stringify({
      type: 'azure-event-hubs',
      connectionString: hub.connectionString,
      consumerGroup: GROUP,
      checkpoints: { container: name, connectionString },
      waitSeconds: 1,
    }),
    send: async (bodies) => hub.send(bodies),
    left: () => left(hub, container),
    bodyOf: (number) => JSON.stringify(sampleAssessment(number)),
    async [Symbol.asyncDispose]() {
      await hub.close()
      await azurite.stop()
    },
  }
}

/** A checkpoint of a partition says that all before it is done with. */
async function left({ partitions }: EventHub, container: ContainerClient): Promise<number> {
  const done = new Map<string, number>()
  for await (const { name, metadata } of container.listBlobsFlat({ includeMetadata: true })) {
    const partition = /\/checkpoint\/([^/]+)$/.exec(name)?.[1]
    if (partition !== undefined) done.set(partition, Number(metadata?.['sequencenumber']))
  }
  return partitions.reduce((sum, { id, last }) => sum + (last?.sequence ?? -1) - (done.get(id) ?? -1), 0)
}
