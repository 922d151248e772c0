import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import type { FindingState, SeenState } from '../../schemas/generated/state.ts'
import type { StateStore } from '../enricher.ts'
import { readState, scopeOf, stateKey } from '../state/keys.ts'
import { derived } from './derive.ts'
import { acceptFacts, newFinding } from './facts.ts'
import type { Applied } from './applied.ts'
import { lastScan } from './last-scan.ts'
import { lastSaid, requireKey, withPlausibleTimes } from './statement.ts'

/** Takes one statement of a source into the state. */
export function observe(received: FindingObserved, store: StateStore, now: number): Applied {
  requireKey(received)
  const event = withPlausibleTimes(received)
  mark(event, store)
  const tombstone = readState(store, 'asset', stateKey.asset(event.tenant, event.identity.resource))
  if (tombstone?.deleted && lastSaid(event) <= tombstone.asset.version.time)
    return { outcome: 'after_deletion', touched: [] }

  const held = readState(store, 'finding', stateKey.finding(event.key))
  const { finding, precedences, collision } = acceptFacts(held ?? newFinding(event, now), event)
  const outcome = collision ? 'collision' : outcomeOf(precedences)
  if (held !== undefined && !precedences.includes('newer')) return { outcome, touched: [] }
  store.put(stateKey.finding(event.key), derived({ ...finding, acceptedAt: now }, changedAt(event), now))
  return { outcome, touched: [event.key] }
}

/** When what a statement changes took place. */
function changedAt(event: FindingObserved): number {
  return event.archived === true ? lastSaid(event) : event.verdict.at
}

function outcomeOf(precedences: readonly string[]): Applied['outcome'] {
  if (precedences.includes('newer')) return 'accepted'
  return precedences.includes('older') ? 'stale' : 'repeated'
}

/**
 * Leaves the observation mark that closing by absence goes by: which collector saw the finding last, and in which scan it
 * was seen last, which a later statement of no scan leaves as it is. Of two at one time the later name stays, whatever the
 * order of arrival.
 */
function mark(event: FindingObserved, store: StateStore): void {
  const { product, provider, account, control } = event.identity
  const key = stateKey.seen(scopeOf(event.tenant, product, provider, account), event.key)
  const next: SeenState = {
    type: 'seen',
    key: event.key,
    collector: event.collector,
    time: event.scan?.time ?? lastSaid(event),
    region: event.resources[0].region ?? event.cloud.region ?? '',
    control,
    ...(event.scan === undefined ? {} : { scan: event.scan.uid, scanTime: event.scan.time }),
  }
  const held = readState(store, 'seen', key)
  if (held === undefined) {
    store.put(key, next)
    return
  }
  const { scan: _, scanTime: __, ...seen } = order(next) > order(held) ? next : held
  const merged: SeenState = { ...seen, ...lastScan(next, held) }
  if (order(merged) !== order(held) || merged.scan !== held.scan) store.put(key, merged)
}

const TIME_DIGITS = 15

function order({ time, collector, region, control }: SeenState): string {
  return `${String(time).padStart(TIME_DIGITS, '0')} ${collector} ${region} ${control}`
}

/** The key of a finding's observation mark. */
export function markOf({ tenant, identity, key }: FindingState): string {
  return stateKey.seen(scopeOf(tenant, identity.product, identity.provider, identity.account), key)
}
