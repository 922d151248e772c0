import { createServer, type AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { kafkaAvailability } from './available.ts'
import { KafkaCluster } from './cluster.ts'
import type { Answer } from './shared-brokers.ts'

/**
 * Opens the door at which the tests of a project ask for the broker that they share (`sharedBrokers`). The broker starts
 * when the first one knocks: a run without Kafka does not pay for it. vitest calls what this returns when all is over.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<KafkaCluster> | undefined
  let answer: Promise<Answer> | undefined
  const find = async (): Promise<Answer> => {
    try {
      const availability = kafkaAvailability()
      if (availability.from === 'nowhere') return { unavailable: availability.why }
      if (availability.from === 'environment') return { brokers: availability.brokers }
      cluster = KafkaCluster.start({ brokers: 1 })
      return { brokers: (await cluster).brokers }
    } catch (error) {
      return { failure: (error as Error).message }
    }
  }
  const door = createServer((visitor) => {
    visitor.on('error', () => {})
    answer ??= find()
    void answer.then((told) => visitor.end(JSON.stringify(told)))
  })
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject).listen({ port: 0, host: '127.0.0.1' }, resolve)
  })
  project.provide('kafkaDoor', (door.address() as AddressInfo).port)
  return async () => {
    door.close()
    const started = await cluster?.catch(() => undefined)
    await started?.stop()
  }
}
