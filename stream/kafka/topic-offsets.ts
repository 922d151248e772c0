import type { Admin } from 'kafkajs'
import { whileFailingOver } from './while-failing-over.ts'

interface NamedTopic {
  /** As the port names it. */
  readonly topic: string
  /** As the broker does. */
  readonly physical: string
}

type Offsets = ReadonlyMap<number, bigint>

/** By partition, in its order: where the oldest record stands, and where the next committed one goes. */
export interface TopicOffsets {
  readonly beginnings: Offsets
  readonly ends: Offsets
}

/** The client asks for both in any case. */
export async function topicOffsets(
  admin: Admin,
  { topic, physical }: NamedTopic,
  signal: AbortSignal,
): Promise<TopicOffsets> {
  const ask = () => admin.fetchTopicOffsets(physical)
  const offsets = await whileFailingOver(`read the offsets of ${topic}`, ask, signal)
  const inOrder = offsets.toSorted((one, other) => one.partition - other.partition)
  return {
    beginnings: new Map(inOrder.map(({ partition, low }) => [partition, BigInt(low)])),
    ends: new Map(inOrder.map(({ partition, offset }) => [partition, BigInt(offset)])),
  }
}

/** By partition, the place of what was written at a time or later; the end, where nothing was that readers see. */
export async function topicOffsetsSince(
  admin: Admin,
  named: NamedTopic,
  time: number,
  signal: AbortSignal,
): Promise<Offsets> {
  const { ends } = await topicOffsets(admin, named, signal)
  const ask = () => admin.fetchTopicOffsetsByTimestamp(named.physical, Math.max(0, Math.ceil(time)))
  const found = await whileFailingOver(`find the place of a time in ${named.topic}`, ask, signal)
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
