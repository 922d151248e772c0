import type { AwsSecurityFinding, BatchUpdateFindingsCommandInput } from '@aws-sdk/client-securityhub'
import { isOwnNote, OWN_NOTE_AUTHOR, OWN_NOTE_PREFIX, OWN_WORKFLOW_FIELD } from '../../../schemas/security-hub-marks.ts'
import type { PostureFinding } from '../../sink.ts'
import { LIMITS } from '../asff/limits.ts'
import { fit } from '../asff/text.ts'
import type { SecurityHubConfig } from '../config.ts'
import { priorityOf, textAt } from '../event.ts'
import { mergedUserFields, ownUserFields, REVISION_FIELD, type UserFields } from './user-fields.ts'
import { planWorkflow } from './workflow.ts'

/** What to change in a finding of others. */
export type Update = Omit<BatchUpdateFindingsCommandInput, 'FindingIdentifiers'>

export type UpdateOptions = Pick<SecurityHubConfig, 'note' | 'workflow'>

/**
 * What a revision changes in the finding as it stands in Security Hub: undefined where it stands so already, or where a
 * newer revision was written. Pure. Analysts' notes, fields and decisions stay; severity, confidence, types, verification
 * are never touched.
 */
export function planUpdate(
  finding: PostureFinding,
  there: AwsSecurityFinding,
  options: UpdateOptions,
): Update | undefined {
  const fields: UserFields = there.UserDefinedFields ?? {}
  if (Number(fields[REVISION_FIELD] ?? 0) > finding.revision) return undefined
  // Read in the form of OCSF it has no UserDefinedFields, so that what we set could not be told from an analyst's.
  const isTold = options.workflow && textAt(finding.event, 'metadata', 'log_name') === 'asff'
  const workflow = planWorkflow(isTold ? finding : undefined, there.Workflow?.Status, fields[OWN_WORKFLOW_FIELD])
  const wanted = mergedUserFields(fields, ownUserFields(finding, workflow.mark))
  const note = options.note === 'never' ? undefined : noteOf(finding, there)
  // Without room for the mark we could never take back what we set.
  const status = wanted[OWN_WORKFLOW_FIELD] === undefined ? undefined : workflow.set
  if (isSame(fields, wanted) && status === undefined && note === undefined) return undefined
  return {
    UserDefinedFields: { ...wanted },
    ...(status === undefined ? {} : { Workflow: { Status: status } }),
    ...(note === undefined ? {} : { Note: { Text: note, UpdatedBy: OWN_NOTE_AUTHOR } }),
  }
}

/** A finding has one note: ours goes only where there is none, or another one of ours. */
function noteOf({ priority, event }: PostureFinding, { Note: there }: AwsSecurityFinding): string | undefined {
  if (there !== undefined && !isOwnNote(there)) return undefined
  const { reasons } = priorityOf(event)
  const [reason] = reasons
  const text = fit(`${OWN_NOTE_PREFIX}${priority}${reason === undefined ? '' : `. ${reason}`}`, LIMITS.note)
  return text === there?.Text ? undefined : text
}

function isSame(one: UserFields, other: UserFields): boolean {
  const names = Object.keys(other)
  return names.length === Object.keys(one).length && names.every((name) => one[name] === other[name])
}
