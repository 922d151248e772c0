import type { Batch, IHeaders, KafkaMessage, Message } from 'kafkajs'
import { partitionFor } from '../partitioner.ts'
import type { OutgoingRecord, StreamRecord } from '../stream.ts'
import type { Delivery } from './buffered.ts'
import type { Output } from './transaction-writer.ts'

/** What the client fetched, in the port's words. */
export function deliveryOf(batch: Batch, topic: string): Delivery {
  // The client's types leave out what it asked for; without it, what is left over from before a seek looks like news.
  const { fetchedOffset } = batch as Batch & { readonly fetchedOffset: string }
  const records = batch.messages.map((message) => recordOf(message, topic, batch.partition))
  return { from: BigInt(fetchedOffset), records, next: BigInt(batch.lastOffset()) + 1n }
}

function recordOf(
  { key, value, headers, offset, timestamp }: KafkaMessage,
  topic: string,
  partition: number,
): StreamRecord {
  return {
    topic,
    partition,
    offset: BigInt(offset),
    timestamp: Number(timestamp),
    key: key?.toString() ?? '',
    value,
    headers: headersOf(headers),
  }
}

/** Of a header that stands there several times, the last counts. In place: the message is nobody else's. */
function headersOf(headers: IHeaders = {}): Record<string, string> {
  for (const name of Object.keys(headers)) {
    const found = headers[name]
    const value = Array.isArray(found) ? found.at(-1) : found
    // A header may have no value at all.
    headers[name] = (value as typeof value | null)?.toString() ?? ''
  }
  return headers as Record<string, string>
}

/** A record with its partition chosen, in the client's words. */
export function outputOf(record: OutgoingRecord, topic: string, partitions: number): Output {
  const partition = record.partition ?? partitionFor(record.partitionBy ?? record.key, partitions)
  const value =
    record.value === null ? null : Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength)
  const message: Message = {
    key: record.key,
    value,
    partition,
    ...(record.headers === undefined ? {} : { headers: { ...record.headers } }),
  }
  return { topic, partition, message }
}
