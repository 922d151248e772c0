import type { ErrorNotes } from '../core/errors.ts'

/** What the codes mean that stand for a record between the stages. */
export const recordErrors: ErrorNotes = {
  JSON_INVALID: 'a record is not JSON in UTF-8; the message names the place',
  SCHEMA_INVALID: 'a record does not have the shape of its schema; the message names the place; see schemas/',
  SCHEMA_UNKNOWN: 'a record does not say which schema it has (header schema); whoever publishes must set it',
  SCHEMA_NEWER: 'a record was written by a newer version; upgrade this process, which waits until then',
  FINDING_HEADERS_INVALID: 'a record of posture.findings lacks headers that say which finding and revision it is',
  ROUTE_UNKNOWN: 'a record does not say to which account it belongs, so that no partition can be found for it',
  RECORD_EMPTY: 'a record of posture.events has no value',
}
