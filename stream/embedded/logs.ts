import { PermanentError } from '../../core/errors.ts'
import type { Topic } from '../topics.ts'
import type { Database } from './database.ts'

/** One partition of one topic. */
export interface Log {
  readonly id: number
  readonly topic: Topic
  readonly partition: number
}

/** Which logs there are: every partition of every topic, as the file has pinned them. */
export class Logs {
  readonly #byTopic: ReadonlyMap<string, readonly Log[]>

  private constructor(byTopic: ReadonlyMap<string, readonly Log[]>) {
    this.#byTopic = byTopic
  }

  /** Adds the logs of topics that the file does not have yet; throws STREAM_PARTITIONS where it has another number. */
  static open(database: Database, topics: readonly Topic[], partitions: number): Logs {
    if (!Number.isInteger(partitions) || partitions < 1) {
      throw new PermanentError(
        'STREAM_PARTITIONS',
        `stream.partitions must be a whole number from 1, not ${partitions}`,
      )
    }
    const select = database.prepare('select id, partition from log where topic = ? order by partition')
    const insert = database.prepare('insert into log (topic, partition) values (?, ?) on conflict do nothing')
    const stored = (topic: Topic): Log[] =>
      select.all(topic.name).map((row) => ({ id: Number(row['id']), topic, partition: Number(row['partition']) }))
    const opened = new Map(topics.map((topic) => [topic.name, database.attempt(() => stored(topic))] as const))
    for (const topic of topics) {
      const count = topic.partitions === 'one' ? 1 : partitions
      const logs = opened.get(topic.name) ?? []
      if (logs.length === count) continue
      if (logs.length > 0) throw partitionsError(database.path, topic, logs.length, count)
      database.transaction(() => {
        for (let partition = 0; partition < count; partition += 1) insert.run(topic.name, partition)
      })
      opened.set(
        topic.name,
        database.attempt(() => stored(topic)),
      )
    }
    return new Logs(opened)
  }

  /** A topic's logs, by partition; throws STREAM_UNKNOWN_TOPIC. */
  of(topic: string): readonly Log[] {
    const logs = this.#byTopic.get(topic)
    if (logs !== undefined) return logs
    throw new PermanentError(
      'STREAM_UNKNOWN_TOPIC',
      `There is no topic ${topic}; the stream has ${[...this.#byTopic.keys()].join(', ')}`,
    )
  }

  /** One log; throws STREAM_UNKNOWN_TOPIC or STREAM_UNKNOWN_PARTITION. */
  at(topic: string, partition: number): Log {
    const logs = this.of(topic)
    const log = logs[partition]
    if (log !== undefined) return log
    throw new PermanentError(
      'STREAM_UNKNOWN_PARTITION',
      `Topic ${topic} has no partition ${partition}; it has 0 to ${logs.length - 1}`,
    )
  }

  all(): readonly Log[] {
    return [...this.#byTopic.values()].flat()
  }
}

function partitionsError(path: string, topic: Topic, stored: number, configured: number): PermanentError {
  return new PermanentError(
    'STREAM_PARTITIONS',
    `Topic ${topic.name} has ${stored} partitions in ${path}, but ${configured} are configured; set stream.partitions back, or begin a new stream.directory`,
  )
}
