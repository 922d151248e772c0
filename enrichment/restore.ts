import { PermanentError } from '../core/errors.ts'
import type { Logger } from '../core/telemetry.ts'
import type { StateRecord } from '../schemas/generated/state.ts'
import { parseJson } from '../schemas/registry.ts'
import { requireSchema } from '../schemas/records.ts'
import type { Assignment, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { assetPrefix, readState, stateKey } from './state/keys.ts'
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
  const { partition } = assignment
  const before = state.restored
  // A deletion older than this may be compacted away: without it, what was deleted would come back.
  if (before.next > 0n && clock() - before.at > topics.state.deleteRetentionMs) {
    log.info({ partition }, 'The local state is older than deletions are kept; it is restored from the beginning.')
    state.clear()
  }
  await loadGraph(state, assignment, log)
  const from = state.restored.next
  let end = await assignment.restore(topics.state.name, from, applier(state, assignment, log, clock))
  if (end < from) {
    const offsets = { partition, end: String(end), from: String(from) }
    log.warn(offsets, 'The local state is of another posture.state than this; it is restored from the beginning.')
    state.clear()
    end = await assignment.restore(topics.state.name, 0n, applier(state, assignment, log, clock))
  }
  state.apply([], end, clock())
  const position = readState(state, 'position', stateKey.position(topics.events.name))
  return position === undefined ? undefined : BigInt(position.next)
}

/** What a batch before left that came to nothing is taken back; a graph that is still there is not built again. */
async function loadGraph(state: PartitionState, { partition, signal }: Assignment, log: Logger): Promise<void> {
  const { assets } = state
  assets.revert(state)
  if (assets.isLoaded) return
  await assets.load(() => state.records(assetPrefix), signal)
  const { assets: count, edges } = assets.graph.size
  if (count > 0) log.info({ partition, assets: count, edges }, 'The graph of assets is built.')
}

/** Writes what is read from posture.state into the local store, and says how far it is where that takes long. */
function applier(state: PartitionState, { partition, signal }: Assignment, log: Logger, clock: () => number) {
  let count = 0
  return (records: readonly StreamRecord[]): void => {
    signal.throwIfAborted()
    const last = records.at(-1)
    if (last === undefined) return
    state.apply(records.map(decoded), last.offset + 1n, clock())
    const sofar = count + records.length
    if (Math.floor(sofar / PROGRESS_EVERY) > Math.floor(count / PROGRESS_EVERY)) {
      log.info({ partition, records: sofar }, 'Restoring the state.')
    }
    count = sofar
  }
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
