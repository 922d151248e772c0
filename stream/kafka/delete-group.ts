import type { Admin } from 'kafkajs'
import { Backoff } from '../../core/backoff.ts'
import { TransientError, errorCode } from '../../core/errors.ts'
import { kafkaError } from './client.ts'

/** Longer than the election of a coordinator takes. */
const PATIENCE_MS = 30_000
const RETRY = { initialMs: 50, maxMs: 2000 }

/** The protocol's error codes (kafka.apache.org/protocol#protocol_error_codes). */
const NON_EMPTY_GROUP = 68
const GROUP_ID_NOT_FOUND = 69

/** What kafkajs throws (KafkaJSDeleteGroupsError): what became of each group stands in a list of its own. */
interface DeleteFailure {
  readonly groups?: readonly { readonly errorCode: number; readonly error: unknown }[]
}

/**
 * Deletes a group with what it has committed; one that is not there is fine. Needs Delete on the group. Throws a
 * TransientError: `GROUP_IN_USE` while it has members, or what the cluster lacks.
 */
export async function deleteGroup(admin: Admin, group: string, groupId: string, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff(RETRY)
  for (const until = performance.now() + PATIENCE_MS; ;) {
    try {
      await admin.deleteGroups([groupId])
      return
    } catch (thrown) {
      const [failure] = (thrown as DeleteFailure).groups ?? []
      if (failure?.errorCode === GROUP_ID_NOT_FOUND) return
      if (failure?.errorCode === NON_EMPTY_GROUP)
        throw new TransientError('GROUP_IN_USE', `group ${group} has members; stop them before it is forgotten`, {
          cause: thrown,
        })
      const error = kafkaError(failure?.error ?? thrown, `forget group ${group}`)
      if (errorCode(error) !== 'KAFKA_FAILING_OVER' || performance.now() > until || signal.aborted) throw error
      await backoff.wait(signal).catch(() => undefined)
    }
  }
}
