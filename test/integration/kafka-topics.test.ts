import { describe, expect, onTestFinished, test, type TestContext } from 'vitest'
import type { KafkaClient } from '../../stream/kafka/client.ts'
import { applyTopics, planTopics, requireTopics, type TopicOptions } from '../../stream/kafka/topic-admin.ts'
import { topics } from '../../stream/topics.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

const all = Object.values(topics)
/** The number of topics among what has settings (Kafka protocol, DescribeConfigs). */
const TOPIC_RESOURCE = 2

interface Cluster {
  readonly admin: ReturnType<KafkaClient['admin']>
  readonly options: TopicOptions
  set(topic: string, settings: Readonly<Record<string, string>>): Promise<void>
  settings(topic: string): Promise<Readonly<Record<string, string>>>
}

/** A prefix of its own on the shared brokers, without any topic yet. */
async function cluster(context: TestContext): Promise<Cluster> {
  const kafka = new ScratchKafka({ brokers: await sharedBrokers(context), partitions: 4 })
  const admin = kafka.client().admin()
  await admin.connect()
  onTestFinished(async () => {
    await admin.disconnect()
    await kafka[Symbol.asyncDispose]()
  })
  const type = TOPIC_RESOURCE as never
  return {
    admin,
    options: kafka.options,
    set: async (topic, settings) => {
      const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
      const resources = [{ type, name: kafka.physical(topic), configEntries }]
      await admin.alterConfigs({ resources, validateOnly: false })
    },
    settings: async (topic) => {
      const resources = [{ type, name: kafka.physical(topic) }]
      const described = await admin.describeConfigs({ resources, includeSynonyms: false })
      const entries = described.resources[0]!.configEntries
      return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
    },
  }
}

describe('topics on a cluster', () => {
  test('are missing, are made as wanted, and are then left alone', async (context) => {
    const { admin, options, settings } = await cluster(context)
    expect((await planTopics(admin, options, all)).map(({ state }) => state)).toEqual(all.map(() => 'missing'))
    await expect(requireTopics(admin, options, all)).rejects.toMatchObject({
      code: 'KAFKA_TOPICS_MISSING',
      message: expect.stringContaining('posture-stream topics apply'),
    })
    await applyTopics(admin, options, all)
    expect((await planTopics(admin, options, all)).map(({ state }) => state)).toEqual(all.map(() => 'as-wanted'))
    expect((await applyTopics(admin, options, all)).map(({ state }) => state)).toEqual(all.map(() => 'as-wanted'))
    await requireTopics(admin, options, all)
    expect(await settings('posture.findings')).toMatchObject({
      'cleanup.policy': 'compact',
      'min.compaction.lag.ms': '604800000',
      'message.timestamp.type': 'LogAppendTime',
    })
  })

  test('whose settings differ are mended, and what else was set on them stays', async (context) => {
    const { admin, options, set, settings } = await cluster(context)
    await applyTopics(admin, options, all)
    await set('posture.events', { 'retention.ms': '1000', 'segment.bytes': '50000000', 'max.message.bytes': '5000000' })
    const before = (await applyTopics(admin, options, all)).find(({ topic }) => topic.endsWith('.events'))
    expect(before?.differences.map(({ what }) => what)).toEqual(['message.timestamp.type', 'retention.ms'])
    expect(await settings('posture.events')).toMatchObject({
      'retention.ms': '604800000',
      'message.timestamp.type': 'LogAppendTime',
      'segment.bytes': '50000000',
      'max.message.bytes': '5000000',
    })
  })

  test('of another number of partitions are refused, before anything is done', async (context) => {
    const { admin, options } = await cluster(context)
    await applyTopics(admin, options, [topics.events])
    const more = { ...options, partitions: 8 }
    const refused = { code: 'KAFKA_PARTITIONS', message: expect.stringContaining('has 4 partitions and not 8') }
    await expect(applyTopics(admin, more, all)).rejects.toMatchObject(refused)
    await expect(requireTopics(admin, more, all)).rejects.toMatchObject(refused)
    const [events, ...others] = await planTopics(admin, more, all)
    expect(events?.differences).toEqual([expect.objectContaining({ what: 'partitions', remedy: 'none' })])
    expect(others.map(({ state }) => state)).toEqual(others.map(() => 'missing'))
  })

  test('that two processes make at the same time are there once, and both succeed', async (context) => {
    const { admin, options } = await cluster(context)
    await Promise.all([applyTopics(admin, options, all), applyTopics(admin, options, all)])
    await requireTopics(admin, options, all)
  })

  test('of another replication are told and left to the operator', async (context) => {
    const { admin, options } = await cluster(context)
    await applyTopics(admin, options, [topics.events])
    const [plan] = await planTopics(admin, { ...options, replication: 3 }, [topics.events])
    expect(plan?.differences).toEqual([expect.objectContaining({ what: 'replication', remedy: 'hand' })])
  })

  test('that cannot be made say why', async (context) => {
    const { admin, options } = await cluster(context)
    await expect(applyTopics(admin, { ...options, replication: 9 }, [topics.events])).rejects.toMatchObject({
      code: 'KAFKA_REPLICATION',
      fault: 'configuration',
    })
  })
})
