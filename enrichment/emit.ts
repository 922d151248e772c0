import { PermanentError } from '../core/errors.ts'
import type { FindingState } from '../schemas/generated/state.ts'
import { validateOcsf } from '../schemas/ocsf/validator.ts'
import { findingHeaders, type Cause } from '../schemas/records.ts'
import type { OutgoingRecord } from '../stream/stream.ts'
import type { Enricher, FindingContext, StateReader, StateStore } from './enricher.ts'
import { findingOf } from './lifecycle/periods.ts'
import { urgentSince } from './ocsf/due.ts'
import { meaningDigest } from './ocsf/meaning.ts'
import { toOcsf } from './ocsf/ocsf.ts'
import { stateKey } from './state/keys.ts'

export interface Emission {
  readonly record: OutgoingRecord
  readonly cause: Cause
}

/**
 * The next revision of a finding, where it means something else than the last one did, or is due for a refresh; its new
 * state is left in the store. Undefined where nothing is to be said: it never opened, or its meaning is the same.
 * `causedAt` is when the event that caused it was written; undefined where the clock did.
 * Throws a PermanentError (`OCSF_INVALID`) rather than write an event that is not valid.
 */
export function nextRevision(
  key: string,
  cause: Cause,
  store: StateStore,
  enrichers: readonly Enricher[],
  now: number,
  causedAt?: number,
): Emission | undefined {
  const finding = findingOf(store, key)
  if (finding === undefined || finding.state === 'unopened') return undefined
  const status = finding.state
  const context = contextOf(finding, store, enrichers)
  const meaning = meaningDigest(finding, context, status)
  if (meaning === finding.meaning && cause !== 'refresh') return undefined

  const revision = finding.revision + 1
  const modifiedAt = Math.max(now, (finding.modifiedAt ?? 0) + 1)
  const { urgentSince: before, ...rest } = finding
  const since = urgentSince(before, context.priority?.band, status, modifiedAt)
  const emitted: FindingState = {
    ...rest,
    meaning,
    revision,
    modifiedAt,
    emittedAt: now,
    ...(since === undefined ? {} : { urgentSince: since }),
  }
  const event = toOcsf(emitted, context, { status, revision, modifiedAt, cause })
  const problems = validateOcsf(event)
  if (problems.length > 0)
    throw new PermanentError(
      'OCSF_INVALID',
      `the event made of finding ${key} is not valid OCSF: ${problems.join('; ')}`,
    )
  store.put(stateKey.finding(key), emitted)
  const priority = context.priority?.band ?? 'P3'
  const about = { key, tenant: finding.tenant, revision, state: status, priority, cause, causedAt }
  const headers = findingHeaders(about, modifiedAt)
  return { record: { key, value: Buffer.from(JSON.stringify(event)), headers }, cause }
}

/** What the enrichers find out about a finding. */
export function contextOf(finding: FindingState, store: StateReader, enrichers: readonly Enricher[]): FindingContext {
  let context: FindingContext = {}
  for (const enricher of enrichers) context = { ...context, ...enricher.enrich(finding, store, context) }
  return context
}
