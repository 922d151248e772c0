import type { TestContext } from 'vitest'
import { DefenderHub } from '../../defender-hub.ts'
import { sampleAssessment } from '../../../collectors/azure-event-hubs/mapping/sample-defender.ts'
import type { Scene } from './scene.ts'
import { ScenePipeline } from './scene-pipeline.ts'

/** To each partition so many, of which the hub forgets all but the last. */
const UNREAD = 10

/** A hub that is away for longer than it keeps messages. */
export async function messagesMissed(port: number, context: Pick<TestContext, 'skip'>): Promise<Scene> {
  const { hub, store, container } = await DefenderHub.open(context)
  const defender = {
    type: 'azure-event-hubs',
    connectionString: hub.connectionString,
    consumerGroup: 'posture-stream',
    checkpoints: { container: container.containerName, connectionString: store },
    waitSeconds: 1,
    claimSeconds: 3,
  }
  const pipeline = new ScenePipeline({
    name: 'messages-missed',
    port,
    collectors: { defender },
    sinks: { archive: { type: 'file', directory: './out' } },
  })
  const send = (count: number): void => {
    for (const { id } of hub.partitions)
      hub.send(
        Array.from({ length: count }, (_, number) => JSON.stringify(sampleAssessment(number))),
        { partition: Number(id) },
      )
  }
  return {
    name: 'messages-missed',
    fault: 'messages become older than the retention of a hub before they are read',
    raises: ['PostureMessagesMissed'],
    ports: [port],
    start: async () => {
      send(1)
      await pipeline.start()
    },
    breakDown: async () => {
      await hub.close()
      send(UNREAD)
      for (const { id, last } of hub.partitions) hub.expire(Number(id), last!.sequence)
      await hub.open()
    },
    mend: async () => undefined,
    end: () => pipeline.end(),
  }
}
