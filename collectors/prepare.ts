import { inspect } from 'node:util'
import { asError } from '../core/errors.ts'
import { eventRoute } from '../schemas/event-route.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import { eventHeaders } from '../schemas/records.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import { MAX_RECORD_BYTES, recordBytes, type OutgoingRecord } from '../stream/stream.ts'
import type { CollectedBatch } from './collector.ts'
import { eventTooLarge, type SetAside } from './dead-letters.ts'
import type { StatementTrace } from './statement-trace.ts'

/** An event as it is going to be published. */
export interface Outgoing {
  readonly event: PostureEvent
  readonly record: OutgoingRecord & { readonly value: Buffer }
  /** Of those that are traced. */
  readonly trace?: StatementTrace | undefined
}

/** Begins the trace of a batch's event of this index, where it has one. */
export type BeginTrace = (event: PostureEvent, index: number) => StatementTrace | undefined

/** What a batch becomes: records by topic, in order, and what is set aside. */
export interface Prepared {
  readonly events: readonly Outgoing[]
  readonly global: readonly Outgoing[]
  readonly aside: SetAside[]
}

/** Makes records of a batch. An event that our own schema or its size rules out is the mapper's fault and set aside. */
export function prepare(
  { events, unreadable = [] }: Pick<CollectedBatch, 'events' | 'unreadable'>,
  schemas: SchemaRegistry,
  beginTrace?: BeginTrace,
): Prepared {
  const aside: SetAside[] = unreadable.map((each) => ({ ...each, headers: {} }))
  const outgoing = { events: [] as Outgoing[], global: [] as Outgoing[] }
  let index = -1
  for (const event of events) {
    index += 1
    try {
      const value = Buffer.from(schemas.encode('posture-event', event))
      const { topic, ...route } = eventRoute(event)
      const trace = topic === 'events' ? beginTrace?.(event, index) : undefined
      const headers = trace === undefined ? eventHeaders(event) : { ...eventHeaders(event), ...trace.headers }
      const each = { event, record: { ...route, value, headers }, trace }
      const size = recordBytes(each.record)
      if (size > MAX_RECORD_BYTES) aside.push(setAside(each, eventTooLarge(size)))
      else outgoing[topic].push(each)
    } catch (error) {
      aside.push({ bytes: bytesOf(event), error: asError(error), origin: originOf(event), headers: {} })
    }
  }
  return { ...outgoing, aside }
}

/** An event that cannot be published, as a dead letter keeps it. */
export function setAside({ event, record, trace }: Outgoing, error: unknown): SetAside {
  return { bytes: record.value, error: asError(error), origin: originOf(event), headers: record.headers ?? {}, trace }
}

/** What can still be shown of an event that is no valid record. */
function bytesOf(event: PostureEvent): Buffer {
  try {
    return Buffer.from(JSON.stringify(event))
  } catch {
    return Buffer.from(inspect(event))
  }
}

function originOf(event: PostureEvent): string {
  return `${event.type}/${event.id}`
}
