import type { Context } from '../core/component.ts'
import { PermanentError } from '../core/errors.ts'
import { deadLetterHeaders, type Headers } from '../schemas/records.ts'
import { MAX_RECORD_BYTES, type OutgoingRecord } from '../stream/stream.ts'
import type { Unreadable } from './collector.ts'

/** Bytes that go no further, with the headers that they had. */
export interface SetAside extends Unreadable {
  readonly headers: Headers
}

const PART_BYTES = 512 * 1024

/** The dead letter of untouched bytes; where they are many, in numbered parts of 512 KiB under one key. */
export function deadLetters(aside: SetAside, { name, tenant, clock }: Context): OutgoingRecord[] {
  const { bytes, error, origin } = aside
  const reason = deadLetterHeaders({ stage: 'collectors', component: name, error, origin, time: clock() })
  const headers = { tenant, ...aside.headers, ...reason }
  const count = Math.max(1, Math.ceil(bytes.length / PART_BYTES))
  if (count === 1) return [{ key: origin, value: bytes, headers }]
  return Array.from({ length: count }, (_each, index) => ({
    key: origin,
    value: bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
    headers: { ...headers, dl_part: `${index + 1}/${count}` },
  }))
}

export function eventTooLarge(size: number): PermanentError {
  return new PermanentError(
    'EVENT_TOO_LARGE',
    `the event has ${size} bytes with its headers, more than the ${MAX_RECORD_BYTES} that a record may have`,
  )
}
