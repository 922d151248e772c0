/** The consumer group of enrichment on posture.events: every process of it is a member. */
export const ENRICHMENT_GROUP = 'enrichment'
