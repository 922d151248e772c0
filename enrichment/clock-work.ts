import type { BatchWork, Workshop } from './batch-work.ts'
import { nextRevision, type Emission } from './emit.ts'
import type { StateStore } from './enricher.ts'
import { elapse } from './lifecycle/periods.ts'
import { findingPrefix, readState, stateKey } from './state/keys.ts'
import type { PartitionState } from './state/local-store.ts'

/** The most that one tick does of each kind, so that a batch stays short. */
const STEP = 500

/**
 * What no record drives: mutes that expire, findings to be refreshed or forgotten, and those to be enriched again.
 * Answers whether nothing is left to do now.
 */
export function doClockWork(work: BatchWork, state: PartitionState, workshop: Workshop): boolean {
  const now = workshop.clock()
  requireRuleset(work.store, workshop.ruleset)
  const due = state.due(now, STEP)
  for (const stored of due) settle(stored, work, workshop, now)
  const drained = drainDirtyFindings(work, workshop, now)
  return enrichAll(work, workshop, now) && drained && due.length < STEP
}

function settle(stored: string, work: BatchWork, workshop: Workshop, now: number): void {
  step(stored, work, workshop, (store) => {
    const elapsed = elapse(stored, store, now, workshop.periods)
    if (elapsed === undefined) return []
    if ('forgotten' in elapsed) {
      const { key, tenant } = elapsed.forgotten
      work.forgotten.push({ key, value: null, headers: { tenant } })
      return []
    }
    return emissionsOf(nextRevision(elapsed.key, elapsed.cause, store, workshop.enrichers, now))
  })
}

/** Marks everything for enrichment when the rules are others than those it was enriched under. */
function requireRuleset(store: StateStore, ruleset: string): void {
  if (readState(store, 'applied', stateKey.appliedRuleset)?.ruleset === ruleset) return
  if (readState(store, 'dirty', stateKey.dirtyAll)?.reason === ruleset) return
  const [first] = store.keys(findingPrefix, { limit: 1 })
  if (first === undefined) store.put(stateKey.appliedRuleset, { type: 'applied', ruleset })
  else store.put(stateKey.dirtyAll, { type: 'dirty', reason: ruleset })
}

function drainDirtyFindings(work: BatchWork, workshop: Workshop, now: number): boolean {
  const prefix = stateKey.dirtyFinding('')
  const marks = [...work.store.keys(prefix, { limit: STEP })]
  for (const mark of marks) {
    const key = mark.slice(prefix.length)
    step(stateKey.finding(key), work, workshop, (store) =>
      emissionsOf(nextRevision(key, 'context', store, workshop.enrichers, now)),
    )
    work.store.delete(mark)
  }
  return marks.length < STEP
}

/** One step of the walk over all findings that a change of rules asks for; the mark keeps how far it came. */
function enrichAll(work: BatchWork, workshop: Workshop, now: number): boolean {
  const mark = readState(work.store, 'dirty', stateKey.dirtyAll)
  if (mark === undefined) return true
  const found = [
    ...work.store.keys(findingPrefix, { limit: STEP, ...(mark.after === undefined ? {} : { after: mark.after }) }),
  ]
  for (const stored of found) {
    const key = stored.slice(findingPrefix.length)
    step(stored, work, workshop, (store) => emissionsOf(nextRevision(key, 'context', store, workshop.enrichers, now)))
  }
  if (found.length === STEP) {
    work.store.put(stateKey.dirtyAll, { ...mark, after: found.at(-1)! })
    return false
  }
  work.store.delete(stateKey.dirtyAll)
  work.store.put(stateKey.appliedRuleset, { type: 'applied', ruleset: mark.reason })
  return true
}

/** One finding's work; one that fails becomes a dead letter, and is left alone until it is next due. */
function step(
  stored: string,
  work: BatchWork,
  workshop: Workshop,
  run: (store: StateStore) => readonly Emission[],
): void {
  const value = Buffer.from(JSON.stringify(work.store.get(stored) ?? null))
  const letter = { key: stored, value, headers: { 'content-type': 'application/json' } }
  if (work.attempt(letter, `state/${stored}`, run)) return
  const finding = readState(work.store, 'finding', stored)
  if (finding !== undefined)
    work.store.put(stored, { ...finding, acceptedAt: workshop.clock(), emittedAt: workshop.clock() })
}

function emissionsOf(emission: Emission | undefined): readonly Emission[] {
  return emission === undefined ? [] : [emission]
}
