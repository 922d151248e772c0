import { inspect } from 'node:util'
import { asError } from '../core/errors.ts'
import { eventRoute } from '../schemas/event-route.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import { eventHeaders } from '../schemas/records.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import { MAX_RECORD_BYTES, recordBytes, type OutgoingRecord } from '../stream/stream.ts'
import type { CollectedBatch } from './collector.ts'
import { eventTooLarge, type SetAside } from './dead-letters.ts'

/** An event as it is going to be published. */
export interface Outgoing {
  readonly event: PostureEvent
  readonly record: OutgoingRecord & { readonly value: Buffer }
}

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
): Prepared {
  const aside: SetAside[] = unreadable.map((each) => ({ ...each, headers: {} }))
  const outgoing = { events: [] as Outgoing[], global: [] as Outgoing[] }
  for (const event of events) {
    try {
      const value = Buffer.from(schemas.encode('posture-event', event))
      const { topic, ...route } = eventRoute(event)
      const each = { event, record: { ...route, value, headers: eventHeaders(event) } }
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
export function setAside({ event, record }: Outgoing, error: unknown): SetAside {
  return { bytes: record.value, error: asError(error), origin: originOf(event), headers: record.headers ?? {} }
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
