/** What the quotas of Event Hubs allow, per tier ("Azure Event Hubs quotas and limits"). */
export interface TierLimits {
  /** Of an event or a batch, in bytes. */
  readonly publicationBytes: number
  readonly consumerGroups: number
  readonly partitions: number
}

export type Tier = 'basic' | 'standard'

export const tierLimits: Readonly<Record<Tier, TierLimits>> = {
  basic: { publicationBytes: 256 * 1024, consumerGroups: 1, partitions: 32 },
  standard: { publicationBytes: 1024 * 1024, consumerGroups: 20, partitions: 32 },
}

/** Common to all tiers. */
const HUB_NAME_LENGTH = 256
const CONSUMER_GROUP_LENGTH = 50
/** Of a consumer group on one partition, without owner level. */
export const RECEIVERS_WITHOUT_LEVEL = 5
/** Questions to `$management` per second. */
export const INFORMATION_PER_SECOND = 50
export const DEFAULT_GROUP = '$Default'

/** Throws where the service would not create such a hub. */
export function checkHub(tier: Tier, hub: string, partitions: number, groups: readonly string[]): void {
  const limits = tierLimits[tier]
  const named = groups.filter((group) => group.toLowerCase() !== DEFAULT_GROUP.toLowerCase())
  const refusals = [
    hub.length > HUB_NAME_LENGTH && `a name longer than ${HUB_NAME_LENGTH} characters`,
    (partitions < 1 || partitions > limits.partitions) && `${partitions} partitions`,
    named.length + 1 > limits.consumerGroups && `${named.length} consumer groups beside ${DEFAULT_GROUP}`,
    groups.some(({ length }) => length > CONSUMER_GROUP_LENGTH) && 'so long a name of a consumer group',
  ].filter((refusal) => refusal !== false)
  if (refusals.length > 0) throw new Error(`No hub of the ${tier} tier has ${refusals.join(', or ')}`)
}
