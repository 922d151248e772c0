import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin } from 'kafkajs'
import { PermanentError, TransientError } from '../../core/errors.ts'
import type { Topic } from '../topics.ts'
import { physicalTopic, type KafkaOptions } from './client.ts'
import { planOf, type TopicPlan } from './topic-plan.ts'
import { settingsOf, partitionsOf } from './topic-settings.ts'
import { lacking, readPartitions, readTopics, type TopicState } from './topic-state.ts'

export type TopicOptions = Pick<KafkaOptions, 'prefix' | 'partitions' | 'replication' | 'minInsyncReplicas'>

const CREATE_MS = 20_000
/** How long every broker may take to hear of a new topic; it is milliseconds. */
const NEWS_MS = 1000
const LOOK_MS = 100

/** Holds every topic against the cluster, and changes nothing. Needs Describe and DescribeConfigs on our topics. */
export async function planTopics(admin: Admin, options: TopicOptions, topics: readonly Topic[]): Promise<TopicPlan[]> {
  const found = await readTopics(admin, names(topics, options))
  return topics.map((topic) => planOf(topic, options, found.get(physicalTopic(options.prefix, topic.name))))
}

/**
 * Creates the topics that are missing and changes the settings that differ; what else was set on a topic stays. Never
 * changes the number of partitions: throws a PermanentError (`KAFKA_PARTITIONS`), with nothing done, where it differs.
 * Needs Create and AlterConfigs beside the rights of `planTopics`. Resolves to the plan that was carried out.
 */
export async function applyTopics(admin: Admin, options: TopicOptions, topics: readonly Topic[]): Promise<TopicPlan[]> {
  const found = await readTopics(admin, names(topics, options))
  requirePartitions(topics, options, found)
  const plans: TopicPlan[] = []
  for (const topic of topics) {
    const name = physicalTopic(options.prefix, topic.name)
    const state = found.get(name)
    const plan = planOf(topic, options, state)
    if (state === undefined) await create(admin, name, topic, options)
    else if (plan.differences.some(({ remedy }) => remedy === 'apply')) await alter(admin, name, topic, options, state)
    plans.push(plan)
  }
  return plans
}

/**
 * Throws a PermanentError with the remedy unless every topic is there with its partitions: `KAFKA_TOPICS_MISSING`,
 * `KAFKA_PARTITIONS`. Needs Describe on our topics.
 */
export async function requireTopics(admin: Admin, options: TopicOptions, topics: readonly Topic[]): Promise<void> {
  const wanted = names(topics, options)
  const found = await readPartitions(admin, wanted)
  requirePartitions(topics, options, found)
  if (found.size === wanted.length || (await areThere(admin, wanted, NEWS_MS))) return
  const missing = wanted.filter((name) => !found.has(name))
  throw new PermanentError(
    'KAFKA_TOPICS_MISSING',
    `topics are missing: ${missing.join(', ')}; create them with: posture-stream topics apply`,
  )
}

/** Keys stay where they are only while the number of partitions does, so it is set once, by the topics that are there. */
function requirePartitions(
  topics: readonly Topic[],
  options: TopicOptions,
  found: ReadonlyMap<string, Pick<TopicState, 'partitions'>>,
): void {
  for (const topic of topics) {
    const name = physicalTopic(options.prefix, topic.name)
    const partitions = found.get(name)?.partitions
    const wanted = partitionsOf(topic, options)
    if (partitions === undefined || partitions === wanted) continue
    const remedy =
      topic.partitions === 'many'
        ? `set stream.partitions to ${partitions} if all topics have as many, or take another stream.prefix: a new set of topics, into which the old state is migrated`
        : 'take another stream.prefix: a new set of topics'
    throw new PermanentError(
      'KAFKA_PARTITIONS',
      `topic ${name} has ${partitions} partitions and not ${wanted}; with another number, keys would lie elsewhere than what is known of them, so it never changes: ${remedy}`,
    )
  }
}

function names(topics: readonly Topic[], { prefix }: TopicOptions): string[] {
  return topics.map(({ name }) => physicalTopic(prefix, name))
}

async function create(admin: Admin, name: string, topic: Topic, options: TopicOptions): Promise<void> {
  const configEntries = settingsOf(topic, options).map(({ name: setting, wanted }) => ({
    name: setting,
    value: wanted,
  }))
  const numPartitions = partitionsOf(topic, options)
  const wanted = { topic: name, numPartitions, replicationFactor: options.replication, configEntries }
  try {
    // False when another process was quicker, which wants the same.
    // kafkajs would ask a broker for the leaders that may not have heard of the topic yet, and fail.
    await admin.createTopics({ topics: [wanted], timeout: CREATE_MS, waitForLeaders: false })
  } catch (error) {
    throw lacking(error, `Create on the topic ${name}, or on the cluster`, `create the topic ${name}`)
  }
  if (await areThere(admin, [name], CREATE_MS)) return
  throw new TransientError('KAFKA_NO_ANSWER', `the topic ${name} was created, but no broker knows of it yet`, {
    fault: 'outage',
  })
}

/** Waits until the brokers know of the topics; false when they do not in time. */
async function areThere(admin: Admin, topics: readonly string[], ms: number): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until; await sleep(LOOK_MS)) {
    if ((await readPartitions(admin, topics)).size === topics.length) return true
  }
  return false
}

/** The request replaces everything that was set on the topic, so what is not ours goes along. */
async function alter(
  admin: Admin,
  name: string,
  topic: Topic,
  options: TopicOptions,
  state: TopicState,
): Promise<void> {
  const entries = new Map(state.own)
  for (const setting of settingsOf(topic, options)) {
    const enough = setting.rule === 'least' && Number(state.settings.get(setting.name)) >= Number(setting.wanted)
    if (!enough) entries.set(setting.name, setting.wanted)
  }
  const configEntries = [...entries].map(([setting, value]) => ({ name: setting, value }))
  try {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries }],
    })
  } catch (error) {
    throw lacking(error, `AlterConfigs on the topic ${name}`, `change the settings of the topic ${name}`)
  }
}
