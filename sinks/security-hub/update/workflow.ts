import type { WorkflowStatus } from '@aws-sdk/client-securityhub'
import type { PostureFinding } from '../../sink.ts'
import { textAt } from '../event.ts'

export interface WorkflowPlan {
  /** What to set; undefined: leave it. */
  readonly set: WorkflowStatus | undefined
  /** The status that is ours from then on, or `none`. */
  readonly mark: string
}

const NOT_OURS = 'none'
/** What nobody has decided upon yet; everything else is somebody's decision. */
const OPEN: ReadonlySet<string> = new Set(['NEW', 'NOTIFIED'])

/**
 * What becomes of a finding's workflow status. Only a status that nobody has decided upon, or that we set ourselves and
 * nobody has changed since, is ever replaced: an analyst's SUPPRESSED stays, whatever happens here, and what an analyst has
 * opened again is not suppressed a second time. Without a finding nothing is set.
 */
export function planWorkflow(
  finding: PostureFinding | undefined,
  there: WorkflowStatus | undefined,
  mark = NOT_OURS,
): WorkflowPlan {
  const status = there ?? 'NEW'
  const isOurs = mark === status
  const asItIs = leave(isOurs ? status : NOT_OURS)
  const wanted = finding && wantedOf(finding, isOurs)
  if (wanted === undefined || wanted === status) return asItIs
  if (wanted === 'NEW') return isOurs ? { set: wanted, mark: NOT_OURS } : asItIs
  // Security Hub itself opens what was resolved, never what is suppressed.
  if (wanted === 'SUPPRESSED' && mark === wanted) return leave(mark)
  return OPEN.has(status) || isOurs ? { set: wanted, mark: wanted } : asItIs
}

function leave(mark: string): WorkflowPlan {
  return { set: undefined, mark }
}

/**
 * A mute of the source's own is no news to it, and what it calls passed or archived it resolves by itself: unless the
 * status is ours, of which it takes no notice.
 */
function wantedOf({ state, event }: PostureFinding, isOurs: boolean): WorkflowStatus | undefined {
  if (state === 'open') return 'NEW'
  if (state === 'muted') return textAt(event, 'unmapped', 'decision') === undefined ? undefined : 'SUPPRESSED'
  const closedBy = textAt(event, 'unmapped', 'closed_by')
  const isNews = closedBy !== 'verdict' && closedBy !== 'archived'
  return isNews || isOurs ? 'RESOLVED' : undefined
}
