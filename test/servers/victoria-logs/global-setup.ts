import type { TestProject } from 'vitest/node'
import { openDoor } from '../door.ts'
import { whyNoVictoriaLogs } from './available.ts'
import { VictoriaLogs } from './victoria-logs.ts'

/** Opens the door at which the tests of a project ask for the VictoriaLogs that they share (`sharedVictoriaLogs`). */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const door = await openDoor<string>(async () => {
    const unavailable = whyNoVictoriaLogs()
    if (unavailable !== undefined) return { unavailable }
    const server = await VictoriaLogs.start()
    return { at: server.url, stop: () => server.stop() }
  })
  project.provide('victoriaLogsDoor', door.port)
  return () => door.close()
}
