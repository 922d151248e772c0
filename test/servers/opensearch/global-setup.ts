import type { TestProject } from 'vitest/node'
import { openDoor, type Found } from '../door.ts'
import { openSearchAvailability } from './available.ts'
import { OpenSearchNode } from './node.ts'
import type { OpenSearchVersion } from './versions.ts'

/**
 * Opens the doors at which the tests of a project ask for the nodes that they share (`sharedOpenSearch`). vitest calls what
 * this returns when all is over.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [usual, newest] = await Promise.all([openDoor(() => find('2.19.6')), openDoor(() => find('3.6.0'))])
  project.provide('openSearchDoors', { '2.19.6': usual.port, '3.6.0': newest.port })
  return async () => {
    await Promise.all([usual.close(), newest.close()])
  }
}

async function find(version: OpenSearchVersion): Promise<Found<string>> {
  const availability = openSearchAvailability(version)
  if (availability.from === 'nowhere') return { unavailable: availability.why }
  if (availability.from === 'environment') return { at: availability.url }
  const node = await OpenSearchNode.start({ version })
  return { at: node.url, stop: () => node.stop() }
}
