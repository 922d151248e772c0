import type { ClosedBy, FindingState, LifecycleState, MemberState } from '../../schemas/generated/state.ts'

/**
 * The state that a finding's facts amount to at `now`, with the times and marks that a change of state brings.
 * `at` is when the change took place, by the clock of whoever stated it. Rules: a finding fails while a live member
 * fails; it is muted when all failing members are, or a decision in force says so; a fix beats a mute; what never
 * failed is never opened.
 */
export function derived(finding: FindingState, at: number, now: number): FindingState {
  const { state, closedBy } = conclude(finding, now)
  if (state === finding.state && closedBy === finding.closedBy) return finding
  const wasOpen = isOpen(finding.state)
  const { closedBy: _closedBy, ...rest } = finding
  const next: FindingState = { ...rest, state, ...(closedBy === undefined ? {} : { closedBy }) }
  if (isOpen(state)) {
    if (wasOpen) return next
    delete next.closedAt
    delete next.deletedAt
    return { ...next, openedAt: at }
  }
  // A mute is retired by the fix: a relapse must be seen.
  delete next.decision
  return wasOpen ? { ...next, closedAt: at } : next
}

export function isOpen(state: LifecycleState): boolean {
  return state === 'open' || state === 'muted'
}

function conclude(finding: FindingState, now: number): { state: LifecycleState; closedBy?: ClosedBy } {
  const { deletedAt } = finding
  const live = Object.values(finding.members).filter(({ archived }) => !archived)
  const failing = live.filter((member) => fails(member, deletedAt))
  if (failing.length > 0) {
    const muted = decisionInForce(finding, now) || failing.every((member) => member.muted)
    return { state: muted ? 'muted' : 'open' }
  }
  if (finding.state === 'unopened') return { state: 'unopened' }
  if (deletedAt !== undefined) return { state: 'gone', closedBy: 'deleted' }
  // What closed it first stays the reason, until it opens again.
  if (!isOpen(finding.state))
    return { state: finding.state, ...(finding.closedBy === undefined ? {} : { closedBy: finding.closedBy }) }
  if (live.length === 0) {
    const gone = Object.values(finding.members).some(({ deleted }) => deleted)
    return gone ? { state: 'gone', closedBy: 'deleted' } : { state: 'resolved', closedBy: 'archived' }
  }
  if (live.some(({ verdict }) => verdict === 'pass')) return { state: 'resolved', closedBy: 'verdict' }
  if (live.some(({ verdict }) => verdict === 'absent')) return { state: 'resolved', closedBy: 'absence' }
  return { state: finding.state }
}

/** A failure stated before the resource was deleted went with it. */
function fails(member: MemberState, deletedAt: number | undefined): boolean {
  return member.verdict === 'fail' && (deletedAt === undefined || (member.verdictVersion?.time ?? 0) > deletedAt)
}

function decisionInForce({ decision }: FindingState, now: number): boolean {
  return decision !== undefined && (decision.expiresAt === undefined || decision.expiresAt > now)
}
