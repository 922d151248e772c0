import type { DeadLetterVerdict } from './generated/dead-letter-verdict.ts'
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
  const headers = { ...withoutReason(letter.headers ?? {}), ...deadLetterHeaders(reason) }
  const parts = Math.ceil(value.byteLength / DEAD_LETTER_PART_BYTES)
  if (parts <= 1) return [{ key, value, headers }]
  return Array.from({ length: parts }, (_, part) => ({
    key,
    value: value.subarray(part * DEAD_LETTER_PART_BYTES, (part + 1) * DEAD_LETTER_PART_BYTES),
    headers: { ...headers, dl_part: `${part + 1}/${parts}` },
  }))
}

/** The headers that a record came with, without those that made it a dead letter. */
export function withoutReason(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('dl_')))
}

/** Where a record of the stream stands, as `dl_origin` says it. */
export function streamOrigin(record: { topic: string; partition: number; offset: bigint }): string {
  return `${record.topic}/${record.partition}/${record.offset}`
}

/** The same read back; undefined for an origin outside of the stream. */
export function placeOf(origin: string): { topic: string; partition: number; offset: bigint } | undefined {
  const [, topic, partition, offset] = /^([a-z.-]+)\/(\d+)\/(\d+)$/.exec(origin) ?? []
  if (topic === undefined || partition === undefined || offset === undefined) return undefined
  return { topic, partition: Number(partition), offset: BigInt(offset) }
}

/** What became of a dead letter. */
export interface Verdict {
  readonly verdict: DeadLetterVerdict['dl_verdict']
  /** The dead letter's id. */
  readonly of: string
  /** Milliseconds since the epoch. */
  readonly time: number
  /** A sentence for people. */
  readonly remark: string
}

/** A dead letter's id, which never changes: where its first record stands. */
export function deadLetterId({ partition, offset }: { readonly partition: number; readonly offset: bigint }): string {
  return `${partition}-${offset}`
}

/** A verdict as a record for posture.dead-letters, to be published in the partition of its dead letter, under its key. */
export function verdictRecord({ verdict, of, time, remark }: Verdict, key: string): DeadLetterRecord {
  const headers = { dl_verdict: verdict, dl_of: of, dl_time: new Date(time).toISOString(), dl_remark: remark }
  return { key, value: new Uint8Array(), headers }
}

/** The verdict that a record on posture.dead-letters is; undefined when it is a dead letter, or part of one. */
export function readVerdict(headers: Headers, timestamp: number): Verdict | undefined {
  const { dl_verdict: verdict, dl_of: of, dl_time: at = '', dl_remark: remark = '' } = headers
  if ((verdict !== 'dropped' && verdict !== 'replayed') || of === undefined) return undefined
  const time = Date.parse(at)
  return { verdict, of, time: Number.isNaN(time) ? timestamp : time, remark }
}
