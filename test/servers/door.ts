import { connect, createServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'vitest'

/** A server for the tests of a run, or the reason why there can be none here. */
export type Found<T> = { readonly at: T; readonly stop?: () => Promise<void> } | { readonly unavailable: string }

/** What a test that knocks is told; the last: a server was started, and did not come up. */
type Answer<T> = { readonly at: T } | { readonly unavailable: string } | { readonly failure: string }

/** Where the tests of a run, in whatever process they are, ask for a server that they share. */
export interface Door {
  /** For `askAt`. */
  readonly port: number
  /** Stops what was started. */
  close(): Promise<void>
}

/** Opens a door. `find` is called when the first one knocks: a run that does not ask for the server does not pay for it. */
export async function openDoor<T>(find: () => Promise<Found<T>>): Promise<Door> {
  let finding: Promise<Found<T>> | undefined
  const door = createServer((visitor) => {
    visitor.on('error', () => {})
    finding ??= find()
    void answerOf(finding).then((answer) => visitor.end(JSON.stringify(answer)))
  })
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject).listen({ port: 0, host: '127.0.0.1' }, resolve)
  })
  return {
    port: (door.address() as AddressInfo).port,
    async close() {
      door.close()
      const found = await finding?.catch(() => undefined)
      if (found !== undefined && 'stop' in found) await found.stop?.()
    },
  }
}

async function answerOf<T>(finding: Promise<Found<T>>): Promise<Answer<T>> {
  try {
    const found = await finding
    return 'at' in found ? { at: found.at } : found
  } catch (error) {
    return { failure: (error as Error).message }
  }
}

/**
 * Asks at a door for where the server is. Skips the test, with the reason, where there can be none; throws where one does
 * not start, and where `port` is undefined, since the project of the test opens no such door.
 */
export async function askAt<T>(port: number | undefined, what: string, skip: TestContext['skip']): Promise<T> {
  if (port === undefined) throw new Error(`This vitest project has no shared ${what}: its globalSetup opens no door`)
  const answer = JSON.parse(await text(connect(port, '127.0.0.1'))) as Answer<T>
  if ('at' in answer) return answer.at
  if ('unavailable' in answer) return skip(answer.unavailable)
  throw new Error(`There is no shared ${what}: ${answer.failure}`)
}
