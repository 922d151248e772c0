import type { MappedRecord, MessageFormat } from '../../messages/message-reading.ts'
import type { MappingOptions } from '../../records/mapped.ts'
import { attempt } from '../../records/attempt.ts'
import { isObject } from '../../records/fields.ts'
import { readBody } from './message-body.ts'
import { findingOf, isAboutTheService } from './scc-finding.ts'

/** How Security Command Center writes its notifications, in v1 and v2 alike. */
export const sccFormat: MessageFormat = { open: readBody, map: mapScc }

/** Maps a notification, a result of ListFindings, or a finding alone. Pure; never throws. */
function mapScc(record: unknown, options: MappingOptions): MappedRecord {
  if (isObject(record) && isAboutTheService(record)) return { outcome: 'other', kind: 'SCC_ERROR' }
  return attempt(record, (fields) => findingOf(fields, options))
}
