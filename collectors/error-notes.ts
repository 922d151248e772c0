import type { ErrorNotes } from '../core/errors.ts'

/** What the codes mean that any collector, or whoever runs it, may raise. */
export const collectorErrors: ErrorNotes = {
  CHECKPOINT_TOO_LARGE: 'a collector has more to remember than a record holds; give its source to several collectors',
  EVENT_TOO_LARGE:
    'what is made of a record is larger than a record may be; it is set aside, and its scan counts as partial',
  RECORD_INCOMPLETE:
    'a record lacks something without which it is no finding; the message names it; ask whoever writes it',
  RECORD_NOT_AN_OBJECT: 'a record is no JSON object; ask whoever writes it',
  RECORD_TOO_DEEP: 'a record is nested deeper than the limit; no scanner writes such records',
  RECORD_UNREADABLE: 'a record could not be mapped; the message says why',
  RECORD_WITHOUT_TIME: 'a record has no time between 2000 and 2100 in any of the fields that may hold it',
  LETTER_NOT_REREADABLE:
    'this collector cannot read one record by itself; read its source again, then drop the dead letter',
  REFERENCE_GONE: 'the dead letter only refers to a file, which cannot be read any more; drop the letter',
  REFERENCE_CHANGED:
    'the dead letter only refers to a file, which has changed since; what stands there now was read; drop the letter',
  REFERENCE_PACKED: 'the dead letter only refers to a file, which cannot be unpacked; drop the letter',
  REFERENCE_TOO_LARGE: 'the record in the file is larger than may be held; split it, or have its scanner write less',
}
