import type { TestProject } from 'vitest/node'
import { openDoor } from '../door.ts'
import { whyNoMoto } from './available.ts'
import { MotoServer } from './moto-server.ts'

/** Opens the door at which the tests of a project ask for the moto that they share (`sharedMoto`). */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const door = await openDoor<string>(async () => {
    const unavailable = await whyNoMoto()
    if (unavailable !== undefined) return { unavailable }
    const server = await MotoServer.start()
    return { at: server.url, stop: () => server.stop() }
  })
  project.provide('motoDoor', door.port)
  return () => door.close()
}
