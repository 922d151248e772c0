import { PermanentError } from '../core/errors.ts'
import type { Logger } from '../core/telemetry.ts'
import type { StateRecord } from '../schemas/generated/state.ts'
import { parseJson } from '../schemas/registry.ts'
import { requireSchema } from '../schemas/records.ts'
import type { Assignment, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { readState, stateKey } from './state/keys.ts'
import type { PartitionState } from './state/local-store.ts'

const PROGRESS_EVERY = 100_000

/**
 * Brings a partition's state up to the committed end of posture.state, and answers the input offset that it includes:
 * the position to go on from. Undefined where nothing was ever processed.
 */
export async function restorePartition(
  state: PartitionState,
  assignment: Assignment,
  log: Logger,
  clock: () => number,
): Promise<bigint | undefined> {
  const { partition, signal } = assignment
  const { next, at } = state.restored
  // A deletion older than this may be compacted away: without it, what was deleted would come back.
  if (next > 0n && clock() - at > topics.state.deleteRetentionMs) {
    log.info(
      { partition, next: String(next) },
      'The local state is older than deletions are kept; it is restored from the beginning.',
    )
    state.clear()
  }
  let from = state.restored.next
  let count = 0
  const apply = (records: readonly StreamRecord[]): void => {
    signal.throwIfAborted()
    const last = records.at(-1)
    if (last === undefined) return
    state.apply(records.map(decoded), last.offset + 1n, clock())
    const before = count
    count += records.length
    if (Math.floor(count / PROGRESS_EVERY) > Math.floor(before / PROGRESS_EVERY))
      log.info({ partition, records: count }, 'Restoring the state.')
  }
  let end = await assignment.restore(topics.state.name, from, apply)
  if (end < from) {
    log.warn(
      { partition, end: String(end), from: String(from) },
      'The local state is ahead of posture.state, which must be another one; it is restored from the beginning.',
    )
    state.clear()
    from = 0n
    end = await assignment.restore(topics.state.name, from, apply)
  }
  state.apply([], end, clock())
  const position = readState(state, 'position', stateKey.position(topics.events.name))
  log.debug({ partition, records: count, position: position?.next ?? '0' }, 'State restored.')
  return position === undefined ? undefined : BigInt(position.next)
}

function decoded({ key, value, headers, partition, offset }: StreamRecord): [string, StateRecord | null] {
  if (value === null) return [key, null]
  requireSchema(headers, 'state')
  try {
    return [key, parseJson(value) as StateRecord]
  } catch (cause) {
    throw new PermanentError(
      'STATE_CORRUPT',
      `posture.state/${partition}/${offset} (${key}) is not JSON: restore the topic from a backup, nothing may be skipped here`,
      { cause },
    )
  }
}
