import type { RecordsHandler } from '../stream.ts'
import type { KafkaClient, KafkaOptions } from './client.ts'
import { Reader } from './reader.ts'
import type { TopicOffsets } from './topic-offsets.ts'

interface RestoreServices {
  readonly kafka: KafkaClient
  readonly options: KafkaOptions
  readonly offsets: (topic: string) => Promise<TopicOffsets>
}

export type Place = [topic: string, partition: number, from: bigint, handle: RecordsHandler, signal: AbortSignal]

/** Reads one partition from an offset, or the beginning where that is gone, to its committed end; resolves to that end. */
export async function restore(
  { kafka, options, offsets }: RestoreServices,
  ...[topic, partition, from, handle, signal]: Place
): Promise<bigint> {
  const { beginnings, ends } = await offsets(topic)
  const end = ends.get(partition) ?? 0n
  const begin = beginnings.get(partition) ?? 0n
  const start = from > begin ? from : begin
  if (start >= end) return end
  const reader = new Reader({
    kafka,
    options,
    topic,
    from: new Map([[partition, start]]),
    until: new Map([[partition, end]]),
    handle: async (records) => {
      // What was written since the end was asked for is left for next time.
      const before = records.filter(({ offset }) => offset < end)
      if (before.length > 0) await handle(before)
    },
  })
  const stop = (): void => void reader.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await reader.start()
    await reader.done
    return end
  } finally {
    signal.removeEventListener('abort', stop)
    await reader.stop()
  }
}
