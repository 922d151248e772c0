import type { Context } from '../../core/component.ts'
import type { ControlObserved } from '../../schemas/generated/posture-event.ts'
import { eventId } from './event-id.ts'

/** What a source states of one of its controls: the event without what the collector knows better. */
export type ControlStatement = Omit<ControlObserved, 'type' | 'id' | 'time' | 'tenant' | 'collector'>

/** A statement about a control as an event of this collector; `bytes` as in `findingEvent`. */
export function controlEvent(
  context: Pick<Context, 'tenant' | 'name' | 'clock'>,
  statement: ControlStatement,
  bytes: Uint8Array | string,
): ControlObserved {
  const { tenant, name, clock } = context
  return {
    type: 'control.observed',
    id: eventId(context, '', bytes),
    time: clock(),
    tenant,
    collector: name,
    ...statement,
  }
}
