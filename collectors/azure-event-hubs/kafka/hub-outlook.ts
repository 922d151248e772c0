import type { Admin } from 'kafkajs'
import type { Config } from '../config.ts'

/** What lies before a reader of the hub, and how many read it now, in sentences. */
export async function hubOutlook(
  admin: Admin,
  hub: string,
  { consumerGroup, startFrom }: Config,
): Promise<readonly string[]> {
  const ends = await admin.fetchTopicOffsets(hub)
  const [found] = await admin.fetchOffsets({ groupId: consumerGroup, topics: [hub] })
  const kept = new Map((found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]))
  const { groups } = await admin.describeGroups([consumerGroup])
  let [before, fresh, missed] = [0, 0, 0]
  for (const { partition, low, high } of ends) {
    const next = kept.get(partition) ?? -1
    const isFresh = next < 0
    fresh += isFresh ? 1 : 0
    missed += isFresh ? 0 : Math.max(0, Number(low) - next)
    if (!isFresh || startFrom === 'earliest') before += Math.max(0, Number(high) - Math.max(Number(low), next))
  }
  const begun =
    fresh === 0 ? '' : `; ${fresh} of them have not been read with this consumer group, and begin at the ${startFrom}`
  const members = groups[0]?.members.length ?? 0
  return [
    `${hub} has ${ends.length} partitions, with ${before} messages to read${begun}.`,
    ...(missed === 0
      ? []
      : [`${missed} messages were older than the hub's retention before they were read: they are gone.`]),
    members === 0
      ? `Nobody reads it with ${consumerGroup} now.`
      : `${members} ${members === 1 ? 'reader shares' : 'readers share'} its partitions with ${consumerGroup}.`,
  ]
}
