import type { Context } from '../../core/component.ts'
import { findingKey } from '../../schemas/finding-key.ts'
import type { FindingObserved, ScanReference } from '../../schemas/generated/posture-event.ts'
import { eventId } from './event-id.ts'
import type { Statement } from './mapped.ts'

/**
 * A statement as an event of this collector. The record's bytes make its id, so that reading it again gives it again;
 * what says the same in other words (a redelivery in another envelope) must be given as the same bytes.
 */
export function findingEvent(
  context: Pick<Context, 'tenant' | 'name' | 'clock'>,
  statement: Statement,
  bytes: Uint8Array | string,
  scan?: ScanReference,
): FindingObserved {
  const { tenant, name, clock } = context
  return {
    type: 'finding.observed',
    id: eventId(context, scan?.uid ?? '', bytes),
    time: clock(),
    tenant,
    collector: name,
    key: findingKey(tenant, statement.identity),
    ...(scan === undefined ? {} : { scan }),
    ...statement,
  }
}
