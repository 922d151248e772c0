import { inject, type TestContext } from 'vitest'
import { askAt } from '../door.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of 127.0.0.1 at which a test asks for the Azurite that the run shares; global-setup.ts answers there. */
    readonly azuriteDoor: number
  }
}

/**
 * The connection string of the Azurite that all tests of a run share: make a container of your own in it. The first call
 * starts it. Skips the test, with the reason, where there can be none; fails it where it cannot be brought or does not start.
 */
export async function sharedAzurite({ skip }: Pick<TestContext, 'skip'>): Promise<string> {
  const door = inject('azuriteDoor') as number | undefined
  return askAt<string>(door, 'Azurite', skip)
}
