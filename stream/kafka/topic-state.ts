import kafkajs, { type Admin } from 'kafkajs'
import { TransientError, errorCode } from '../../core/errors.ts'
import { kafkaError } from './kafka-error.ts'

/** How a topic is on the cluster now. */
export interface TopicState {
  readonly partitions: number
  /** The lowest of its partitions. */
  readonly replication: number
  /** By name, what is in force, the broker's defaults included. */
  readonly settings: ReadonlyMap<string, string>
  /** Those that were set on the topic itself. */
  readonly own: ReadonlyMap<string, string>
}

/** The value of `configSource` for what was set on the topic itself (Kafka protocol, DescribeConfigs). */
const SET_ON_TOPIC = 1

export type Counts = Pick<TopicState, 'partitions' | 'replication'>

/**
 * By topic, the number of each one's partitions and replicas; a topic that is missing is left out. Asks for ours alone:
 * in an answer about all topics of a cluster, kafkajs fails at the first that has lost its leader, whoever owns it.
 */
export async function readPartitions(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, Counts>> {
  const found = new Map<string, Counts>()
  for (const topic of topics) {
    const counts = await readCounts(admin, topic)
    if (counts !== undefined) found.set(topic, counts)
  }
  return found
}

async function readCounts(admin: Admin, topic: string): Promise<Counts | undefined> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const partitions = topics.find(({ name }) => name === topic)?.partitions ?? []
    if (partitions.length === 0) return undefined
    const replication = Math.min(...partitions.map(({ replicas }) => replicas.length))
    return { partitions: partitions.length, replication }
  } catch (error) {
    const known = lacking(error, `Describe on the topic ${topic}`, `look at the topic ${topic}`)
    if (errorCode(known) === 'KAFKA_UNKNOWN_TOPIC') return undefined
    throw known
  }
}

/** As `readPartitions`, with the settings; needs the right DescribeConfigs on the topics. */
export async function readTopics(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, TopicState>> {
  const found = await readPartitions(admin, topics)
  if (found.size === 0) return new Map()
  const settings = await readSettings(admin, [...found.keys()])
  return new Map([...found].map(([name, counts]) => [name, { ...counts, ...settings.get(name)! }]))
}

type Settings = Pick<TopicState, 'settings' | 'own'>

async function readSettings(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, Settings>> {
  const type = kafkajs.ConfigResourceTypes.TOPIC
  const resources = topics.map((name) => ({ type, name }))
  try {
    const described = await admin.describeConfigs({ resources, includeSynonyms: false })
    return new Map(
      described.resources.map(({ resourceName, configEntries }) => {
        const known = configEntries.filter(({ configValue }) => (configValue as string | null) !== null)
        const pairs = (entries: typeof known) => new Map(entries.map((each) => [each.configName, each.configValue]))
        const own = known.filter(({ configSource }) => (configSource as number) === SET_ON_TOPIC)
        return [resourceName, { settings: pairs(known), own: pairs(own) }]
      }),
    )
  } catch (error) {
    throw lacking(error, 'DescribeConfigs on the topics with our prefix', 'read the settings of the topics')
  }
}

/** As `kafkaError`, where a missing right is this one. */
export function lacking(error: unknown, right: string, doing: string): Error {
  const known = kafkaError(error, doing)
  if (errorCode(known) !== 'KAFKA_NOT_ALLOWED') return known
  return new TransientError('KAFKA_NOT_ALLOWED', `cannot ${doing}: this user lacks the right ${right}`, {
    fault: 'configuration',
    cause: error,
  })
}
