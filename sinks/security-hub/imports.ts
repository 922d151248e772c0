import type { BatchImportFindingsCommandOutput } from '@aws-sdk/client-securityhub'
import { PermanentError, asError, errorCode } from '../../core/errors.ts'
import { LIMITS } from './asff/limits.ts'
import type { Sized } from './asff/shrink.ts'
import { findingError, REFUSED, unreadable } from './faults.ts'
import type { Hub } from './hub.ts'
import { DELIVERED, failed, type Outcomes } from './outcomes.ts'
import type { Place } from './place.ts'

/** A finding on its way into Security Hub, by its key. */
export interface Import extends Sized {
  readonly key: string
}

/** What stands around findings in a request, and between two of them. */
const FRAME_BYTES = 64
const COMMA_BYTES = 1

/** Groups in order, each as large as one call may be. */
export function packImports(imports: readonly Import[]): Import[][] {
  const groups: Import[][] = []
  let bytes = Infinity
  for (const each of imports) {
    const group = groups.at(-1)
    bytes += each.bytes + COMMA_BYTES
    if (group !== undefined && group.length < LIMITS.findingsPerCall && bytes <= LIMITS.callBytes) group.push(each)
    else {
      groups.push([each])
      bytes = FRAME_BYTES + each.bytes
    }
  }
  return groups
}

/** Imports findings until each is settled. Throws what kept one call from being answered; what was settled before stays. */
export async function importAll(
  hub: Hub,
  imports: readonly Import[],
  outcomes: Outcomes,
  signal: AbortSignal,
): Promise<void> {
  const groups = packImports(imports).toReversed()
  for (let group = groups.pop(); group; group = groups.pop()) {
    signal.throwIfAborted()
    try {
      const answer = await hub.import(
        group.map(({ asff }) => asff),
        signal,
      )
      readAnswer(answer, group, hub.place, outcomes)
    } catch (error) {
      if (errorCode(error) !== REFUSED) throw error
      // A call is refused as a whole for what one finding holds: in halves, until that one stands alone.
      const middle = Math.ceil(group.length / 2)
      if (group.length > 1) groups.push(group.slice(middle), group.slice(0, middle))
      else outcomes.settle(group[0]!.key, failed(new PermanentError(REFUSED, asError(error).message, { cause: error })))
    }
  }
}

function readAnswer(
  { SuccessCount, FailedCount, FailedFindings = [] }: Partial<BatchImportFindingsCommandOutput>,
  group: readonly Import[],
  place: Place,
  outcomes: Outcomes,
): void {
  const failures = new Map(FailedFindings.map((failure) => [failure.Id, failure]))
  if (FailedCount !== failures.size || SuccessCount !== group.length - failures.size) {
    const what = `it counted ${SuccessCount} findings taken and ${FailedCount} refused of ${group.length}, and named ${failures.size}`
    throw unreadable(place, 'BatchImportFindings', what)
  }
  for (const { key, asff } of group) {
    const failure = failures.get(asff.Id)
    outcomes.settle(key, failure ? failed(findingError(failure.ErrorCode, failure.ErrorMessage, place)) : DELIVERED)
  }
}
