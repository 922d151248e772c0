import type { Admin } from 'kafkajs'
import { kafkaError } from './client.ts'
import { whileFailingOver } from './while-failing-over.ts'

interface NamedTopic {
  /** As the port names it. */
  readonly topic: string
  /** As the broker does. */
  readonly physical: string
}

type Offsets = ReadonlyMap<number, bigint>

/** By partition, in its order: where the next committed record goes (`offset`), or where the oldest stands (`low`). */
export async function topicOffsets(
  admin: Admin,
  { topic, physical }: NamedTopic,
  which: 'offset' | 'low',
  signal: AbortSignal,
): Promise<Offsets> {
  return await whileFailingOver(async () => {
    try {
      const offsets = await admin.fetchTopicOffsets(physical)
      const inOrder = offsets.toSorted((one, other) => one.partition - other.partition)
      return new Map(inOrder.map((each) => [each.partition, BigInt(each[which])]))
    } catch (error) {
      throw kafkaError(error, `read the offsets of ${topic}`)
    }
  }, signal)
}

/** By partition, the place of what was written at a time or later; the end, where nothing was that readers see. */
export async function topicOffsetsSince(
  admin: Admin,
  named: NamedTopic,
  time: number,
  signal: AbortSignal,
): Promise<Offsets> {
  const ends = await topicOffsets(admin, named, 'offset', signal)
  const found = await whileFailingOver(async () => {
    try {
      return await admin.fetchTopicOffsetsByTimestamp(named.physical, Math.max(0, Math.ceil(time)))
    } catch (error) {
      throw kafkaError(error, `find the place of a time in ${named.topic}`)
    }
  }, signal)
  const since = new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]))
  // What was written since the ends were asked for, or is not committed yet, is beyond them.
  return new Map([...ends].map(([partition, end]) => [partition, earlier(end, since.get(partition) ?? end)]))
}

/** By partition, where to begin: as it was asked for, unless that is gone already. */
export function placesToBegin(beginnings: Offsets, asked: Offsets = new Map()): Offsets {
  return new Map(
    [...beginnings].map(([partition, oldest]) => {
      const place = asked.get(partition) ?? oldest
      return [partition, place > oldest ? place : oldest]
    }),
  )
}

function earlier(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}
