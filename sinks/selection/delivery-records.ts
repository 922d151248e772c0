import { asError, errorCode } from '../../core/errors.ts'
import type { DeliveryRecord, SinkProgress } from '../../schemas/generated/delivery.ts'
import { MAJORS, requireSchema } from '../../schemas/records.ts'
import { parseJson } from '../../schemas/registry.ts'
import type { OutgoingRecord, StreamRecord } from '../../stream/stream.ts'

/** Whose records on posture.deliveries. */
export interface Owner {
  /** The sink's instance name, which holds no slash. */
  readonly name: string
  readonly tenant: string
}

/** How a sink stands in a partition, without the type that it carries on the topic. */
export type Progress = Omit<SinkProgress, 'type'>

/** Says how a sink stands in a partition; the record goes away when there is nothing to say. */
export function progressRecord(owner: Owner, partition: number, progress: Progress): OutgoingRecord {
  const { latestBefore, remembers = false } = progress
  if (latestBefore === undefined && !remembers) return { key: owner.name, value: null, partition }
  return { key: owner.name, partition, ...contentOf(owner, { type: 'sink', ...progress }) }
}

/** Says that a finding was delivered, first in this revision, and has not been closed; null: no more. */
export function findingRecord(owner: Owner, partition: number, key: string, revision: number | null): OutgoingRecord {
  const place = { key: `${owner.name}/${key}`, partition }
  if (revision === null) return { ...place, value: null }
  return { ...place, ...contentOf(owner, { type: 'finding', revision }) }
}

/** What a record on posture.deliveries says to one sink; undefined when it is another's. */
export type Reminder =
  | { readonly progress: Progress }
  | { readonly finding: string; readonly isRemembered: boolean }
  | undefined

/** Throws a TransientError (`SCHEMA_NEWER`) when a newer version wrote it: only that one knows how the sink stands. */
export function readDeliveryRecord({ name }: Pick<Owner, 'name'>, { key, value, headers }: StreamRecord): Reminder {
  if (key === name) return { progress: value === null ? {} : readProgress(value, headers) }
  if (!key.startsWith(`${name}/`)) return undefined
  return { finding: key.slice(name.length + 1), isRemembered: value !== null }
}

/** Garbage says nothing, after which more is delivered than was needed. */
function readProgress(value: Uint8Array, headers: StreamRecord['headers']): Progress {
  try {
    requireSchema(headers, 'delivery')
    const { latestBefore, remembers } = (parseJson(value) ?? {}) as Record<string, unknown>
    return {
      ...(typeof latestBefore === 'string' && /^\d+$/.test(latestBefore) ? { latestBefore } : {}),
      ...(remembers === true ? { remembers } : {}),
    }
  } catch (error) {
    if (errorCode(error) === 'SCHEMA_NEWER') throw asError(error)
    return {}
  }
}

function contentOf({ tenant }: Owner, record: DeliveryRecord): Pick<OutgoingRecord, 'value' | 'headers'> {
  const headers = { 'content-type': 'application/json', schema: `delivery/${MAJORS.delivery}`, tenant }
  return { value: Buffer.from(JSON.stringify(record)), headers }
}
