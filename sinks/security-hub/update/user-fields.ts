import { OWN_USER_FIELD_PREFIX, OWN_WORKFLOW_FIELD, withoutOwnFields } from '../../../schemas/security-hub-marks.ts'
import { LIMITS } from '../asff/limits.ts'
import { fit, timestamp } from '../asff/text.ts'
import type { PostureFinding } from '../../sink.ts'
import { at, list, priorityOf, textAt } from '../event.ts'

const DATE_LENGTH = 'YYYY-MM-DD'.length

export type UserFields = Readonly<Record<string, string>>

/** The revision that was written last. */
export const REVISION_FIELD = `${OWN_USER_FIELD_PREFIX}revision`

/** What we add to a finding of others, the most wanted first: there may be no room for all. */
export function ownUserFields({ revision, state, priority, event }: PostureFinding, workflow: string): UserFields {
  const { score, reasons, due, exposure } = priorityOf(event)
  const fields: Readonly<Record<string, string | undefined>> = {
    [REVISION_FIELD]: String(revision),
    [OWN_WORKFLOW_FIELD]: workflow,
    [`${OWN_USER_FIELD_PREFIX}priority`]: priority,
    [`${OWN_USER_FIELD_PREFIX}score`]: score === undefined ? undefined : String(score),
    [`${OWN_USER_FIELD_PREFIX}state`]: state,
    [`${OWN_USER_FIELD_PREFIX}reasons`]: fit(reasons.join('\n'), LIMITS.userFieldValue),
    // The day alone: findings that are to get the same fields are written in one call.
    [`${OWN_USER_FIELD_PREFIX}due`]: timestamp(due)?.slice(0, DATE_LENGTH),
    [`${OWN_USER_FIELD_PREFIX}exposure`]: fit(exposure, LIMITS.userFieldValue) ?? statedExposure(event),
    [`${OWN_USER_FIELD_PREFIX}owner`]: fit(at(event, 'assignee_group', 'name'), LIMITS.userFieldValue),
    [`${OWN_USER_FIELD_PREFIX}correlation`]: textAt(event, 'metadata', 'correlation_uid'),
  }
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined))
}

/** Theirs as they are, and of ours what there is room for: an update replaces all of them. */
export function mergedUserFields(there: UserFields, ours: UserFields): UserFields {
  const theirs = Object.entries(withoutOwnFields(there)) as [string, string][]
  return Object.fromEntries([...theirs, ...Object.entries(ours).slice(0, Math.max(0, LIMITS.fields - theirs.length))])
}

/** What its source says, where no more is known. Unknown is not "no". */
function statedExposure(event: PostureFinding['event']): string | undefined {
  const traits = list(at(event, 'finding_info', 'traits'))
  const reachable = traits.find((trait) => at(trait, 'category') === 'Reachability')
  return fit(at(reachable, 'name'), LIMITS.userFieldValue)
}
