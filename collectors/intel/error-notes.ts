import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the collector mean. Whatever happens, the last good list stays in use. */
export const intelErrors: ErrorNotes = {
  INTEL_CONFIG: 'a url is no address; correct it',
  INTEL_FILE: 'a file cannot be read, or is no file; check the path and the rights',
  INTEL_FORBIDDEN: 'the publisher or a proxy refuses; check headers and the network, or name a mirror or a file',
  INTEL_NOT_FOUND: 'there is nothing at the address; it may have moved',
  INTEL_ANSWER: 'the answer is no list; check the address',
  INTEL_REFUSED: 'the list is damaged, cut, older than the one in use, or suspiciously smaller; the message says which',
  INTEL_TOO_LARGE: 'the list is larger than maxBytes; raise it if the list is right',
  INTEL_TIMEOUT: 'the list did not come in time; it is tried again',
  INTEL_UNAVAILABLE: 'the publisher fails; it is tried again',
  INTEL_UNREACHABLE: 'no connection to the publisher; it is tried again',
  INTEL_INCOMPLETE: 'not every list could be read; the message names each and why',
}
