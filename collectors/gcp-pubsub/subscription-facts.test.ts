import { expect, test } from 'vitest'
import { refuseUnlessPulled, sentencesOf } from './subscription-facts.ts'

const lasting = { expirationPolicy: {} }
const sentences = (facts: object): string => sentencesOf({ ...lasting, ...facts }).join('\n')

test('of a subscription as it should be nothing is said', () => {
  const messageRetentionDuration = { seconds: 31 * 86_400 }
  const deadLetterPolicy = { deadLetterTopic: 'projects/p/topics/dead', maxDeliveryAttempts: 100 }
  expect(sentences({ topic: 'projects/p/topics/scc', messageRetentionDuration, deadLetterPolicy, filter: '' })).toBe('')
})

test.each([
  ['expires as it does unless told', { expirationPolicy: undefined }, 'after 31 days without a reader'],
  ['expires sooner', { expirationPolicy: { ttl: { seconds: '86400' } } }, 'after 1 days without a reader'],
  ['forgets within hours', { messageRetentionDuration: { seconds: 7200 } }, 'keeps messages for 2 hours only'],
  ['forgets within minutes', { messageRetentionDuration: { seconds: 600 } }, 'keeps messages for 10 minutes only'],
  ['filters', { filter: 'attributes.severity = "HIGH"' }, 'attributes match attributes.severity = "HIGH"'],
  ['has lost its topic', { topic: '_deleted-topic_' }, 'nothing new comes'],
  ['gives up soon', { deadLetterPolicy: { deadLetterTopic: 'projects/p/topics/dead' } }, 'After 5 attempts'],
  ['delivers exactly once', { enableExactlyOnceDelivery: true }, 'Exactly-once delivery is on'],
  ['is ordered', { enableMessageOrdering: true }, 'Ordering is on'],
])('one that %s is told of', (_what, facts, said) => {
  expect(sentences(facts)).toContain(said)
})

test.each([
  ['is detached', { detached: true }, 'is detached'],
  ['pushes', { pushConfig: { pushEndpoint: 'https://example.com' } }, 'delivers by itself'],
  ['writes to BigQuery', { bigqueryConfig: { table: 'p.d.t' } }, 'delivers by itself'],
])('one that %s is refused', (_what, facts, said) => {
  expect(() => refuseUnlessPulled(facts, 'projects/p/subscriptions/s')).toThrow(said)
})

test('an empty push configuration is none', () => {
  refuseUnlessPulled({ pushConfig: { pushEndpoint: '' }, bigqueryConfig: null }, 'projects/p/subscriptions/s')
})
