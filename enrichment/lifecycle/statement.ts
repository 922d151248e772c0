import { PermanentError } from '../../core/errors.ts'
import { findingKey } from '../../schemas/finding-key.ts'
import type {
  AssetDeleted,
  AssetObserved,
  FindingObserved,
  ScanCompleted,
  ScanReference,
  ScanStarted,
} from '../../schemas/generated/posture-event.ts'

/** How far ahead of the collector's clock a source's time may be before it counts as the collector's. */
const CLOCK_SKEW_MS = 5 * 60 * 1000

/** Throws a PermanentError (`FINDING_KEY_MISMATCH`) when the key is not the one that the parts give. */
export function requireKey(event: FindingObserved): void {
  const expected = findingKey(event.tenant, event.identity)
  if (event.key !== expected) {
    throw new PermanentError(
      'FINDING_KEY_MISMATCH',
      `the key is ${event.key}, its parts give ${expected}: the publisher must compute it with schemas/finding-key.ts`,
    )
  }
}

/** When the source last said that it stands, or that it took it back. */
export function lastSaid({ seen, verdict }: FindingObserved): number {
  return seen?.last ?? verdict.at
}

/** A source's time, or the collector's where no correct clock can have given it. */
export function plausibleTime(at: number, collectedAt: number): number {
  return at <= collectedAt + CLOCK_SKEW_MS ? at : collectedAt
}

/** The statement with times that no correct clock can have given set to the collector's, and flagged. */
export function withPlausibleTimes(event: FindingObserved): FindingObserved {
  let ahead = false
  const plausible = (at: number): number => {
    const found = plausibleTime(at, event.time)
    ahead ||= found !== at
    return found
  }
  const { verdict, seen, mute, workflow, description, scan } = event
  const clamped: FindingObserved = {
    ...event,
    verdict: { ...verdict, at: plausible(verdict.at) },
    description: description.at === undefined ? description : { ...description, at: plausible(description.at) },
    ...(seen?.last === undefined ? {} : { seen: { ...seen, last: plausible(seen.last) } }),
    ...(mute === undefined ? {} : { mute: { ...mute, at: plausible(mute.at) } }),
    ...(workflow === undefined ? {} : { workflow: { ...workflow, at: plausible(workflow.at) } }),
    ...(scan === undefined ? {} : { scan: { ...scan, time: plausible(scan.time) } }),
  }
  return ahead ? { ...clamped, flags: [...event.flags, 'time_ahead_of_collector'] } : event
}

/** A scan with a start that no correct clock can have given: it would overtake all that start until then. */
export function withPlausibleStart<Event extends ScanStarted | ScanCompleted>(event: Event): Event {
  return { ...event, scan: plausibleScan(event.scan, event.time) }
}

function plausibleScan(scan: ScanReference, time: number): ScanReference {
  return { uid: scan.uid, time: plausibleTime(scan.time, time) }
}

/** The same for what an inventory says: a version that lies ahead would outlast all that is said until then. */
export function withPlausibleVersion<Event extends AssetDeleted | AssetObserved>(event: Event): Event {
  const { time, asset } = event
  const version = { ...asset.version, time: plausibleTime(asset.version.time, time) }
  const scan = 'scan' in event ? { scan: plausibleScan(event.scan, time) } : {}
  return { ...event, asset: { ...asset, version }, ...scan }
}
