import { inject, type TestContext } from 'vitest'
import { askAt } from '../door.ts'
import { LogStore } from './log-store.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of 127.0.0.1 at which a test asks for the VictoriaLogs that the run shares; global-setup.ts answers there. */
    readonly victoriaLogsDoor: number
  }
}

/**
 * The VictoriaLogs that all tests of a run share: look only for events with a `source` of your own. The first call starts
 * it. Skips the test, with the reason, where there can be none; fails it where it cannot be built or does not start.
 */
export async function sharedVictoriaLogs({ skip }: Pick<TestContext, 'skip'>): Promise<LogStore> {
  const door = inject('victoriaLogsDoor') as number | undefined
  return new LogStore(await askAt<string>(door, 'VictoriaLogs', skip))
}
