import type { ErrorNotes } from '../core/errors.ts'

/** What the codes mean that commands, the configuration and the admin port raise. */
export const appErrors: ErrorNotes = {
  CONFIG_INVALID: 'the configuration has mistakes; each is named with its line and how to mend it',
  DURATION_INVALID: 'a duration cannot be read; write 90s, 15m, 24h or 7d',
  TLS_FILE: 'a certificate or key cannot be read, or is no PEM; check the path and the rights of this user',
  FINDING_UNKNOWN: 'no finding has a key that begins so; see: posture-stream findings list --state all',
  EVIDENCE_MISSING:
    'the event of a finding was written by another version; it is emitted again at its next change or refresh',
  CHECKPOINT_UNKNOWN: 'no collector of this name has read anything; see: posture-stream checkpoints list',
  DEAD_LETTER_UNKNOWN: 'there is no such dead letter; see: posture-stream dead-letters list',
  DEAD_LETTER_SETTLED: 'the dead letter was replayed or dropped already; see: posture-stream dead-letters list --all',
  DEAD_LETTER_FOREIGN: 'the dead letter belongs to another tenant; use the configuration of that one',
  LETTER_NOT_REPLAYABLE: 'this dead letter cannot be done again by itself; the message says what happens in its place',
  LETTER_EMPTY: 'the dead letter holds nothing that could be published again; drop it',
  LETTER_INCOMPLETE: 'parts of the dead letter are missing: it is still being written, or so old that some are gone',
  COMPONENT_UNKNOWN:
    'the configuration does not have the component that set the record aside; use the one that has it, or drop the letter',
  ADMIN_PORT_IN_USE: 'another process listens on admin.port; give each process of a machine its own',
  ADMIN_PORT_REFUSED: 'this user may not listen on admin.port; choose one of 1024 or more',
  ADMIN_PORT_FAILED: 'admin.port cannot be opened; the message says why',
  ADMIN_HOST_UNKNOWN: 'admin.host is no address of this machine',
}
