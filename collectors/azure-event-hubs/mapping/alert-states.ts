import type { Verdict, WorkflowStatus } from '../../../schemas/generated/posture-event.ts'
import type { MappingOptions } from '../../records/mapped.ts'
import { present } from '../../records/present.ts'
import type { AnyCase } from './any-case.ts'
import type { States } from './defender-source.ts'

const WORKFLOW: ReadonlyMap<string, WorkflowStatus> = new Map([
  ['new', 'new'],
  // As the REST API calls a new one.
  ['active', 'new'],
  ['inprogress', 'in_progress'],
  ['resolved', 'resolved'],
])
const DISMISSED = 'dismissed'

/**
 * The facts of an alert. One that was dismissed still says that something happened: it is muted. Nothing stamps a change
 * of the status, so that all of it counts from when the message came into the hub.
 */
export function alertStates(alert: AnyCase, deleted: boolean, { reportedAt: at }: MappingOptions): States {
  const word = alert.text('status')
  const status = word?.toLowerCase().replace(/[\s_-]/g, '') ?? 'new'
  const workflow = WORKFLOW.get(status)
  const isKnown = workflow !== undefined || status === DISMISSED
  const stated = workflow === 'resolved' ? 'pass' : 'fail'
  const value: Verdict['value'] = isKnown && !deleted ? stated : 'none'
  return present({
    verdict: present({ value, word, at, sequence: at }),
    mute: isKnown && !deleted ? { muted: status === DISMISSED, at } : undefined,
    workflow: workflow === undefined ? undefined : { status: workflow, at },
    archived: deleted || undefined,
    deleted: deleted || undefined,
  })
}
