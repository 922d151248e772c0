import type { StateStore } from '../enricher.ts'
import type { DirtyState } from '../../schemas/generated/state.ts'
import { readState } from './keys.ts'

/** Has a walk over findings begun that enriches them again; one that is under way is followed by another one. */
export function markWalk(store: StateStore, key: string, mark: Pick<DirtyState, 'reason' | 'tenant'>): void {
  const held = readState(store, 'dirty', key)
  if (held === undefined) store.put(key, { type: 'dirty', ...mark })
  else if (held.after !== undefined && held.again !== true) store.put(key, { ...held, again: true })
}

/** Notes how far a walk has come; undefined: to its end. */
export function moveWalk(store: StateStore, key: string, after: string | undefined): void {
  const held = readState(store, 'dirty', key)
  if (held === undefined) return
  const { again, after: _, ...rest } = held
  if (after !== undefined) store.put(key, { ...held, after })
  else if (again === true) store.put(key, rest)
  else store.delete(key)
}
