import { maxRecordBytes } from '../record-limit.ts'
import type { Topic } from '../topics.ts'
import type { KafkaOptions } from './client.ts'

/** What surrounds the records of a batch: with the usual limit of a record, this makes the broker's own default. */
const BATCH_ROOM_BYTES = 48_588

/** One setting of a topic on the broker. */
export interface Setting {
  readonly name: string
  readonly wanted: string
  /** `least`: a larger number will do. */
  readonly rule: 'exact' | 'least'
}

export function partitionsOf({ partitions }: Topic, options: Pick<KafkaOptions, 'partitions'>): number {
  return partitions === 'many' ? options.partitions : 1
}

/** What the broker must be told of a topic; kafka.apache.org/documentation/#topicconfigs. */
export function settingsOf(topic: Topic, { minInsyncReplicas }: Pick<KafkaOptions, 'minInsyncReplicas'>): Setting[] {
  const settings: Setting[] = [
    exact('cleanup.policy', topic.cleanup),
    exact('min.insync.replicas', minInsyncReplicas),
    // The broker's clock and not that of a writer: one that runs ahead would be refused, or keep records for ever.
    exact('message.timestamp.type', 'LogAppendTime'),
    { name: 'max.message.bytes', wanted: String(maxRecordBytes(topic) + BATCH_ROOM_BYTES), rule: 'least' },
  ]
  if (topic.retentionMs !== undefined) settings.push(exact('retention.ms', topic.retentionMs))
  if (topic.deleteRetentionMs !== undefined) settings.push(exact('delete.retention.ms', topic.deleteRetentionMs))
  if (topic.minCompactionLagMs !== undefined) settings.push(exact('min.compaction.lag.ms', topic.minCompactionLagMs))
  if (topic.segmentMs !== undefined) settings.push(exact('segment.ms', topic.segmentMs))
  return settings
}

export function isMet({ wanted, rule }: Setting, value: string | undefined): boolean {
  if (value === undefined) return false
  return rule === 'least' ? Number(value) >= Number(wanted) : value === wanted
}

function exact(name: string, wanted: string | number): Setting {
  return { name, wanted: String(wanted), rule: 'exact' }
}
