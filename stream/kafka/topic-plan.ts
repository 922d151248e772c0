import type { Topic } from '../topics.ts'
import { physicalTopic, type KafkaOptions } from './client.ts'
import { isMet, partitionsOf, settingsOf } from './topic-settings.ts'
import type { TopicState } from './topic-state.ts'

/** One thing about a topic that is not as the configuration wants it. */
export interface Difference {
  /** `partitions`, `replication`, or the broker's name of a setting. */
  readonly what: string
  readonly wanted: string
  readonly found: string
  /** `apply` mends it; `hand`: the operator does, by the cluster's own tools; `none`: it cannot be changed. */
  readonly remedy: 'apply' | 'hand' | 'none'
  readonly sentence: string
}

export interface TopicPlan {
  /** As the broker knows it. */
  readonly topic: string
  readonly state: 'as-wanted' | 'missing' | 'differs'
  readonly differences: readonly Difference[]
  readonly sentence: string
}

type Options = Pick<KafkaOptions, 'prefix' | 'partitions' | 'replication' | 'minInsyncReplicas'>

/** A topic as it should be, held against how it is; undefined where it is missing. */
export function planOf(topic: Topic, options: Options, found: TopicState | undefined): TopicPlan {
  const name = physicalTopic(options.prefix, topic.name)
  const partitions = partitionsOf(topic, options)
  if (found === undefined) {
    const settings = settingsOf(topic, options).map((each) => `${each.name}=${each.wanted}`)
    const sentence = `to be created with ${plural(partitions, 'partition')}, replication ${options.replication}, ${settings.join(', ')}`
    return { topic: name, state: 'missing', differences: [], sentence }
  }
  const differences = [
    ...partitionsDiffer(partitions, found),
    ...replicationDiffers(options, found),
    ...settingsDiffer(topic, options, found),
  ]
  const sentence =
    differences.length === 0
      ? `is as wanted: ${plural(partitions, 'partition')}, replication ${found.replication}`
      : differences.map((each) => each.sentence).join('; ')
  return { topic: name, state: differences.length === 0 ? 'as-wanted' : 'differs', differences, sentence }
}

function partitionsDiffer(wanted: number, found: TopicState): Difference[] {
  if (found.partitions === wanted) return []
  const sentence = `has ${plural(found.partitions, 'partition')} and not ${wanted}, which never changes: set stream.partitions back, or take another stream.prefix`
  return [{ what: 'partitions', wanted: String(wanted), found: String(found.partitions), remedy: 'none', sentence }]
}

function replicationDiffers({ replication }: Options, found: TopicState): Difference[] {
  if (found.replication === replication) return []
  const sentence = `has replication ${found.replication} and not ${replication}: change it with kafka-reassign-partitions, or set stream.replication`
  return [
    { what: 'replication', wanted: String(replication), found: String(found.replication), remedy: 'hand', sentence },
  ]
}

function settingsDiffer(topic: Topic, options: Options, { settings }: TopicState): Difference[] {
  return settingsOf(topic, options)
    .filter((setting) => !isMet(setting, settings.get(setting.name)))
    .map(({ name, wanted, rule }) => {
      const value = settings.get(name) ?? 'unknown'
      const sentence = `has ${name}=${value} and not ${rule === 'least' ? 'at least ' : ''}${wanted}`
      return { what: name, wanted, found: value, remedy: 'apply', sentence }
    })
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
