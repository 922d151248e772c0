import type { Stream } from '../../stream/stream.ts'
import type { Unacknowledged } from './oldest-record.ts'

/**
 * When the oldest record was written that each of these groups has not acknowledged, in milliseconds since the epoch, found
 * by reading the first one in each partition: exact, and cheap where reading needs no group of its own, so for an embedded
 * stream, whose places of times take a look at every record. Undefined for a group without any.
 */
export async function firstRecords(
  stream: Stream,
  topic: string,
  wanted: readonly Unacknowledged[],
): Promise<(number | undefined)[]> {
  const ends = await stream.ends(topic)
  const read = new Map<string, Promise<number | undefined>>()
  return Promise.all(
    wanted.map(async (each) => {
      if (each.size === 0) return undefined
      const place = [...each].map(([partition, from]) => `${partition}:${from}`).join(' ')
      const found = read.get(place) ?? firstRecord(stream, topic, each, ends)
      read.set(place, found)
      return await found
    }),
  )
}

async function firstRecord(
  stream: Stream,
  topic: string,
  wanted: Unacknowledged,
  ends: ReadonlyMap<number, bigint>,
): Promise<number | undefined> {
  const times = new Map<number, number>()
  const { promise: all, resolve } = Promise.withResolvers<void>()
  const following = await stream.follow(
    topic,
    (records) => {
      for (const { partition, timestamp } of records) {
        if (wanted.has(partition) && !times.has(partition)) times.set(partition, timestamp)
      }
      if (times.size === wanted.size) resolve()
    },
    { from: new Map([...ends, ...wanted]) },
  )
  try {
    await Promise.race([all, following.ready])
  } finally {
    await following.stop()
  }
  return times.size === 0 ? undefined : Math.min(...times.values())
}
