import type { TestProject } from 'vitest/node'
import { openDoor } from '../door.ts'
import { whyNoAzurite } from './available.ts'
import { Azurite } from './azurite.ts'

/** Opens the door at which the tests of a project ask for the Azurite that they share (`sharedAzurite`). */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const door = await openDoor<string>(async () => {
    const unavailable = await whyNoAzurite()
    if (unavailable !== undefined) return { unavailable }
    const server = await Azurite.start()
    return { at: server.connectionString, stop: () => server.stop() }
  })
  project.provide('azuriteDoor', door.port)
  return () => door.close()
}
