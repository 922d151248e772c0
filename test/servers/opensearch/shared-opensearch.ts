import { inject, type TestContext } from 'vitest'
import { askAt } from '../door.ts'
import { USUAL_VERSION, type OpenSearchVersion } from './versions.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The ports of 127.0.0.1 at which a test asks for the node of a version; global-setup.ts answers there. */
    readonly openSearchDoors: Readonly<Record<OpenSearchVersion, number>>
  }
}

/**
 * The URL of the node of a version (2.19.6 unless told) that all tests of a run share: use indexes and templates of your
 * own. The first call starts it. Skips the test, with the reason, where there can be none; fails it where one does not start.
 */
export function sharedOpenSearch(
  { skip }: Pick<TestContext, 'skip'>,
  version: OpenSearchVersion = USUAL_VERSION,
): Promise<string> {
  const doors = inject('openSearchDoors') as Readonly<Record<OpenSearchVersion, number>> | undefined
  return askAt(doors?.[version], `OpenSearch ${version}`, skip)
}
