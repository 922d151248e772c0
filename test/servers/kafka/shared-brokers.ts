import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { inject, type TestContext } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of 127.0.0.1 at which a test asks for the broker that the run shares; global-setup.ts answers there. */
    readonly kafkaDoor: number
  }
}

/** What a test that asks for the shared broker is told. */
export type Answer =
  | { readonly brokers: readonly string[] }
  | { readonly unavailable: string }
  | { readonly failure: string }

/**
 * The addresses of the plain broker that all tests of a run share: use topics and groups of your own. The first call
 * starts it. Skips the test, with the reason, where there can be none; fails it where one does not start.
 */
export async function sharedBrokers({ skip }: Pick<TestContext, 'skip'>): Promise<readonly string[]> {
  const door = inject('kafkaDoor') as number | undefined
  if (door === undefined) throw new Error('This vitest project has no shared broker: its globalSetup does not open one')
  const answer = JSON.parse(await text(connect(door, '127.0.0.1'))) as Answer
  if ('brokers' in answer) return answer.brokers
  if ('unavailable' in answer) return skip(answer.unavailable)
  throw new Error(`There is no shared Kafka broker: ${answer.failure}`)
}
