import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the collector mean. */
export const scannerReportErrors: ErrorNotes = {
  REPORT_NOT_READABLE: 'a report or a folder cannot be read; check the path and the rights; the others are read',
  REPORT_UNKNOWN: 'a file is no report that we know; it is set aside whole, and read again when it changes',
  RECORD_AMBIGUOUS:
    'a key stands twice in a record, with values that make two findings; it is set aside; ask whoever writes it',
  RECORD_BROKEN: 'a record is damaged; it is set aside, and its scan counts as partial',
  RECORD_UNKNOWN: 'a record is of no format that we know; it is set aside, and its scan counts as partial',
  ZONE_UNKNOWN: 'zone is no IANA time zone; write UTC or, say, Europe/Berlin',
}
