import type { Context } from '../core/component.ts'
import { PermanentError } from '../core/errors.ts'
import { deadLetterRecords } from '../schemas/dead-letters.ts'
import type { Headers } from '../schemas/records.ts'
import { MAX_RECORD_BYTES, type OutgoingRecord } from '../stream/stream.ts'
import type { Unreadable } from './collector.ts'
import type { StatementTrace } from './statement-trace.ts'

/** Bytes that go no further, with the headers that they had. */
export interface SetAside extends Unreadable {
  readonly headers: Headers
  readonly trace?: StatementTrace | undefined
}

/** The dead letter of untouched bytes; where they are many, in numbered parts under one key. */
export function deadLetters(aside: SetAside, { name, tenant, clock }: Context): OutgoingRecord[] {
  const { bytes, error, origin, headers } = aside
  const letter = { key: origin, value: bytes, headers: { tenant, ...headers } }
  return deadLetterRecords(letter, { stage: 'collectors', component: name, error, origin, time: clock() })
}

export function eventTooLarge(size: number): PermanentError {
  return new PermanentError(
    'EVENT_TOO_LARGE',
    `the event has ${size} bytes with its headers, more than the ${MAX_RECORD_BYTES} that a record may have`,
  )
}
