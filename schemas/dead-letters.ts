import { deadLetterHeaders, type DeadLetterReason, type Headers } from './records.ts'

/** The most bytes that one record on posture.dead-letters carries; longer ones are cut. */
export const DEAD_LETTER_PART_BYTES = 512 * 1024

/** What could not be processed, as it came: where it is a record of the stream, with its own key and headers. */
export interface Undeliverable {
  readonly key: string
  readonly value: Uint8Array
  readonly headers?: Headers
}

/** One record for posture.dead-letters. */
export interface DeadLetterRecord {
  readonly key: string
  readonly value: Uint8Array
  readonly headers: Headers
}

/**
 * The untouched bytes with their reason, ready to publish in this order to posture.dead-letters: one record, or, beyond
 * 512 KiB, several numbered ones (`dl_part: 2/3`) under one key, so that each fits where the original did.
 */
export function deadLetterRecords(letter: Undeliverable, reason: DeadLetterReason): DeadLetterRecord[] {
  const { key, value } = letter
  const { dl_part: _formerPart, ...original } = letter.headers ?? {}
  const headers = { ...original, ...deadLetterHeaders(reason) }
  const parts = Math.ceil(value.byteLength / DEAD_LETTER_PART_BYTES)
  if (parts <= 1) return [{ key, value, headers }]
  return Array.from({ length: parts }, (_, part) => ({
    key,
    value: value.subarray(part * DEAD_LETTER_PART_BYTES, (part + 1) * DEAD_LETTER_PART_BYTES),
    headers: { ...headers, dl_part: `${part + 1}/${parts}` },
  }))
}

/** Where a record of the stream stands, as `dl_origin` says it. */
export function streamOrigin(record: { topic: string; partition: number; offset: bigint }): string {
  return `${record.topic}/${record.partition}/${record.offset}`
}
