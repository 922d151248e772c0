import { setImmediate as breathe } from 'node:timers/promises'
import { unlessAborted } from '../../core/abort.ts'
import type { Following, Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { IntelTable } from './intel-table.ts'

/**
 * Reads posture.global whole into the table, and then its tail until it is stopped. Resolves once the table holds what
 * stood there at the start; rejects when the signal aborts before, when the topic is missing, and when a record of a newer
 * version stands in it.
 */
export async function followIntel(table: IntelTable, stream: Stream, signal?: AbortSignal): Promise<Following> {
  const end = await endOfIntel(stream)
  const { promise: refused, reject } = Promise.withResolvers<never>()
  refused.catch(() => undefined)
  const following = await stream.follow(topics.global.name, async (records) => {
    try {
      for (const record of records) {
        table.take([record])
        // A list of hundreds of pages must not hold up everything else, heartbeats among it.
        await breathe()
      }
    } catch (error) {
      reject(error)
      throw error
    }
  })
  try {
    const read = Promise.race([following.ready, refused])
    await (signal === undefined ? read : unlessAborted(read, signal))
  } catch (error) {
    await following.stop()
    throw error
  }
  table.complete(end)
  return following
}

/** The offset that the next record of posture.global will take. */
export async function endOfIntel(stream: Stream): Promise<bigint> {
  return (await stream.ends(topics.global.name)).get(0) ?? 0n
}
