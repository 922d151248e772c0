import type { Context } from '../core/component.ts'
import { PermanentError, asError, errorCode } from '../core/errors.ts'
import type { Checkpoint } from '../schemas/generated/checkpoint.ts'
import { MAJORS, requireSchema } from '../schemas/records.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import type { Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'

/** A collector's key on posture.checkpoints. */
export function checkpointKey({ tenant, name }: Pick<Context, 'tenant' | 'name'>): string {
  return `${tenant}/${name}`
}

/**
 * The position that the collector saved last; undefined where there is none, or none of its type.
 * Throws a PermanentError (`SCHEMA_NEWER`) when a newer version has saved it: that one knows where to go on, this one does not.
 */
export async function readCheckpoint(
  stream: Stream,
  schemas: SchemaRegistry,
  context: Context,
  kind: string,
): Promise<unknown> {
  const key = checkpointKey(context)
  let last: StreamRecord | undefined
  const following = await stream.follow(topics.checkpoints.name, (records) => {
    last = records.findLast((record) => record.key === key) ?? last
  })
  try {
    await following.ready
  } finally {
    await following.stop()
  }
  if (last === undefined || last.value === null) return undefined
  const found = decode(last, last.value, schemas, context)
  if (found === undefined || found.kind === kind) return found?.position
  context.log.warn(
    { found: found.kind, expected: kind },
    `The checkpoint of collector ${context.name} is of another type, so it starts from the beginning.`,
  )
  return undefined
}

/** Resolves once the position is durable. */
export async function saveCheckpoint(
  stream: Stream,
  schemas: SchemaRegistry,
  context: Context,
  kind: string,
  position: unknown,
): Promise<void> {
  const { name, tenant, clock } = context
  const value = schemas.encode('checkpoint', { collector: name, kind, savedAt: clock(), position })
  const headers = { 'content-type': 'application/json', schema: `checkpoint/${MAJORS.checkpoint}`, tenant }
  await stream.publish(topics.checkpoints.name, [{ key: checkpointKey(context), value, headers }])
}

function decode(
  record: StreamRecord,
  value: Uint8Array,
  schemas: SchemaRegistry,
  { name, log }: Context,
): Checkpoint | undefined {
  try {
    requireSchema(record.headers, 'checkpoint')
    return schemas.decode('checkpoint', value)
  } catch (error) {
    if (!(error instanceof PermanentError))
      throw new PermanentError(errorCode(error), asError(error).message, { cause: error })
    log.warn(
      { error, offset: String(record.offset) },
      `The checkpoint of collector ${name} cannot be read, so it starts from the beginning.`,
    )
    return undefined
  }
}
