import type { Context } from '../../core/component.ts'
import { PermanentError } from '../../core/errors.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { findingEvent } from '../records/finding-event.ts'
import type { MappingOptions } from '../records/mapped.ts'
import type { SetAsideBytes } from '../collector.ts'
import { bytesBehind } from '../files/referenced.ts'
import { LIMITS, RecordFramer } from './framing/record-framer.ts'
import type { ReportFormat } from './mapping/record-format.ts'
import { RecordMapping } from './record-mapping.ts'
import { elementsOf } from './report-reading.ts'

export interface RereadOptions extends Pick<MappingOptions, 'zone' | 'account'> {
  readonly context: Context
  readonly format: ReportFormat | 'auto'
}

/**
 * Reads a record, or a whole report, that was set aside; all of it or nothing. The scan that it belonged to is over, and
 * partial because of it, so that the findings come without one.
 */
export async function reread(
  letter: SetAsideBytes,
  { context, format, zone, account }: RereadOptions,
  signal: AbortSignal,
): Promise<readonly FindingObserved[]> {
  const bytes = await bytesBehind(letter, signal)
  // Here nothing else is held, so that a record may have any size.
  const framer = new RecordFramer({ ...LIMITS, recordBytes: Infinity })
  const frames = [...framer.push(bytes), ...framer.end()]
  const mapping = new RecordMapping({ context, format, mapping: { zone, account, reportedAt: letter.time } })
  const elements = frames.flatMap((frame) => elementsOf(frame))
  if (elements.length === 0) throw new PermanentError('REPORT_UNKNOWN', 'there is no record in it')
  return elements.flatMap((element) => {
    if (element.record === undefined) throw element.error
    const found = mapping.map(element.record, element.length)
    if (found === undefined) return []
    return [findingEvent(context, found.statement, element.bytes ?? Buffer.alloc(0))]
  })
}
