import { PermanentError } from '../../core/errors.ts'
import type { VerdictRecorded } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { StateStore } from '../enricher.ts'
import { readState, stateKey } from '../state/keys.ts'
import { derived } from './derive.ts'
import type { Applied } from './applied.ts'
import { precedence, versionOf } from './version.ts'

/**
 * Takes a person's or playbook's decision about one finding, ordered by (time, id) and applied once.
 * Throws a PermanentError: `FINDING_UNKNOWN`, or `DECISION_UNSUPPORTED` for one about more than a finding.
 */
export function decide(event: VerdictRecorded, store: StateStore, now: number): Applied {
  if (event.key === undefined)
    throw new PermanentError('DECISION_UNSUPPORTED', 'a decision must name the key of one finding')
  const stored = stateKey.finding(event.key)
  const finding = readState(store, 'finding', stored)
  if (finding === undefined)
    throw new PermanentError('FINDING_UNKNOWN', `no finding ${event.key} is known in this account`)
  const version = versionOf(event.time, undefined, event.id)
  const outcome = precedence(version, finding.decisionVersion)
  if (outcome !== 'newer') return { outcome: outcome === 'equal' ? 'repeated' : 'stale', touched: [] }
  const decided = withDecision({ ...finding, decisionVersion: version }, event)
  store.put(stored, derived(decided, event.time, now))
  return { outcome: 'accepted', touched: [finding.key] }
}

function withDecision(finding: FindingState, event: VerdictRecorded): FindingState {
  const { action, by, owner, reason, expiresAt } = event.decision
  const { decision: _decision, ...undecided } = finding
  switch (action) {
    case 'mute':
    case 'accept': {
      const version = versionOf(event.time, undefined, event.id)
      const decision = {
        action,
        by,
        version,
        ...(reason === undefined ? {} : { reason }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      }
      return { ...undecided, decision }
    }
    case 'unmute':
    case 'reopen':
      return undecided
    case 'assign':
      return owner === undefined ? finding : { ...finding, owner }
    case 'comment':
      return finding
  }
}
