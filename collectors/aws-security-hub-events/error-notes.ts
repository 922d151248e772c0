import type { ErrorNotes } from '../../core/errors.ts'
import { queueErrors } from '../aws/error-notes.ts'

/** What the codes of the collector mean. */
export const securityHubEventsErrors: ErrorNotes = {
  ...queueErrors,
  MESSAGE_TOO_DEEP: 'a message is nested deeper than the limit; it is set aside',
}
