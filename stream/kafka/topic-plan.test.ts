import { describe, expect, test } from 'vitest'
import { topics, type Topic } from '../topics.ts'
import { planOf, type TopicPlan } from './topic-plan.ts'
import { settingsOf } from './topic-settings.ts'
import type { TopicState } from './topic-state.ts'

const options = { prefix: 'acme', partitions: 12, replication: 3, minInsyncReplicas: 2 }

/** A topic as the broker has it when everything is as wanted, with some things changed. */
function found(
  topic: Topic,
  settings: Readonly<Record<string, string>> = {},
  rest: Partial<TopicState> = {},
): TopicState {
  const wanted = settingsOf(topic, options).map(({ name, wanted: value }) => [name, value] as const)
  const partitions = topic.partitions === 'many' ? 12 : 1
  const inForce = new Map([...wanted, ...Object.entries(settings)])
  return { partitions, replication: 3, settings: inForce, own: new Map(), ...rest }
}

const remedies = ({ differences }: TopicPlan): string[] => differences.map(({ what, remedy }) => `${what}: ${remedy}`)

describe('a topic held against the cluster', () => {
  test.each(Object.values(topics) as Topic[])('$name is as wanted where nothing differs', (topic) => {
    expect(planOf(topic, options, found(topic))).toMatchObject({ state: 'as-wanted', differences: [] })
  })

  test('that is missing says how it would be made', () => {
    const plan = planOf(topics.findings, options, undefined)
    expect(plan).toMatchObject({ topic: 'acme.findings', state: 'missing' })
    expect(plan.sentence).toBe(
      'to be created with 12 partitions, replication 3, cleanup.policy=compact, min.insync.replicas=2, message.timestamp.type=LogAppendTime, max.message.bytes=1048588, delete.retention.ms=604800000, min.compaction.lag.ms=604800000',
    )
  })

  test('says what apply mends, what a person must, and what nobody can', () => {
    const state = found(
      topics.events,
      { 'retention.ms': '1000', 'cleanup.policy': 'compact' },
      { partitions: 6, replication: 1 },
    )
    const plan = planOf(topics.events, options, state)
    expect(remedies(plan)).toEqual([
      'partitions: none',
      'replication: hand',
      'cleanup.policy: apply',
      'retention.ms: apply',
    ])
    expect(plan.sentence).toContain('has 6 partitions and not 12')
    expect(plan.sentence).toContain('has retention.ms=1000 and not 604800000')
  })

  test('takes a larger limit of records, and not a smaller one', () => {
    expect(planOf(topics.state, options, found(topics.state, { 'max.message.bytes': '9000000' })).state).toBe(
      'as-wanted',
    )
    expect(remedies(planOf(topics.state, options, found(topics.state, { 'max.message.bytes': '900000' })))).toEqual([
      'max.message.bytes: apply',
    ])
  })

  test('takes dead letters that are twice as large', () => {
    const limit = (topic: Topic) =>
      Number(settingsOf(topic, options).find(({ name }) => name === 'max.message.bytes')?.wanted)
    expect(limit(topics.events)).toBe(1_048_588)
    expect(limit(topics.deadLetters)).toBe(2_048_588)
  })
})
