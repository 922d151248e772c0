import { PermanentError } from '../core/errors.ts'
import { MAX_RECORD_BYTES, recordBytes, type OutgoingRecord } from './stream.ts'
import type { Topic } from './topics.ts'

/** The most bytes that one record of a topic may have. */
export function maxRecordBytes({ maxRecordBytes: most = MAX_RECORD_BYTES }: Topic): number {
  return most
}

/** Throws a PermanentError (`RECORD_TOO_LARGE`) for a record that its topic does not take, in every implementation alike. */
export function requireFits(topic: Topic, record: OutgoingRecord): void {
  const bytes = recordBytes(record)
  const most = maxRecordBytes(topic)
  if (bytes <= most) return
  const key = record.key.length > 200 ? `${record.key.slice(0, 200)}…` : record.key
  throw new PermanentError(
    'RECORD_TOO_LARGE',
    `The record ${key} for ${topic.name} has ${bytes} bytes with its headers; the topic takes ${most}`,
  )
}
