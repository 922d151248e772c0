import { inject, type TestContext } from 'vitest'
import { askAt } from '../door.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of 127.0.0.1 at which a test asks for the broker that the run shares; global-setup.ts answers there. */
    readonly kafkaDoor: number
  }
}

/**
 * The addresses of the plain broker that all tests of a run share: use topics and groups of your own. The first call
 * starts it. Skips the test, with the reason, where there can be none; fails it where one does not start.
 */
export function sharedBrokers({ skip }: Pick<TestContext, 'skip'>): Promise<readonly string[]> {
  return askAt(inject('kafkaDoor') as number | undefined, 'Kafka broker', skip)
}
