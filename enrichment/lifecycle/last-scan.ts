import type { ScanReference } from '../../schemas/generated/posture-event.ts'

/** In which scan something was seen last, as marks keep it; in none where either is absent. */
export interface SeenIn {
  readonly scan?: string
  readonly scanTime?: number
}

/** The last scan of two, whatever the order of arrival; of two that started at one time, the one with the higher uid. */
export function isLaterScan(one: ScanReference, other: ScanReference | undefined): boolean {
  return other === undefined || one.time > other.time || (one.time === other.time && one.uid > other.uid)
}

/** The last scan that two marks of one thing tell of. */
export function lastScan(next: SeenIn, held: SeenIn): SeenIn {
  const [one, other] = [scanOf(next), scanOf(held)]
  const last = one !== undefined && isLaterScan(one, other) ? one : other
  return last === undefined ? {} : { scan: last.uid, scanTime: last.time }
}

function scanOf({ scan, scanTime }: SeenIn): ScanReference | undefined {
  return scan === undefined || scanTime === undefined ? undefined : { uid: scan, time: scanTime }
}
