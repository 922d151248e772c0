import { randomUUID } from 'node:crypto'
import { asWrittenBy, checkpointKey, readCheckpoints, silenceIn } from '../collectors/checkpoint.ts'
import { PermanentError } from '../core/errors.ts'
import type { Checkpoint } from '../schemas/generated/checkpoint.ts'
import type { Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'

/** How far a collector has read, as it is shown. Times are milliseconds since the epoch. */
export interface ShownCheckpoint extends Partial<Checkpoint> {
  /** The collector's name in the configuration. */
  readonly collector: string
  /** Why it cannot be read. */
  readonly unreadable?: string
}

/** The checkpoints of a tenant, by the collectors' names. */
export async function listCheckpoints(stream: Stream, tenant: string): Promise<readonly ShownCheckpoint[]> {
  return shownCheckpoints(await readCheckpoints(stream, tenant), tenant)
}

/** Records of checkpoints as they are shown, by the collectors' names. */
export function shownCheckpoints(records: ReadonlyMap<string, StreamRecord>, tenant: string): ShownCheckpoint[] {
  const found = [...records.values()].map((record) => shown(record, tenant))
  return found.toSorted((one, other) => (one.collector < other.collector ? -1 : 1))
}

/**
 * Makes a collector read its source from the beginning; resolves to what was there. One that runs at the moment begins
 * again at once. Rejects (`CHECKPOINT_UNKNOWN`) where there is nothing to reset.
 */
export async function resetCheckpoint(stream: Stream, tenant: string, name: string): Promise<ShownCheckpoint> {
  const record = (await readCheckpoints(stream, tenant)).get(checkpointKey({ tenant, name }))
  if (record === undefined)
    throw new PermanentError(
      'CHECKPOINT_UNKNOWN',
      `there is no checkpoint of a collector ${name}; see: posture-stream checkpoints list`,
    )
  const before = shown(record, tenant)
  await stream.publish(topics.checkpoints.name, [asWrittenBy(randomUUID(), { ...record, value: emptied(before) })])
  return before
}

/** Nothing, unless its source is known to be silent: that must not be forgotten. */
function emptied({ collector, kind, unreadable, ...progress }: ShownCheckpoint): Buffer | null {
  const left = unreadable === undefined ? silenceIn(progress) : {}
  if (Object.keys(left).length === 0) return null
  return Buffer.from(JSON.stringify({ collector, kind, savedAt: Date.now(), ...left }))
}

function shown({ key, value }: StreamRecord, tenant: string): ShownCheckpoint {
  const collector = key.slice(tenant.length + 1)
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value!).toString())
    if (!isCheckpoint(parsed)) return { collector, unreadable: 'it is no checkpoint of this version' }
    return { ...parsed, collector }
  } catch (error) {
    return { collector, unreadable: (error as Error).message }
  }
}

const TIMES = ['savedAt', 'sweptAt', 'succeededAt', 'expectedSince', 'silentSince'] as const

/** Enough to be shown: the rest is the collector's to judge. */
function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== 'object' || value === null) return false
  const { kind, ...fields } = value as Partial<Checkpoint>
  const times = TIMES.map((name) => fields[name]).filter((at) => at !== undefined)
  return typeof kind === 'string' && times.every((at) => Number.isInteger(at) && !Number.isNaN(new Date(at).getTime()))
}
