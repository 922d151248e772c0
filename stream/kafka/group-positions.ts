import type { Admin } from 'kafkajs'
import { Backoff } from '../../core/backoff.ts'
import { errorCode } from '../../core/errors.ts'
import { kafkaError } from './client.ts'

/** Longer than the election of a coordinator takes, and than it takes a new one to load what its groups have committed. */
const PATIENCE_MS = 30_000
const RETRY = { initialMs: 50, maxMs: 2000 }

export interface GroupTopic {
  /** As the port names it. */
  readonly group: string
  /** As the broker does. */
  readonly groupId: string
  readonly topic: string
}

/**
 * By partition, what a group has committed; without those where it has not. The client asks a coordinator once, even one
 * that is just being elected (the first group of a cluster meets that): here it is asked again for half a minute.
 */
export async function groupPositions(
  admin: Admin,
  { group, groupId, topic }: GroupTopic,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, bigint>> {
  const backoff = new Backoff(RETRY)
  for (const until = performance.now() + PATIENCE_MS; ;) {
    try {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
      const known = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0)
      return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]))
    } catch (thrown) {
      const error = kafkaError(thrown, `read the position of group ${group}`)
      if (errorCode(error) !== 'KAFKA_FAILING_OVER' || performance.now() > until || signal.aborted) throw error
      await backoff.wait(signal).catch(() => undefined)
    }
  }
}
