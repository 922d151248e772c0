import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the sink mean. */
export const securityHubErrors: ErrorNotes = {
  SECURITY_HUB_DESTINATIONS:
    'the accounts and regions that are configured contradict one another; the message says how',
  SECURITY_HUB_NO_CREDENTIALS: 'no credentials could be had; the message says of which role or source',
  SECURITY_HUB_CREDENTIALS_EXPIRED: 'credentials of a role have expired; new ones are fetched',
  SECURITY_HUB_UNAUTHENTICATED: 'AWS does not know who we are; check the credentials, and the clock of this machine',
  SECURITY_HUB_FORBIDDEN: 'a right is missing; grant what "posture-stream describe security-hub" prints',
  SECURITY_HUB_NOT_ENABLED:
    'Security Hub is not enabled in that account and region; enable it, or leave the region out',
  SECURITY_HUB_WRONG_ACCOUNT: 'the credentials are of another account than the one that is configured',
  SECURITY_HUB_UNKNOWN_HOST: 'the name of the service is not known; check region and endpoint',
  SECURITY_HUB_UNREACHABLE: 'no connection to Security Hub; the sink waits for it',
  SECURITY_HUB_CONNECTION_BROKEN: 'a connection broke in use; the call is made again',
  SECURITY_HUB_TIMEOUT: 'no whole answer came in time; the call is made again',
  SECURITY_HUB_THROTTLED: 'AWS asks for fewer calls; the sink slows down',
  SECURITY_HUB_UNAVAILABLE: 'Security Hub fails; the sink waits',
  SECURITY_HUB_NOT_ANSWERED: 'something else than Security Hub answers; check endpoint and proxies',
  SECURITY_HUB_ANSWER_UNREADABLE: 'an answer says nothing about the findings that were sent; they are sent again',
  SECURITY_HUB_REQUEST_REFUSED:
    'a call was refused for what is in it; it is halved until the finding that causes it stands alone',
  SECURITY_HUB_NO_DESTINATION:
    'a finding belongs to an account or region for which no Security Hub is configured; add it, or filter such findings out',
  SECURITY_HUB_FINDING_INCOMPLETE:
    'a finding lacks what Security Hub requires; remove it from omit, or replay the finding',
  SECURITY_HUB_FINDING_TOO_LARGE: 'a finding is larger than Security Hub takes, after all was left out that may be',
  SECURITY_HUB_FINDING_WITHOUT_ADDRESS:
    'a finding that came from Security Hub does not say under which id it stands there',
  SECURITY_HUB_FINDING_NOT_FOUND:
    'Security Hub does not know the finding any more; it is tried some times and then set aside',
}
