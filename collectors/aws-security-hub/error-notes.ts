import type { ErrorNotes } from '../../core/errors.ts'
import { awsErrors } from '../aws/error-notes.ts'

/** What the codes of the collector mean. */
export const securityHubErrors: ErrorNotes = {
  ...awsErrors,
  SECURITY_HUB_CONFIG: 'regions and filters do not go together; the message says how to mend it',
  SECURITY_HUB_NOT_ENABLED:
    'Security Hub is not enabled in that account and region; enable it, or leave the region out',
  SECURITY_HUB_INCOMPLETE:
    'not every account and region could be read; what was read counts, and nothing is closed where it was not',
  SECURITY_HUB_TOKEN: 'Security Hub does not take the token of a page any more; the sweep of that region begins again',
  SECURITY_HUB_TOKENS: 'the tokens of pages keep expiring; the sweep is tried again later',
}
