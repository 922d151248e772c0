import type { TestProject } from 'vitest/node'
import { openDoor, type Found } from '../door.ts'
import { kafkaAvailability } from './available.ts'
import { KafkaCluster } from './cluster.ts'

/**
 * Opens the door at which the tests of a project ask for the broker that they share (`sharedBrokers`). vitest calls what
 * this returns when all is over.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const door = await openDoor(find)
  project.provide('kafkaDoor', door.port)
  return () => door.close()
}

async function find(): Promise<Found<readonly string[]>> {
  const availability = kafkaAvailability()
  if (availability.from === 'nowhere') return { unavailable: availability.why }
  if (availability.from === 'environment') return { at: availability.brokers }
  const cluster = await KafkaCluster.start({ brokers: 1 })
  return { at: cluster.brokers, stop: () => cluster.stop() }
}
