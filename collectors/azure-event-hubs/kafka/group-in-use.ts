import kafkajs, { type GroupDescription } from 'kafkajs'
import { TransientError } from '../../../core/errors.ts'

/**
 * A namespace has its groups of Kafka once, not once for each hub: whoever reads another hub with the same group shares its
 * partitions with us, and each is given some that it does not read. `others` is what they read.
 */
export function groupInUse(group: string, others: readonly string[]): TransientError {
  return new TransientError(
    'EVENT_HUBS_GROUP_IN_USE',
    `readers of something else (${others.join(', ')}) are in consumer group ${group} of the Kafka endpoint, which a namespace has once for all of its hubs; give this collector one of its own`,
    { fault: 'configuration' },
  )
}

/** Throws (`EVENT_HUBS_GROUP_IN_USE`) where anybody in the group reads another hub than this, or is no consumer. */
export function requireOwnGroup({ groupId, protocolType, members }: GroupDescription, hub: string): void {
  if (protocolType !== '' && protocolType !== 'consumer') throw groupInUse(groupId, [protocolType])
  const { MemberMetadata } = kafkajs.AssignerProtocol
  const others = members
    .map(({ memberMetadata }) => MemberMetadata.decode(memberMetadata)?.topics ?? [hub])
    .filter((topics) => !topics.includes(hub))
  if (others.length > 0) throw groupInUse(groupId, [...new Set(others.flat())])
}
