import type { Admin } from 'kafkajs'
import { TransientError } from '../../core/errors.ts'
import { whileFailingOver } from './while-failing-over.ts'

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
  const remove = async (): Promise<void> => {
    try {
      await admin.deleteGroups([groupId])
    } catch (thrown) {
      const [failure] = (thrown as DeleteFailure).groups ?? []
      if (failure?.errorCode === GROUP_ID_NOT_FOUND) return
      if (failure?.errorCode === NON_EMPTY_GROUP)
        throw new TransientError('GROUP_IN_USE', `group ${group} has members; stop them before it is forgotten`, {
          cause: thrown,
        })
      throw failure?.error ?? thrown
    }
  }
  await whileFailingOver(`forget group ${group}`, remove, signal)
}
