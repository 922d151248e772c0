import type { FindingState } from '../schemas/generated/state.ts'
import type { BatchWork, Workshop } from './batch-work.ts'
import { contextOf, nextRevision, type Emission } from './emit.ts'
import type { StateStore } from './enricher.ts'
import { drainAccounts } from './graph/account-marks.ts'
import { isOpen } from './lifecycle/derive.ts'
import { elapse } from './lifecycle/periods.ts'
import { drainSweeps, type Unseen } from './lifecycle/sweep.ts'
import { meaningDigest } from './ocsf/meaning.ts'
import { drainCves, markChangedCves, type IntelChanges } from './reprioritise.ts'
import { drainScopes } from './restate-controls.ts'
import { findingPrefix, hasKeys, readState, stateKey } from './state/keys.ts'
import type { PartitionState } from './state/local-store.ts'
import type { Overlay } from './state/overlay.ts'

/** What the clock's batch needs beside. */
export interface ClockWorkshop extends Workshop {
  readonly intelligence: IntelChanges
}

/** The most that one tick does of what is due, and of what is to be enriched again, so that a batch stays short. */
const STEP = 500

/**
 * What no record drives: mutes that expire, findings to be refreshed or forgotten, assets that a complete scan did not see
 * any more, and findings to be enriched again, because of their context, of the intelligence or of the rules. Answers
 * whether nothing is left to do now.
 */
export function doClockWork(work: BatchWork, state: PartitionState, workshop: ClockWorkshop): boolean {
  const now = workshop.clock()
  requireRuleset(work.store, workshop.ruleset)
  markChangedCves(work.store, workshop.intelligence)
  const due = state.due(now, STEP)
  for (const stored of due) settle(stored, work, workshop, now)
  const enrich = (stored: string): void => enrichAgain(stored, work, workshop, now)
  // Of its own measure: neither keeps the other waiting.
  drainSweeps(work.store, STEP, (unseen) => removeUnseen(unseen, work, workshop, now))
  work.markAffected()
  let left = STEP
  left -= drainDirtyFindings(work.store, left, enrich)
  left -= drainCves(work.store, left, enrich)
  left -= drainAccounts(work.store, state.assets.graph, left, enrich)
  left -= drainScopes(work.store, left, enrich)
  left -= enrichAll(work.store, left, enrich)
  return left > 0 && due.length < STEP && !hasKeys(work.store, stateKey.dirtyPrefix)
}

function removeUnseen(unseen: Unseen, work: BatchWork, workshop: Workshop, now: number): void {
  step(stateKey.asset(unseen.tenant, unseen.uid), work, workshop, (store) => {
    const { touched } = unseen.remove(store, now)
    work.follow(store)
    return touched.flatMap((key) => emissionsOf(nextRevision(key, 'deleted', store, workshop.enrichers, now)))
  })
}

function settle(stored: string, work: BatchWork, workshop: Workshop, now: number): void {
  step(stored, work, workshop, (store) => {
    const elapsed = elapse(stored, store, now, workshop.periods)
    work.follow(store)
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
  if (hasKeys(store, findingPrefix)) store.put(stateKey.dirtyAll, { type: 'dirty', reason: ruleset })
  else store.put(stateKey.appliedRuleset, { type: 'applied', ruleset })
}

/** Takes at the most `limit` of the findings that are marked one by one; answers how many. */
function drainDirtyFindings(store: StateStore, limit: number, enrich: (stored: string) => void): number {
  const prefix = stateKey.dirtyFinding('')
  const marks = [...store.keys(prefix, { limit })]
  for (const mark of marks) {
    enrich(stateKey.finding(mark.slice(prefix.length)))
    store.delete(mark)
  }
  return marks.length
}

/**
 * One step of the walk over all findings that a change of rules asks for; the mark keeps how far it came. Answers how many
 * findings it took, `limit` at the most.
 */
function enrichAll(store: StateStore, limit: number, enrich: (stored: string) => void): number {
  const mark = readState(store, 'dirty', stateKey.dirtyAll)
  if (mark === undefined || limit === 0) return 0
  const found = [...store.keys(findingPrefix, { limit, ...(mark.after === undefined ? {} : { after: mark.after }) })]
  for (const stored of found) enrich(stored)
  if (found.length === limit) store.put(stateKey.dirtyAll, { ...mark, after: found.at(-1)! })
  else {
    store.delete(stateKey.dirtyAll)
    store.put(stateKey.appliedRuleset, { type: 'applied', ruleset: mark.reason })
  }
  return found.length
}

/** Has a finding say what it means now, where that is something else; see `resettle` for those that are closed. */
function enrichAgain(stored: string, work: BatchWork, workshop: Workshop, now: number): void {
  const key = stored.slice(findingPrefix.length)
  step(stored, work, workshop, (store) => {
    const finding = readState(store, 'finding', stored)
    if (finding === undefined) return []
    if (isOpen(finding.state)) return emissionsOf(nextRevision(key, 'context', store, workshop.enrichers, now))
    resettle(finding, store, workshop)
    return []
  })
}

/**
 * A closed finding is done with: that it would have another context or priority now is no news. What it means now is noted
 * in silence, so that its source, which may confirm at any time that it is closed, says nothing new either.
 */
function resettle(finding: FindingState, store: StateStore, { enrichers }: Workshop): void {
  if (finding.state === 'unopened') return
  const meaning = meaningDigest(finding, contextOf(finding, store, enrichers), finding.state)
  if (meaning !== finding.meaning) store.put(stateKey.finding(finding.key), { ...finding, meaning })
}

/** One finding's work; one that fails becomes a dead letter, and is left alone until it is next due. */
function step(stored: string, work: BatchWork, workshop: Workshop, run: (store: Overlay) => readonly Emission[]): void {
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
