import type { ErrorNotes } from '../core/errors.ts'

/** What the codes mean that every stream raises. */
export const streamErrors: ErrorNotes = {
  RECORD_TOO_LARGE:
    'a record with its key and headers is larger than its topic takes (1,000,000 bytes; dead letters twice that)',
  STREAM_UNKNOWN_TOPIC: 'a topic was asked for that the stream does not have: a defect, please report it',
  STREAM_UNKNOWN_PARTITION: 'a partition was asked for that the topic does not have: a defect, please report it',
  STREAM_BATCH_OVER: 'a component published after its batch was over: a defect of that component',
  STREAM_CLOSED: 'the stream was used after it was closed: a defect, please report it',
  STREAM_STOPPED: 'reading was stopped before the topic had been read whole; start it again',
  STREAM_NO_ANSWER: 'the stream did not answer in time; while it does not, /readyz says so',
  COMMIT_FAILED:
    'what was done with a batch of records could not be committed; the records are taken again, and the log of the stream says why',
  GROUP_IN_USE: 'a consumer group cannot be forgotten while it has members; stop what runs with it first',
}

/** What the codes mean that only the embedded stream raises. */
export const embeddedErrors: ErrorNotes = {
  STREAM_LOCKED: 'another process runs stages on this directory; stop it first, or give this one another directory',
  STREAM_MISSING: 'there is no stream in stream.directory; correct it, or run the pipeline once',
  STREAM_APPEND_ONLY:
    'a process that only appends beside the running pipeline tried to consume: a defect, please report it',
  STREAM_MAX_RECORDS: 'a batch size is no whole number from 1: a defect, please report it',
  STREAM_PARTITIONS:
    'stream.partitions differs from what the file was made with; set it back, or begin a new stream.directory',
  STREAM_FOREIGN_FILE: 'the file in stream.directory belongs to another program; choose a directory of its own',
  STREAM_VERSION:
    'the file was written by another version; run that version, or move the file away to begin an empty one',
}
