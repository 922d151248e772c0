import { inject, type TestContext } from 'vitest'
import { askAt } from '../door.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of 127.0.0.1 at which a test asks for the moto that the run shares; global-setup.ts answers there. */
    readonly motoDoor: number
  }
}

/**
 * The URL of the moto that all tests of a run share, for `endpoint` of any client of AWS: use queues, rules and regions of
 * your own. The first call starts it. Skips the test, with the reason, where there can be none; fails it where its Python
 * cannot be made or it does not start.
 */
export function sharedMoto({ skip }: Pick<TestContext, 'skip'>): Promise<string> {
  return askAt<string>(inject('motoDoor') as number | undefined, 'moto', skip)
}
