import type { Admin } from 'kafkajs'
import { whileFailingOver } from './while-failing-over.ts'

export interface GroupTopic {
  /** As the port names it. */
  readonly group: string
  /** As the broker does. */
  readonly groupId: string
  readonly topic: string
}

/** By partition, what a group has committed; without those where it has not. */
export async function groupPositions(
  admin: Admin,
  { group, groupId, topic }: GroupTopic,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, bigint>> {
  const ask = () => admin.fetchOffsets({ groupId, topics: [topic] })
  const [found] = await whileFailingOver(`read the position of group ${group}`, ask, signal)
  const known = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0)
  return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]))
}
