import { TransientError } from '../../core/errors.ts'
import type { Facts } from './source.ts'

const DAY_S = 86_400
/** Pub/Sub's own, where nothing else is said. */
const EXPIRES_AFTER_S = 31 * DAY_S
const RETENTION_S = 7 * DAY_S
const FEW_ATTEMPTS = 20

/** Throws `PUBSUB_NOT_PULLED` where nothing can be pulled there, which Pub/Sub itself says in no stream. */
export function refuseUnlessPulled(
  { detached, pushConfig, bigqueryConfig, cloudStorageConfig }: Facts,
  name: string,
): void {
  const isPushed = Boolean(pushConfig?.pushEndpoint) || Boolean(bigqueryConfig) || Boolean(cloudStorageConfig)
  const why = detached === true ? 'is detached from its topic' : isPushed ? 'delivers by itself' : undefined
  if (why === undefined) return
  throw new TransientError('PUBSUB_NOT_PULLED', `${name} ${why}: create a subscription of the type pull`, {
    fault: 'configuration',
  })
}

/** What a person should know of a subscription before an outage tells. */
export function sentencesOf(facts: Facts): string[] {
  return [topicSentence, expirySentence, retentionSentence, filterSentence, attemptsSentence, deliverySentence].flatMap(
    (sentence) => sentence(facts) ?? [],
  )
}

function topicSentence({ topic }: Facts): string | undefined {
  return topic === '_deleted-topic_' ? 'Its topic has been deleted: nothing new comes.' : undefined
}

/** Where the policy is there without a time, it never expires. */
function expirySentence({ expirationPolicy }: Facts): string | undefined {
  const policy = expirationPolicy ?? undefined
  const seconds = policy === undefined ? EXPIRES_AFTER_S : secondsOf(policy.ttl)
  return seconds === undefined
    ? undefined
    : `Pub/Sub deletes it, and what waits in it, after ${spanOf(seconds)} without a reader: set its expiration to never.`
}

function retentionSentence({ messageRetentionDuration }: Facts): string | undefined {
  const seconds = secondsOf(messageRetentionDuration) ?? RETENTION_S
  return seconds < RETENTION_S
    ? `It keeps messages for ${spanOf(seconds)} only: a longer outage of ours loses some.`
    : undefined
}

function filterSentence({ filter }: Facts): string | undefined {
  return filter ? `It passes on only messages whose attributes match ${filter}; the others are lost to us.` : undefined
}

function attemptsSentence({ deadLetterPolicy }: Facts): string | undefined {
  const { deadLetterTopic, maxDeliveryAttempts } = deadLetterPolicy ?? {}
  if (!deadLetterTopic) return undefined
  const attempts = maxDeliveryAttempts || 5
  return attempts < FEW_ATTEMPTS
    ? `After ${attempts} attempts a message goes to ${deadLetterTopic}, which is not read here; each restart of ours counts as one. Set ${FEW_ATTEMPTS} or more.`
    : undefined
}

function deliverySentence({ enableExactlyOnceDelivery, enableMessageOrdering }: Facts): string[] {
  return [
    ...(enableExactlyOnceDelivery === true
      ? ['Exactly-once delivery is on: it is kept to, costs time, and is not needed.']
      : []),
    ...(enableMessageOrdering === true
      ? ['Ordering is on: the order of each key is kept; findings end right in any order.']
      : []),
  ]
}

type Span = Facts['messageRetentionDuration']

function secondsOf(span: Span): number | undefined {
  const seconds = Number(span?.seconds ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}

function spanOf(seconds: number): string {
  if (seconds >= DAY_S) return `${Math.round(seconds / DAY_S)} days`
  return seconds >= 3600 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 60)} minutes`
}
