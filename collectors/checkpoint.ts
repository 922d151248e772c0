import type { Context } from '../core/component.ts'
import { PermanentError, asError, errorCode } from '../core/errors.ts'
import type { Checkpoint } from '../schemas/generated/checkpoint.ts'
import { MAJORS, requireSchema } from '../schemas/records.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import { readTopic } from '../stream/read-topic.ts'
import { MAX_RECORD_BYTES, recordBytes, type OutgoingRecord, type Stream, type StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'

/** What is remembered of a collector from one sweep, and one process, to the next. */
export type Progress = Readonly<Omit<Checkpoint, 'collector' | 'kind' | 'savedAt'>>

/** Says who wrote a checkpoint, so that an owner can tell its own from what somebody else has put there. */
const WRITER = 'written_by'

/** A collector's key on posture.checkpoints. */
export function checkpointKey({ tenant, name }: Pick<Context, 'tenant' | 'name'>): string {
  return `${tenant}/${name}`
}

export function writerOf({ headers }: Pick<StreamRecord, 'headers'>): string | undefined {
  return headers[WRITER]
}

/** A checkpoint that another has written, to be written again as one's own. */
export function asWrittenBy(writer: string, { key, value, headers }: StreamRecord): OutgoingRecord {
  return { key, value, headers: { ...headers, [WRITER]: writer } }
}

/** The record that saves a collector's progress. Throws a PermanentError (`CHECKPOINT_TOO_LARGE`) where no topic takes it. */
export function checkpointRecord(
  progress: Progress,
  { context, kind, schemas, writer }: { context: Context; kind: string; schemas: SchemaRegistry; writer: string },
): OutgoingRecord {
  const { name, tenant, clock } = context
  const value = schemas.encode('checkpoint', { collector: name, kind, savedAt: clock(), ...progress })
  const headers = {
    'content-type': 'application/json',
    schema: `checkpoint/${MAJORS.checkpoint}`,
    tenant,
    [WRITER]: writer,
  }
  const record = { key: checkpointKey(context), value, headers }
  const size = recordBytes(record)
  if (size <= MAX_RECORD_BYTES) return record
  throw new PermanentError(
    'CHECKPOINT_TOO_LARGE',
    `what collector ${name} has to remember takes ${size} bytes, more than the ${MAX_RECORD_BYTES} of a record: give its source to several collectors`,
  )
}

/**
 * What a collector's last checkpoint says; where there is none, or none of its type, nothing but that its source was silent.
 * Throws a PermanentError (`SCHEMA_NEWER`) when a newer version has saved it: that one knows where to go on, this one does not.
 */
export function progressOf(
  record: Pick<StreamRecord, 'value' | 'headers' | 'offset'> | undefined,
  { context, kind, schemas }: { context: Context; kind: string; schemas: SchemaRegistry },
): Progress {
  if (record === undefined || record.value === null) return {}
  const found = decode({ ...record, value: record.value }, schemas, context)
  if (found === undefined) return {}
  const { collector: _name, savedAt: _savedAt, kind: foundKind, ...progress } = found
  if (foundKind === kind) return progress
  context.log.warn(
    { found: foundKind, expected: kind },
    `The checkpoint of collector ${context.name} is of another type, so it starts from the beginning.`,
  )
  return silenceIn(progress)
}

/** What of a progress must outlive it, or the finding about the silence would never be closed. */
export function silenceIn({ silentSince }: Progress): Progress {
  return silentSince === undefined ? {} : { silentSince }
}

/** By key, the last record of each collector of a tenant that has one. */
export class CheckpointTable {
  readonly #tenant: string
  readonly #last = new Map<string, StreamRecord>()

  constructor(tenant: string) {
    this.#tenant = tenant
  }

  add(record: StreamRecord): void {
    if (!this.#isOurs(record.key)) return
    if (record.value === null) this.#last.delete(record.key)
    else this.#last.set(record.key, record)
  }

  latest(): ReadonlyMap<string, StreamRecord> {
    return this.#last
  }

  #isOurs(key: string): boolean {
    return key.startsWith(`${this.#tenant}/`) && !key.slice(this.#tenant.length + 1).includes('/')
  }
}

/** By key, the last record of each collector of a tenant that has one. Reads the topic whole. */
export async function readCheckpoints(stream: Stream, tenant: string): Promise<ReadonlyMap<string, StreamRecord>> {
  const table = new CheckpointTable(tenant)
  await readTopic(stream, topics.checkpoints.name, (record) => table.add(record))
  return table.latest()
}

function decode(
  { headers, value, offset }: { headers: StreamRecord['headers']; value: Uint8Array; offset: bigint },
  schemas: SchemaRegistry,
  { name, log }: Context,
): Checkpoint | undefined {
  try {
    requireSchema(headers, 'checkpoint')
    return schemas.decode('checkpoint', value)
  } catch (error) {
    if (!(error instanceof PermanentError))
      throw new PermanentError(errorCode(error), asError(error).message, { cause: error })
    log.warn(
      { error, offset: String(offset) },
      `The checkpoint of collector ${name} cannot be read, so it starts from the beginning.`,
    )
    return undefined
  }
}
