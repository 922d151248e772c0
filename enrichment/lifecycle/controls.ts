import type { ControlObserved } from '../../schemas/generated/posture-event.ts'
import type { ControlState, RequirementState } from '../../schemas/generated/state.ts'
import type { StateStore } from '../enricher.ts'
import { readState, scopeOf, stateKey } from '../state/keys.ts'
import { markWalk } from '../state/walk-marks.ts'
import type { Applied } from './applied.ts'
import { plausibleTime } from './statement.ts'

/**
 * Takes what a source says of one of its controls, whichever comes first, that or its findings: those that it has in this
 * account are enriched again where it is news. Of two statements of one time the one that it tests the requirement stands.
 */
export function observeControl(event: ControlObserved, store: StateStore): Applied {
  const { tenant, control, standard, requirement } = event
  const scope = scopeOf(tenant, control.product, control.provider, control.account)
  const key = stateKey.control(scope, control.uid)
  const state = readState(store, 'control', key) ?? { type: 'control', tenant, control, standards: {} }
  const held = ownOf(ownOf(state.standards, standard), requirement)
  const said = saidBy(event)
  if (held !== undefined && orderOf(said) <= orderOf(held))
    return { outcome: orderOf(said) === orderOf(held) ? 'repeated' : 'stale', touched: [] }
  store.put(key, withRequirement(state, standard, requirement, said))
  if ((held === undefined || held.withdrawn === true) !== (said.withdrawn === true))
    markWalk(store, stateKey.dirtyScope(scope), { reason: 'controls', tenant })
  return { outcome: 'accepted', touched: [] }
}

function saidBy({ at, time, withdrawn }: ControlObserved): RequirementState {
  return { at: plausibleTime(at, time), ...(withdrawn === true ? { withdrawn } : {}) }
}

/** Names are the source's: one may be that of something which every object has. */
function ownOf<Value>(all: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return all !== undefined && Object.hasOwn(all, name) ? all[name] : undefined
}

/** Times are whole milliseconds. */
function orderOf({ at, withdrawn }: RequirementState): number {
  return withdrawn === true ? at : at + 0.5
}

function withRequirement(
  state: ControlState,
  standard: string,
  requirement: string,
  said: RequirementState,
): ControlState {
  const requirements = { ...ownOf(state.standards, standard), [requirement]: said }
  return { ...state, standards: { ...state.standards, [standard]: requirements } }
}
